"""A loop that claims work of one kind, and holds each lease while it is worked on."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Generic, Protocol, TypeVar

import structlog
from structlog.contextvars import bound_contextvars

from application.errors import LeaseLostError, StoreUnavailableError
from application.ports.leases import Leases
from domain.tasks import Lease, RetryPolicy
from entrypoints.telemetry import TaskObserver, TaskOutcome

_SETTLE_SECONDS = 2.0
"""How long work may take to end by itself once its lease is gone: the end of the work removes the lease, too."""


_BACKOFF = RetryPolicy(first_delay=timedelta(seconds=1), longest_delay=timedelta(seconds=30))


class Leased(Protocol):
    """Something that was claimed."""

    @property
    def lease(self) -> Lease:
        """The right to work on it."""
        ...


Item = TypeVar("Item", bound=Leased)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(Generic[Item]):
    """A kind of work.

    Attributes:
        kind: A word, for logs and metrics.
        claim: Leases at most so many items for so many seconds.
        leases: Renews leases and takes them back.
        perform: Does the work and ends the lease. Returns the outcome.
        fail: Called with what ``perform`` raised, if it is a defect. Ends the lease so that it is tried again, or not.
        describe: What log lines say of an item.
        concurrency: How many items are worked on at once, if other than what the loop is told.
    """

    kind: str
    claim: Callable[[int, float], Awaitable[Sequence[Item]]]
    leases: Leases
    perform: Callable[[Item], Awaitable[TaskOutcome]]
    fail: Callable[[Item, Exception], Awaitable[TaskOutcome]]
    describe: Callable[[Item], Mapping[str, object]]
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOptions:
    """How work is claimed.

    Attributes:
        concurrency: How many items are worked on at once.
        lease_seconds: How long a worker that died keeps others waiting. Leases are renewed at a third of it.
        poll_seconds: How often to look for work, on average.
        grace_seconds: How long work may go on once the loop stops.
        backoff: How long to wait while the queue is unreachable.
    """

    concurrency: int = 4
    lease_seconds: float = 30.0
    poll_seconds: float = 1.0
    grace_seconds: float = 20.0
    backoff: RetryPolicy = _BACKOFF


class WorkLoop(Generic[Item]):
    """Claims work until it is stopped. Neither a failure of the queue nor one of the work ends it."""

    def __init__(self, work: Work[Item], options: LoopOptions, observer: TaskObserver) -> None:
        self._work = work
        self._options = options
        self._observer = observer
        self._concurrency = work.concurrency or options.concurrency
        self._running: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until the event is set: then claim no more, finish within the grace, and give back the rest."""
        stopping = asyncio.create_task(stop.wait())
        try:
            failures = 0
            while not stop.is_set():
                free = self._concurrency - len(self._running)
                if not free:
                    await asyncio.wait({*self._running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                    continue
                claimed = await self._claim(free)
                failures = failures + 1 if claimed is None else 0
                if claimed is None or len(claimed) < free:
                    await asyncio.wait({stopping}, timeout=self._pause(failures))
        finally:
            stopping.cancel()
            await self._drain()

    def _pause(self, failures: int) -> float:
        if failures:
            return self._options.backoff.delay(failures, random.random()).total_seconds()  # noqa: S311 -- jitter
        return self._options.poll_seconds * random.uniform(0.5, 1.5)  # noqa: S311 -- jitter

    async def _claim(self, limit: int) -> Sequence[Item] | None:
        """Claim and start work; return None if the queue cannot be reached."""
        try:
            claimed = await self._work.claim(limit, self._options.lease_seconds)
        except StoreUnavailableError as error:
            self._log.warning("claim_failed", kind=self._work.kind, code=error.code)
            return None
        except Exception:  # noqa: BLE001 -- a defect of one task ends no loop
            self._log.exception("claim_failed", kind=self._work.kind)
            return None
        self._observer.claimed(self._work.kind, len(claimed))
        for item in claimed:
            task = asyncio.create_task(self._handle(item))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return claimed

    async def _drain(self) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=self._options.grace_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _handle(self, item: Item) -> None:
        lease, kind, started = item.lease, self._work.kind, perf_counter()
        with bound_contextvars(
            task_id=str(lease.id), task_kind=kind, attempt=lease.attempt, **self._work.describe(item)
        ):
            self._log.info("task_started")
            outcome = await self._outcome(item)
            seconds = perf_counter() - started
            self._log.info("task_ended", outcome=outcome.value, seconds=round(seconds, 6))
            self._observer.task_ended(kind, outcome, lease.attempt, seconds)

    async def _outcome(self, item: Item) -> TaskOutcome:
        work = asyncio.ensure_future(self._work.perform(item))
        try:
            return await self._hold(item.lease, work)
        except asyncio.CancelledError:  # the grace is over
            await _cancel(work)
            with suppress(StoreUnavailableError):  # the lease ends by itself
                await self._work.leases.give_back(item.lease)
            return TaskOutcome.GIVEN_BACK
        except LeaseLostError:
            return TaskOutcome.LEASE_LOST
        except StoreUnavailableError:
            return TaskOutcome.UNREACHABLE
        except Exception as error:  # noqa: BLE001 -- likewise
            self._log.exception("task_failed")
            return await self._fail(item, error)

    async def _fail(self, item: Item, error: Exception) -> TaskOutcome:
        try:
            return await self._work.fail(item, error)
        except LeaseLostError:
            return TaskOutcome.LEASE_LOST
        except Exception:  # noqa: BLE001 -- a defect of one task ends no loop
            self._log.exception("task_failed")
            return TaskOutcome.UNREACHABLE

    async def _hold(self, lease: Lease, work: "asyncio.Future[TaskOutcome]") -> TaskOutcome:
        """Return the outcome of the work; renew its lease meanwhile.

        Raises:
            LeaseLostError: Another worker may have it. The work was cancelled.
        """
        while True:
            await asyncio.wait({work}, timeout=self._options.lease_seconds / 3)
            if work.done():
                return work.result()
            try:
                is_held = await self._work.leases.renew(lease, seconds=self._options.lease_seconds)
            except StoreUnavailableError:
                continue  # writes are refused without the lease, so going on does no harm
            if not is_held:
                await asyncio.wait({work}, timeout=_SETTLE_SECONDS)
                if work.done():
                    return work.result()
                await _cancel(work)
                raise LeaseLostError


async def _cancel(work: "asyncio.Future[TaskOutcome]") -> None:
    work.cancel()
    await asyncio.wait({work})
