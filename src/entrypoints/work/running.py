"""Running the loops of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

from application.errors import StoreUnavailableError
from application.ports.version_checks import VersionChecks
from domain.tasks import QueueDepth
from entrypoints.telemetry import TaskObserver
from entrypoints.work.loop import LoopOptions, Work, WorkLoop

MEASURE_SECONDS = 15.0

MeasureDepth = Callable[[], Awaitable[QueueDepth]]
Measure = Callable[[TaskObserver], Awaitable[None]]
"""Measures something, and tells the observer."""


def measure_queue(kind: str, measure: MeasureDepth) -> Measure:
    """Return what measures the queue of a kind."""

    async def tell(observer: TaskObserver) -> None:
        depth = await measure()
        observer.queue_measured(kind, depth.due, depth.oldest.total_seconds())

    return tell


def measure_wheels(checks: VersionChecks) -> Measure:
    """Return what counts the wheels that are amiss on their hosts, whichever process checked them."""

    async def tell(observer: TaskObserver) -> None:
        for verdict, versions in (await checks.count_amiss()).items():
            observer.availability_measured(verdict.value, versions)

    return tell


@asynccontextmanager
async def running(
    works: Sequence[Work[Any]],
    options: LoopOptions,
    observer: TaskObserver,
    measures: Mapping[str, Measure],
    stop: asyncio.Event | None = None,
) -> AsyncIterator[asyncio.Event]:
    """Run a loop for each kind of work, and one that measures, until the context is left.

    Gives the event that stops them, which may be set earlier.
    """
    stop = stop or asyncio.Event()
    loops = [asyncio.create_task(WorkLoop(work, options, observer).run(stop)) for work in works]
    measuring = asyncio.create_task(_measure(measures, observer))
    try:
        yield stop
    finally:
        stop.set()
        measuring.cancel()
        ends = await asyncio.gather(*loops, measuring, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                structlog.get_logger().error("work_loop_ended", exc_info=end)


async def _measure(measures: Mapping[str, Measure], observer: TaskObserver) -> None:
    while True:
        for kind, measure in measures.items():
            try:
                await measure(observer)
            except StoreUnavailableError:
                continue
            except Exception:  # noqa: BLE001 -- what is not measured now is measured later
                structlog.get_logger().exception("measuring_failed", kind=kind)
        await asyncio.sleep(MEASURE_SECONDS)
