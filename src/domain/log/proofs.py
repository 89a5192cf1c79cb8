"""Which hashes a proof consists of, and how to compute them from tiles.

A hash of a proof is the root over a range of entries. It is computed from perfect subtrees, each of which lies in one
tile. So a caller asks for the tiles, fetches them, and computes the proof.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.log.merkle import HASH_SIZE, fold, node_hash
from domain.log.tiles import HEIGHT, WIDTH, TileName


@dataclass(frozen=True, slots=True)
class EntryRange:
    """The entries from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Subtree:
    """The root over ``2**level`` entries from ``index * 2**level`` on."""

    level: int
    index: int

    @property
    def tile(self) -> tuple[int, int]:
        return self.level // HEIGHT, self.index >> (HEIGHT - self.level % HEIGHT)

    def hash_in(self, hashes: bytes) -> bytes:
        """Compute it from the hashes of its tile."""
        count = 1 << self.level % HEIGHT
        first = self.index * count % WIDTH
        row = [hashes[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(first, first + count)]
        if len(row[-1]) != HASH_SIZE:
            raise ValueError("the tile is too narrow")
        while len(row) > 1:
            row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        return row[0]


def inclusion(index: int, size: int) -> list[EntryRange]:
    """Return the ranges whose roots prove that a tree of ``size`` has an entry (RFC 6962, section 2.1.1).

    Raises:
        ValueError: The index is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"index {index} is not in a tree of {size} entries")
    start, end, ranges = 0, size, list[EntryRange]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append(EntryRange(middle, end))
            end = middle
        else:
            ranges.append(EntryRange(start, middle))
            start = middle
    return ranges[::-1]


def consistency(old: int, new: int) -> list[EntryRange]:
    """Return the ranges whose roots prove that a tree of ``new`` begins with ``old`` (RFC 6962, section 2.1.2).

    Raises:
        ValueError: The old tree is empty, or larger than the new one.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} entries cannot be compared with one of {old}")
    start, end, ranges = 0, new, list[EntryRange]()
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append(EntryRange(middle, end))
            end = middle
        else:
            ranges.append(EntryRange(start, middle))
            start = middle
    if start:
        ranges.append(EntryRange(start, old))
    return ranges[::-1]


def tiles_for(ranges: Iterable[EntryRange], size: int) -> set[TileName]:
    """Return the tiles of a tree of ``size`` that hold what the ranges' roots are computed from."""
    needed = {subtree.tile for each in ranges for subtree in _subtrees(each)}
    return {TileName.in_tree(level, index, size) for level, index in needed}


def roots(ranges: Iterable[EntryRange], tiles: Mapping[TileName, bytes]) -> list[bytes]:
    """Compute the root of each range.

    Raises:
        ValueError: A tile is too narrow.
        KeyError: A tile is absent.
    """
    hashes = {(name.level, name.index): given for name, given in tiles.items()}
    return [fold([subtree.hash_in(hashes[subtree.tile]) for subtree in _subtrees(each)]) for each in ranges]


def whole(size: int) -> Sequence[EntryRange]:
    """Return the range whose root is that of the tree."""
    return [EntryRange(0, size)]


def _split(count: int) -> int:
    """Return the largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def _subtrees(entries: EntryRange) -> list[_Subtree]:
    """Return the perfect subtrees of a range whose start is a multiple of a power of two that covers it."""
    start, subtrees = entries.start, list[_Subtree]()
    while start < entries.end:
        level = (entries.end - start).bit_length() - 1
        subtrees.append(_Subtree(level, start >> level))
        start += 1 << level
    return subtrees
