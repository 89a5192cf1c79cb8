"""Inflating an entry, and comparing it with the size and CRC-32 that it declares."""

import zlib
from collections.abc import Iterable, Iterator

from adapters.wheel.archive_source import ArchiveSource
from adapters.wheel.entries import STORED, Entry
from adapters.wheel.errors import quoted, refused
from domain.errors import WheelProblem, WheelRefusedError

_CHUNK_IN = 256 * 1024
_CHUNK_OUT = 1024 * 1024
_RAW_DEFLATE = -zlib.MAX_WBITS
_SURPLUS = "has bytes behind the end of its deflate stream"


def inflated(file: ArchiveSource, entry: Entry, offset: int) -> Iterator[bytes]:
    """Yield an entry's bytes, in chunks of at most 1 MiB, from the offset of its data.

    Raises:
        WheelRefusedError: The data are not one complete stream that inflates to the declared size and CRC-32. It is
            raised as soon as that is certain, for the CRC-32 after the last chunk.
    """
    packed = _packed(file, entry, offset)
    size, crc = 0, 0
    for chunk in packed if entry.method == STORED else _unpacked(packed, entry):
        size += len(chunk)
        if size > entry.size:
            raise _corrupt(entry, "inflates to more than its declared size")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if size != entry.size:
        raise _corrupt(entry, "inflates to less than its declared size")
    if crc != entry.crc:
        raise _corrupt(entry, "does not have the CRC-32 that the archive declares")


def _packed(file: ArchiveSource, entry: Entry, offset: int) -> Iterator[bytes]:
    for done in range(0, entry.compressed, _CHUNK_IN):
        yield file.read(offset + done, min(_CHUNK_IN, entry.compressed - done))


def _unpacked(packed: Iterable[bytes], entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(_RAW_DEFLATE)
    try:
        for chunk in packed:
            if inflater.eof:
                raise _corrupt(entry, _SURPLUS)
            yield inflater.decompress(chunk, _CHUNK_OUT)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _CHUNK_OUT)
        while rest := inflater.decompress(b"", _CHUNK_OUT):  # what did not fit into the last chunk
            yield rest
    except zlib.error:
        raise _corrupt(entry, "is no intact deflate stream") from None
    if not inflater.eof:
        raise _corrupt(entry, "is a deflate stream without an end")
    if inflater.unused_data:
        raise _corrupt(entry, _SURPLUS)


def _corrupt(entry: Entry, what: str) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_CORRUPT, f"the entry {quoted(entry.path)} {what}")
