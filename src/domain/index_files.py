"""The files on a page of a package index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class IndexFile:
    """A public version's wheel, as an index shows it.

    Attributes:
        sha256: In hexadecimal.
        yanked_reason: Why the version is yanked; None if it is not, or if no reason was given.
    """

    filename: str
    url: str
    sha256: str
    size: int
    requires_python: str | None
    published_at: datetime
    is_yanked: bool
    yanked_reason: str | None = None


def installable_files(files: Iterable[IndexFile]) -> Sequence[IndexFile]:
    """Return each file once, in the order in which they are given.

    Versions may share a file: those that are not yanked stand for it, and of these the first. Two files of one name
    with different digests both stay, so that either digest can be installed.
    """
    chosen: dict[tuple[str, str], IndexFile] = {}
    for file in files:
        key = (file.filename, file.sha256)
        known = chosen.get(key)
        if known is None or (known.is_yanked and not file.is_yanked):
            chosen[key] = file
    return list(chosen.values())
