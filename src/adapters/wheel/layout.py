"""That the entries fill the archive: each begins where the one before ends, and the directory where the last ends."""

from collections.abc import Callable, Mapping, Sequence

from adapters.wheel.archive_source import ArchiveSource
from adapters.wheel.entry import Entry
from adapters.wheel.local_headers import check_descriptor, read_local_header
from adapters.wheel.refusals import quoted, refused
from domain.errors import WheelFault, WheelRefusedError

_LONGEST_DESCRIPTOR = 24


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
        raise refused(WheelFault.ARCHIVE_FRAMING, f"there are {bounds[0]} bytes in front of the archive's first entry")
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
            WheelFault.ARCHIVE_FRAMING, f"there are {behind} bytes behind {quoted(entry.path)} that belong to no entry"
        )
    return header.data_offset


def _overlap(entry: Entry) -> WheelRefusedError:
    return refused(WheelFault.ARCHIVE_OVERLAP, f"the entry {quoted(entry.path)} overlaps with what follows it")
