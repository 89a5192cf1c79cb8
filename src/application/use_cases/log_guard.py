"""Keeping the log from signing two histories."""

from collections.abc import Sequence

from application.errors import CheckpointNotKeptError, LogWouldForkError
from application.ports.kept_checkpoint import KeptCheckpoint
from application.ports.log_queries import LogQueries
from domain.log import proofs
from domain.log.checkpoints import Checkpoint
from domain.log.merkle import verify_consistency
from domain.log.notes import InvalidNoteError, Note
from domain.log.tiles import RightEdge


class WitnessedSizes:
    """How many entries of the log its witnesses have, as far as they were asked."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}

    def of(self, witness: str) -> int:
        """Return how many a witness has; 0 if that is not known."""
        return self._sizes.get(witness, 0)

    def learn(self, witness: str, size: int) -> None:
        """Believe what a witness says now, also if it said otherwise."""
        self._sizes[witness] = size

    def require(self, size: int) -> None:
        """Verify that no witness has more entries than the stored log.

        Raises:
            LogWouldForkError: One has.
        """
        for witness, known in self._sizes.items():
            if known > size:
                raise _fork(f"has {size} entries, and the witness {witness} has {known}")


class LogMovedError(Exception):
    """The stored log is not where the guard last verified it."""

    def __init__(self, size: int, root: bytes) -> None:
        super().__init__(f"the log has {size} entries")
        self.size = size
        self.root = root


class LogGuard:
    """Compares the stored log with what was signed last, which is kept apart from the database.

    A database goes back with a restore, or with a failover that loses commits. What would be signed then contradicts
    what was signed before, and no one could tell which of the two is true.
    """

    def __init__(self, *, log: LogQueries, kept: KeptCheckpoint, witnessed: WitnessedSizes | None = None) -> None:
        self._log = log
        self._kept = kept
        self._witnessed = witnessed or WitnessedSizes()
        self._verified: Checkpoint | None = None
        self._is_known = False

    def require(self, edge: RightEdge) -> None:
        """Verify that a log is the one that was verified last.

        Raises:
            LogMovedError: It is not; ``catch_up`` tells whether it only grew.
            LogWouldForkError: A witness has more of it.
        """
        self._witnessed.require(edge.size)
        known = (0, edge.root) if self._verified is None else (self._verified.size, self._verified.root)
        if not self._is_known or known != (edge.size, edge.root):
            raise LogMovedError(edge.size, edge.root)

    async def catch_up(self, moved: LogMovedError) -> None:
        """Verify that the stored log begins with what was signed last, and keep its newest checkpoint.

        Raises:
            LogWouldForkError: It does not.
            CheckpointNotKeptError: That cannot be read, or the newest cannot be kept.
            StoreUnavailableError: The store is unreachable.
        """
        kept, note = await self._read(), await self._log.find_checkpoint()
        newest = None if note is None else Checkpoint.parse(Note.parse(note).text)
        if kept is not None:
            await self._require_growth(kept, newest)
        if moved.size and (newest is None or newest.size < moved.size):
            raise _fork(f"has {moved.size} entries, and no checkpoint over them")
        if newest is not None and newest.size == moved.size and newest.root != moved.root:
            raise _fork("has tiles that are not those of its newest checkpoint")
        if note is not None and newest != kept:
            await self._kept.replace(note)
        self._verified, self._is_known = newest, True

    async def keep(self, note: bytes) -> None:
        """Keep a checkpoint that was signed and committed.

        Raises:
            CheckpointNotKeptError: It cannot be kept. Nothing more is signed until it can.
        """
        self._is_known = False
        await self._kept.replace(note)
        self._verified, self._is_known = Checkpoint.parse(Note.parse(note).text), True

    async def _read(self) -> Checkpoint | None:
        note = await self._kept.read()
        try:
            return None if note is None else Checkpoint.parse(Note.parse(note).text)
        except InvalidNoteError as error:
            raise CheckpointNotKeptError(
                f"what was kept of the last checkpoint is not one ({error}); put back the log's newest checkpoint that "
                "any client has"
            ) from None

    async def _require_growth(self, kept: Checkpoint, newest: Checkpoint | None) -> None:
        if newest is None or newest.size < kept.size:
            raise _fork(f"has {0 if newest is None else newest.size} entries, and {kept.size} were signed")
        if newest.origin != kept.origin:
            raise _fork(f"is {newest.origin}, and {kept.origin} was signed")
        try:
            verify_consistency(
                old=kept.size,
                new=newest.size,
                old_root=kept.root,
                new_root=newest.root,
                proof=await consistency_proof(self._log, kept.size, newest.size),
            )
        except ValueError:
            raise _fork(f"does not begin with the {kept.size} entries that were signed") from None


async def consistency_proof(log: LogQueries, old: int, new: int) -> Sequence[bytes]:
    """Return the proof that a tree of ``new`` entries begins with ``old``, as the stored tiles have it.

    Raises:
        ValueError: The old tree is empty or larger, or a tile is absent.
        StoreUnavailableError: The store is unreachable.
    """
    ranges = proofs.consistency(old, new)
    if old == new:
        return []
    tiles = {name: await log.find_tile(name.level, name.index) or b"" for name in proofs.tiles_for(ranges, new)}
    return proofs.roots(ranges, tiles)


def _fork(what: str) -> LogWouldForkError:
    return LogWouldForkError(
        f"the log in the database {what}: it went back or was rewritten, and nothing is signed. Bring back the "
        "database that has what was signed; if it is lost, begin a log of another origin (docs/operations.md, "
        '"When the log went back")'
    )
