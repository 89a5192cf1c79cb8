"""Reading the transparency log."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.errors import CursorAheadError, LogEmptyError, NotLoggedYetError, TileNotFoundError
from application.ports.log_queries import LogQueries, NumberedEntry
from application.use_cases.queries import FindVersion
from domain.log import proofs
from domain.log.checkpoints import Checkpoint
from domain.log.entries import EventType
from domain.log.merkle import HASH_SIZE
from domain.log.notes import Note
from domain.log.proof_file import ProofFile
from domain.log.tiles import BundleName, TileName, write_bundle
from domain.names import ProviderName
from domain.semver import SemVer

MAX_BYTES = 1024 * 1024
"""A page of changes ends with the entry by which it has so many."""
MAX_LOOKED_AT = 10_000
"""Entries that are looked at for a page of some types: most may be of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of the log.

    Attributes:
        origin: The log's.
        next: The cursor that continues after it. It also passes what was left out.
        head: How many entries the log has.
    """

    origin: str
    items: Sequence[NumberedEntry]
    next: int
    head: int


class ReadCheckpoint:
    """Reads the newest checkpoint."""

    def __init__(self, log: LogQueries) -> None:
        self._log = log

    async def execute(self) -> bytes:
        """Return the signed note.

        Raises:
            LogEmptyError: There is none yet.
            StoreUnavailableError: The store is unreachable.
        """
        return await _checkpoint(self._log)


class ReadTile:
    """Reads tiles and bundles."""

    def __init__(self, log: LogQueries) -> None:
        self._log = log

    async def execute(self, name: TileName | BundleName) -> bytes:
        """Return a tile or a bundle that the newest checkpoint covers.

        Raises:
            TileNotFoundError: It is not covered.
            StoreUnavailableError: The store is unreachable.
        """
        try:
            size = _parsed(await _checkpoint(self._log)).size
            level = name.level if isinstance(name, TileName) else 0
            widest = TileName.in_tree(level, name.index, size)
        except (LogEmptyError, LookupError):
            widest = None
        if widest is None or name.width > widest.width:
            raise TileNotFoundError("the log has no such tile; read its checkpoint again, which says how large it is")
        if isinstance(name, BundleName):
            return write_bundle(await self._log.list_entries(name.start, name.start + name.width))
        return (await _tile(self._log, name))[: name.width * HASH_SIZE]


class ReadProof:
    """Reads the proof that a version's publication is in the log."""

    def __init__(self, log: LogQueries, find_version: FindVersion) -> None:
        self._log = log
        self._find_version = find_version

    async def execute(self, name: ProviderName, version: SemVer) -> ProofFile:
        """Return the proof, with the entry in it.

        Raises:
            ProviderNotFoundError: The provider has no public version.
            VersionNotFoundError: There is no such public version.
            NotLoggedYetError: It is not appended yet.
            StoreUnavailableError: The store is unreachable.
        """
        entry = await self._log.find_published(name, version)
        if entry is None:
            await self._find_version.execute(name, version)
            raise NotLoggedYetError(f"{name} {version} is not in the log yet; ask again in a second")
        note = await _checkpoint(self._log)
        size = _parsed(note).size
        ranges = proofs.inclusion(entry.index, size)
        tiles = {tile: await _tile(self._log, tile) for tile in proofs.tiles_for(ranges, size)}
        hashes = tuple(proofs.roots(ranges, tiles))
        return ProofFile(index=entry.index, hashes=hashes, checkpoint=note, extra=entry.leaf)


class ListChanges:
    """Lists what was appended, in order and without gaps."""

    def __init__(self, log: LogQueries) -> None:
        self._log = log

    async def head(self) -> int:
        """Return how many entries there are.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        try:
            return _parsed(await _checkpoint(self._log)).size
        except LogEmptyError:
            return 0

    async def execute(
        self,
        after: int,
        *,
        limit: int,
        types: Sequence[EventType] = (),
        provider: ProviderName | None = None,
    ) -> Changes:
        """Return the changes after the first ``after`` ones, of these types and that provider if given.

        A page may be empty before the end of the log; its cursor continues.

        Raises:
            LogEmptyError: There is no log yet.
            CursorAheadError: There are not so many.
            StoreUnavailableError: The store is unreachable.
        """
        checkpoint = _parsed(await _checkpoint(self._log))
        head = checkpoint.size
        if after > head:
            raise CursorAheadError(
                f"the log {checkpoint.origin} has {head} entries, not {after}; if the cursor is of this log, the log "
                "went back: tell its operators, and begin again with 0"
            )
        # Those of one provider are few, and have an index.
        end = min(head, after + MAX_LOOKED_AT) if types and provider is None else head
        items = await self._log.list_changes(
            after, end, limit=limit, max_bytes=MAX_BYTES, types=types, provider=provider
        )
        is_full = len(items) == limit or sum(len(item.leaf) for item in items) >= MAX_BYTES
        following = items[-1].index + 1 if is_full else end
        return Changes(origin=checkpoint.origin, items=items, next=following, head=head)


async def _checkpoint(log: LogQueries) -> bytes:
    note = await log.find_checkpoint()
    if note is None:
        raise LogEmptyError("the transparency log has no checkpoint yet; ask again once an operator has opened it")
    return note


async def _tile(log: LogQueries, name: TileName) -> bytes:
    hashes = await log.find_tile(name.level, name.index)
    if hashes is None:
        raise AssertionError(f"the log has a checkpoint over tile {name.path}, which is absent")
    return hashes


def _parsed(note: bytes) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note).text)
