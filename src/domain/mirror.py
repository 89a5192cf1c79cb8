"""Copies of wheels that the registry keeps itself."""

from dataclasses import dataclass
from enum import StrEnum

from domain.names import ProviderName
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl

METADATA_SUFFIX = ".metadata"
"""After a wheel's file name, the name of its ``METADATA`` (PEP 658)."""


class MirrorPart(StrEnum):
    """A file that is kept of a wheel."""

    WHEEL = "wheel"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredWheel:
    """A wheel of which there is a copy.

    Attributes:
        sha256: Of the wheel, which the copy is kept under.
        size: In bytes.
        metadata_sha256: Of its ``METADATA``.
        metadata_size: In bytes.
    """

    sha256: Sha256Digest
    size: int
    metadata_sha256: Sha256Digest
    metadata_size: int

    def size_of(self, part: MirrorPart) -> int:
        """Return the bytes of a part."""
        return self.size if part is MirrorPart.WHEEL else self.metadata_size

    def digest_of(self, part: MirrorPart) -> Sha256Digest:
        """Return the digest of a part."""
        return self.sha256 if part is MirrorPart.WHEEL else self.metadata_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWheel:
    """A public version's wheel, as it was registered. Several versions may have it; this is one of them."""

    provider: ProviderName
    version: SemVer
    url: WheelUrl
    sha256: Sha256Digest
