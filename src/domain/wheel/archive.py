"""What a reader found in a wheel, unjudged."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in a wheel.

    Attributes:
        path: As it stands in the archive.
        size: Of the inflated bytes.
        digests: Of the inflated bytes, by the name that ``hashlib`` and RECORD give the algorithm: always ``sha256``,
            and the one that RECORD names for the path if that is another.
    """

    path: str
    size: int
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class WheelArchive:
    """What a reader found in a wheel.

    Attributes:
        members: All files, in the order of the archive.
        dist_info: Contents of the files that lie directly in a ``*.dist-info`` folder, by path.
        folders: Folders that have an entry of their own, each with the slash at its end.
    """

    members: tuple[ArchiveMember, ...]
    dist_info: Mapping[str, bytes]
    folders: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(member.path for member in self.members)

    @property
    def verified_bytes(self) -> int:
        """How much there is to verify: the names of all files and folders, and the ``*.dist-info`` folder."""
        return sum(map(len, (*self.paths, *self.folders))) + sum(map(len, self.dist_info.values()))

    @property
    def inflated_bytes(self) -> int:
        """What all files inflate to."""
        return sum(member.size for member in self.members)
