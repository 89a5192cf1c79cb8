"""An entry of the central directory."""

from typing import NamedTuple

STORED, DEFLATED = 0, 8
STREAMED_FLAG, UTF_8_FLAG = 0x0008, 0x0800
LOCAL_SIGNATURE = b"PK\x03\x04"


class Entry(NamedTuple):
    """What the directory says about one file or folder; a tuple, for there may be a hundred thousand of them.

    Attributes:
        path: As written; a folder's ends in a slash.
        version: Of the format, that is needed to inflate it; the upper half is undefined.
        crc: CRC-32 of the inflated bytes.
        compressed: Bytes in the archive.
        size: Bytes when inflated.
        offset: Of the local header, from the file's beginning.
        attributes: For the file system; their upper half is a Unix mode.
        mirrored: The local header that repeats what the directory says, byte for byte; empty where such a header could
            still mean something else.
    """

    path: str
    version: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    attributes: int
    mirrored: bytes

    @property
    def raw_name(self) -> bytes:
        """The name as it stands in the archive: both codings are decoded strictly, so they lead back."""
        return self.path.encode()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder and no file."""
        return self.path.endswith("/")

    @property
    def is_streamed(self) -> bool:
        """Whether a data descriptor follows the data."""
        return bool(self.flags & STREAMED_FLAG)
