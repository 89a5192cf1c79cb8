"""Tiles and entry bundles: how the log is cut into files (C2SP tlog-tiles)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from domain.log.merkle import HASH_SIZE, empty_root, fold, node_hash

HEIGHT = 8
"""Levels of the tree in one tile; fixed by the specification."""
WIDTH = 1 << HEIGHT
MAX_ENTRY = 65_535
"""Bytes of an entry: its length is written in two."""
MAX_LEVEL = 63

_LENGTH = 2
_PATH = re.compile(  # no log has entries of which an index has more than 21 digits
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TileName:
    """A tile of hashes.

    Attributes:
        level: Which row of tiles it is in; 0 holds the hashes of entries.
        index: Its place in that row.
        width: How many hashes it has: 256 if it is full.
    """

    level: int
    index: int
    width: int = WIDTH

    @classmethod
    def in_tree(cls, level: int, index: int, size: int) -> Self:
        """Return a tile as wide as it is in a tree of some size.

        Raises:
            LookupError: The tree has no such tile.
        """
        width = min((size >> HEIGHT * level) - index * WIDTH, WIDTH)
        if width < 1:
            raise LookupError(f"a tree of {size} entries has no tile {index} on level {level}")
        return cls(level, index, width)

    @property
    def path(self) -> str:
        """Its address below the log's ``tile``."""
        return f"{self.level}/{_written_index(self.index, self.width)}"


@dataclass(frozen=True, slots=True)
class BundleName:
    """A bundle of entries; its index and width are those of the tile that holds their hashes."""

    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's ``tile``."""
        return f"entries/{_written_index(self.index, self.width)}"

    @property
    def start(self) -> int:
        """The index of its first entry."""
        return self.index * WIDTH

    @property
    def max_bytes(self) -> int:
        """How many bytes it can have."""
        return self.width * (_LENGTH + MAX_ENTRY)


def parse_path(path: str) -> TileName | BundleName | None:
    """Read an address below the log's ``tile``; None unless it is exactly as it would be written."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level, index = match["level"], int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or WIDTH)
    if width > WIDTH or (match["width"] and width == WIDTH):
        return None
    if level == "entries":
        named: TileName | BundleName = BundleName(index, width)
    elif int(level) > MAX_LEVEL:
        return None
    else:
        named = TileName(int(level), index, width)
    return named if named.path == path else None


def tiles_of(size: int) -> Iterator[TileName]:
    """Name every tile of a tree, level by level. Empty ones do not exist."""
    level = 0
    while size:
        full, partial = divmod(size, WIDTH)
        yield from (TileName(level, index) for index in range(full))
        if partial:
            yield TileName(level, full, partial)
        size, level = full, level + 1


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries, each behind its length.

    Raises:
        ValueError: An entry is too long.
    """
    return b"".join(len(require_entry(entry)).to_bytes(_LENGTH, "big") + entry for entry in entries)


def read_bundle(bundle: bytes) -> list[bytes]:
    """Read the entries of a bundle.

    Raises:
        ValueError: It ends within an entry, or has more than a tile has hashes.
    """
    entries, at = list[bytes](), 0
    while at < len(bundle):
        if len(entries) == WIDTH:
            raise ValueError(f"a bundle has {WIDTH} entries at most")
        start = at + _LENGTH
        at = start + int.from_bytes(bundle[at:start], "big")
        if at > len(bundle) or start > len(bundle):
            raise ValueError("the bundle ends within an entry")
        entries.append(bundle[start:at])
    return entries


def require_entry(entry: bytes) -> bytes:
    """Return an entry that a bundle can hold.

    Raises:
        ValueError: It is too long.
    """
    if len(entry) > MAX_ENTRY:
        raise ValueError(f"an entry has {MAX_ENTRY} bytes at most, not {len(entry)}")
    return entry


@dataclass(slots=True)
class RightEdge:
    """The partial tile of each level: all that appending needs of a tree.

    Attributes:
        size: How many entries the tree has.
    """

    size: int = 0
    _partial: list[list[bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, size: int, tiles: Mapping[TileName, bytes]) -> Self:
        """Continue a tree whose partial tiles are given.

        Raises:
            KeyError: One of them is absent.
            ValueError: One of them has another width.
        """
        edge = cls(size)
        for name in edge_tiles(size):
            hashes = tiles[name]
            if len(hashes) != name.width * HASH_SIZE:
                raise ValueError(f"tile {name.path} has {len(hashes)} bytes")
            edge._row(name.level).extend(split(hashes))
        return edge

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        subtrees = [root for row in reversed(self._partial) for root in _subtree_roots(row)]
        return fold(subtrees) if subtrees else empty_root()

    def append(self, leaves: Sequence[bytes]) -> dict[TileName, bytes]:
        """Append hashes of entries, and return the tiles that changed, whole, each as wide as it is now."""
        changed: dict[TileName, bytes] = {}
        for leaf in leaves:
            self.size += 1
            self._push(0, leaf, changed)
        for name in edge_tiles(self.size):
            if (self.size - len(leaves)) >> HEIGHT * name.level != self.size >> HEIGHT * name.level:
                changed[name] = b"".join(self._partial[name.level])
        return changed

    def _push(self, level: int, hashed: bytes, changed: dict[TileName, bytes]) -> None:
        row = self._row(level)
        row.append(hashed)
        if len(row) == WIDTH:
            changed[TileName(level, (self.size >> HEIGHT * (level + 1)) - 1)] = b"".join(row)
            [root] = _subtree_roots(row)
            row.clear()
            self._push(level + 1, root, changed)

    def _row(self, level: int) -> list[bytes]:
        while len(self._partial) <= level:
            self._partial.append([])
        return self._partial[level]


def edge_tiles(size: int) -> list[TileName]:
    """Name the partial tiles of a tree."""
    names, level = list[TileName](), 0
    while size:
        size, partial = divmod(size, WIDTH)
        if partial:
            names.append(TileName(level, size, partial))
        level += 1
    return names


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def _subtree_roots(row: Sequence[bytes]) -> list[bytes]:
    """Return the roots of the perfect subtrees over a row of hashes, the largest first."""
    roots, start = list[bytes](), 0
    while start < len(row):
        count = 1 << (len(row) - start).bit_length() - 1
        part = list(row[start : start + count])
        while len(part) > 1:
            part = [node_hash(left, right) for left, right in zip(part[::2], part[1::2], strict=True)]
        roots.extend(part)
        start += count
    return roots


def _written_index(index: int, width: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *groups, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    partial = "" if width == WIDTH else f".p/{width}"
    return "".join(f"x{group}/" for group in groups) + last + partial
