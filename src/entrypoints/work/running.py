"""Running the loops of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

from application.errors import StoreUnavailableError
from domain.tasks import QueueDepth
from entrypoints.telemetry import TaskObserver
from entrypoints.work.loop import LoopOptions, Work, WorkLoop

MEASURE_SECONDS = 15.0

Measures = Mapping[str, Callable[[], Awaitable[QueueDepth]]]
"""What measures the queue of each kind."""


@asynccontextmanager
async def running(
    works: Sequence[Work[Any]],
    options: LoopOptions,
    observer: TaskObserver,
    measures: Measures,
    stop: asyncio.Event | None = None,
) -> AsyncIterator[asyncio.Event]:
    """Run a loop for each kind of work, and one that measures the queues, until the context is left.

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


async def _measure(measures: Measures, observer: TaskObserver) -> None:
    while True:
        for kind, measure in measures.items():
            try:
                depth = await measure()
            except StoreUnavailableError:
                continue
            except Exception:  # noqa: BLE001 -- what is not measured now is measured later
                structlog.get_logger().exception("measuring_failed", kind=kind)
                continue
            observer.queue_measured(kind, depth.due, depth.oldest.total_seconds())
        await asyncio.sleep(MEASURE_SECONDS)
