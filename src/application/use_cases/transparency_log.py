"""Opening the transparency log, and appending to it."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import TypeAlias
from uuid import uuid4

from application.errors import EventNotLoggableError, LogOriginError
from application.ports.clock import Clock
from application.ports.log_writer import LogState, LogWriter, SignedExtension
from application.use_cases.log_guard import LogGuard, LogMovedError
from domain.log.entries import SALT_SIZE
from domain.log.extension import LogTail, UnloggableEventError, extend
from domain.log.notes import Sign, SigningKey
from domain.tasks import QueueDepth

BATCH = 1_024
"""Events in one transaction."""
BACKFILLED_AT_ONCE = 10_240
"""Events from before the opening that become pending in one transaction."""
MAX_SET_ASIDE = 16
"""Events that are set aside before an operator has to look."""

OnProgress: TypeAlias = Callable[[int], None]
"""Is told, after each transaction, of how many events it had."""


def _ignore(_: int) -> None:
    return


class AppendToLog:
    """Appends pending events, and signs where the log stands after them.

    Args:
        log: Where it is stored.
        guard: Compares it with what was signed last.
        keys: Each signs. They have one name, which is the log's origin.
        sign: Ed25519.
    """

    def __init__(self, *, log: LogWriter, guard: LogGuard, keys: Sequence[SigningKey], sign: Sign) -> None:
        self._log = log
        self._guard = guard
        self._keys = keys
        self._sign = sign

    async def execute(self, on_progress: OnProgress = _ignore) -> int:
        """Append all that is pending, and return how many events that were.

        Raises:
            LogOriginError: The log has another origin than the keys.
            LogWouldForkError: The log went back, or was rewritten.
            EventNotLoggableError: Some events cannot be appended. All others were.
            CheckpointNotKeptError: What is signed cannot be kept apart from the store.
            StoreUnavailableError: The store is unreachable.
        """
        total, unusable = 0, dict[str, str]()
        while len(unusable) < MAX_SET_ASIDE:
            try:
                appended = await self._append(unusable)
            except UnloggableEventError as error:
                unusable[error.event_id] = str(error)
                continue
            if not appended:
                break
            total += appended
            on_progress(appended)
        if unusable:
            raise EventNotLoggableError(
                f"no entry can be made of {'; '.join(unusable.values())}. Others are appended; correct these rows of "
                "version_events or provider_events, or what they belong to"
            )
        return total

    async def _append(self, without: Collection[str]) -> int:
        signed = list[bytes]()

        def sign(tail: LogTail) -> SignedExtension:
            extension = self._extend(tail)
            signed.append(extension.checkpoint)
            return extension

        while True:
            try:
                appended = await self._log.append(sign, limit=BATCH, without=without)
            except LogMovedError as moved:
                await self._guard.catch_up(moved)  # it raises, or the log is where another process left it
            else:
                break
        if appended:
            await self._guard.keep(signed[-1])
        return appended

    def _extend(self, tail: LogTail) -> SignedExtension:
        _require_origin(tail.origin, self._keys[0].name)
        self._guard.require(tail.edge)
        extension = extend(tail, new_salt=lambda: secrets.token_bytes(SALT_SIZE))
        note = extension.checkpoint.signed(self._keys, self._sign)
        return SignedExtension(extension, str(note).encode())


class OpenLog:
    """Opens the log, and makes all that was registered before pending."""

    def __init__(self, *, log: LogWriter, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    async def execute(self, origin: str, on_progress: OnProgress = _ignore) -> None:
        """Open the log under an origin. Safe to interrupt and to repeat: it goes on where it was.

        Raises:
            LogOriginError: It is open under another origin.
            StoreUnavailableError: The store is unreachable.
        """
        opened = await self._log.open(origin, event_id=str(uuid4()), at=self._clock.now())
        _require_origin(opened, origin)
        while added := await self._log.backfill(limit=BACKFILLED_AT_ONCE):
            on_progress(added)


class DescribeLog:
    """Tells where the log stands."""

    def __init__(self, *, log: LogWriter) -> None:
        self._log = log

    async def execute(self) -> LogState | None:
        """Return where the log stands; None if it was never opened.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        return await self._log.state()


class MeasureLog:
    """Measures how far the log is behind."""

    def __init__(self, *, log: LogWriter, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    async def execute(self) -> QueueDepth:
        """Return how many events are not appended yet, and the age of the oldest.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        state = await self._log.state()
        if state is None or state.pending_since is None:
            return QueueDepth(due=0, oldest=timedelta())
        return QueueDepth(due=state.pending, oldest=max(self._clock.now() - state.pending_since, timedelta()))


def _require_origin(stored: str, given: str) -> None:
    if stored != given:
        raise LogOriginError(
            f"the log is {stored}, and the signing keys are those of {given}; a log keeps its origin for ever, "
            "so use its own keys"
        )
