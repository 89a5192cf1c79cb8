"""Local headers (APPNOTE 4.3.7), which must repeat the central directory, and the data behind them."""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from adapters.wheel.archive_source import ArchiveSource, quoted, refused
from adapters.wheel.central_directory import ZIP64, parse_extras, widened
from adapters.wheel.entries import STORED, Entry, check_version
from domain.errors import WheelProblem, WheelRefusedError

_HEADER = struct.Struct("<4s3H4L2H")
_SIGNATURE = b"PK\x03\x04"
_DESCRIPTOR, _DESCRIPTOR64 = struct.Struct("<3L"), struct.Struct("<LQQ")
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"  # optional, says 4.3.9.3
_LONGEST_DESCRIPTOR = 24
_CHUNK_IN = 256 * 1024
_CHUNK_OUT = 1024 * 1024
_RAW_DEFLATE = -zlib.MAX_WBITS
_SURPLUS = "has bytes behind the end of its deflate stream"


class LocalHeader(NamedTuple):
    """A local header that says what the directory says.

    Attributes:
        data_offset: Where the entry's data begin, from the file's beginning.
        is_zip64: Whether a data descriptor would have 64-bit sizes.
    """

    data_offset: int
    is_zip64: bool


def read_local_header(file: ArchiveSource, entry: Entry) -> LocalHeader:
    """Read the header where the directory says it is.

    Raises:
        WheelRefusedError: It is not there, or disagrees with the directory.
    """
    header = file.read(entry.offset, _HEADER.size)
    signature, version, flags, method, _, *sizes, name_length, extra_length = _HEADER.unpack(header)
    if signature != _SIGNATURE:
        raise _disagreement(entry, "is not where the directory says it is")
    texts = file.read(entry.offset + _HEADER.size, name_length + extra_length)
    name = texts[:name_length]
    pairs = (
        (name, entry.raw_name, "name"),
        (flags, entry.flags, "flags"),
        (method, entry.method, "compression method"),
    )
    for here, there, what in pairs:
        if here != there:
            raise _disagreement(entry, f"has another {what} in its own header than in the directory")
    check_version(version, entry.path)
    zip64 = parse_extras(texts[name_length:], name).get(ZIP64)
    _check_sizes(entry, sizes, zip64)
    return LocalHeader(entry.offset + _HEADER.size + len(texts), zip64 is not None)


def check_descriptor(entry: Entry, header: LocalHeader, found: bytes) -> None:
    """Return if what follows the data is the descriptor that the flags promise.

    Raises:
        WheelRefusedError: It is not, or says something else than the directory.
    """
    form = _DESCRIPTOR64 if header.is_zip64 else _DESCRIPTOR
    expected = form.pack(entry.crc, entry.compressed, entry.size)
    if found not in (expected, _DESCRIPTOR_SIGNATURE + expected):
        raise _disagreement(entry, "is not followed by a data descriptor that says what the directory says")


def _check_sizes(entry: Entry, fields: list[int], zip64: bytes | None) -> None:
    crc, narrow_compressed, narrow_size = fields
    size, compressed = widened((narrow_size, narrow_compressed), zip64, entry.raw_name)
    if entry.is_streamed and not (crc or compressed) and size in (0, entry.size):  # some tools know the size beforehand
        if entry.method == STORED and entry.size:  # who reads from the front cannot tell where it ends
            raise _disagreement(entry, "is stored, and its own header does not say how long it is")
        return
    pairs = ((crc, entry.crc, "CRC-32"), (compressed, entry.compressed, "compressed size"), (size, entry.size, "size"))
    for here, there, what in pairs:
        if here != there:
            raise _disagreement(entry, f"has another {what} in its own header than in the directory")


def _disagreement(entry: Entry, what: str) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_HEADERS_DISAGREE, f"the entry {quoted(entry.path)} {what}")


def locate_data(
    file: ArchiveSource, entries: Sequence[Entry], *, directory: int, proceed: Callable[[], None]
) -> Mapping[int, int]:
    """Return where each entry's data begin, by the offset of its local header.

    Args:
        file: The archive.
        entries: All of them, in any order.
        directory: Offset of the central directory.
        proceed: Called before each entry, to stop by an exception.

    Raises:
        WheelRefusedError: A byte before the directory belongs to no entry or to several, or a local header disagrees.
    """
    ordered = sorted(entries, key=lambda entry: entry.offset)
    bounds = [*(entry.offset for entry in ordered), directory]
    if bounds[0]:
        raise refused(
            WheelProblem.ARCHIVE_FRAMING, f"there are {bounds[0]} bytes in front of the archive's first entry"
        )
    places: dict[int, int] = {}
    for entry, end in zip(ordered, bounds[1:], strict=True):
        proceed()
        places[entry.offset] = _data_offset(file, entry, end)
    return places


def _data_offset(file: ArchiveSource, entry: Entry, end: int) -> int:
    if end == entry.offset:
        raise _overlap(entry)
    header = read_local_header(file, entry)
    behind = end - header.data_offset - entry.compressed
    if behind < 0:
        raise _overlap(entry)
    if entry.is_streamed:
        check_descriptor(entry, header, file.read(end - behind, min(behind, _LONGEST_DESCRIPTOR + 1)))
    elif behind:
        raise refused(
            WheelProblem.ARCHIVE_FRAMING,
            f"there are {behind} bytes behind {quoted(entry.path)} that belong to no entry",
        )
    return header.data_offset


def _overlap(entry: Entry) -> WheelRefusedError:
    return refused(WheelProblem.ARCHIVE_OVERLAP, f"the entry {quoted(entry.path)} overlaps with what follows it")


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
