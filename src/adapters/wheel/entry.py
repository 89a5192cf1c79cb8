"""An entry of the central directory."""

from dataclasses import dataclass

STORED, DEFLATED = 0, 8
STREAMED_FLAG, UTF_8_FLAG = 0x0008, 0x0800


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the directory says about one file or folder.

    Attributes:
        path: As written; a folder's ends in a slash.
        version: Of the format, that is needed to inflate it; the upper half is undefined.
        crc: CRC-32 of the inflated bytes.
        compressed: Bytes in the archive.
        size: Bytes when inflated.
        offset: Of the local header, from the file's beginning.
        attributes: For the file system; their upper half is a Unix mode.
    """

    raw_name: bytes
    path: str
    version: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    attributes: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder and no file."""
        return self.path.endswith("/")

    @property
    def is_streamed(self) -> bool:
        """Whether a data descriptor follows the data."""
        return bool(self.flags & STREAMED_FLAG)
