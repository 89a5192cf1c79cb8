"""Happy Eyeballs (RFC 8305): several attempts side by side, of which the first to succeed counts."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Sequence
from itertools import chain, zip_longest
from typing import Any, TypeVar

from adapters.https.special_blocks import IPAddress

_Result = TypeVar("_Result")


def interleaved(addresses: Sequence[IPAddress]) -> list[IPAddress]:
    """Alternate between IPv6 and IPv4, starting with the family of the first address (RFC 8305 section 4)."""
    preferred = [address for address in addresses if address.version == addresses[0].version]
    others = [address for address in addresses if address.version != addresses[0].version]
    return [address for address in chain.from_iterable(zip_longest(preferred, others)) if address is not None]


async def race(
    attempts: Sequence[Callable[[], Coroutine[Any, Any, _Result]]], *, delay: float, discard: Callable[[_Result], None]
) -> _Result:
    """Return the result of the first attempt that succeeds, and cancel the others.

    An attempt starts once the one before it failed, or after ``delay`` seconds. ``discard`` receives the result of
    every other attempt that succeeded at the same time.

    Raises:
        OSError: All attempts failed; ``ssl.SSLError`` if one failed with that, else what the last one failed with.
    """
    failures: list[OSError] = []
    running: set[asyncio.Task[_Result]] = set()
    try:
        for attempt in attempts:
            running.add(asyncio.create_task(attempt()))
            if (winner := await _first(running, failures, seconds=delay)) is not None:
                return winner.result()
        while running:
            if (winner := await _first(running, failures, seconds=None)) is not None:
                return winner.result()
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(lambda ended: _discard(ended, discard))
    raise next((failure for failure in failures if isinstance(failure, ssl.SSLError)), failures[-1])


async def _first(
    running: set[asyncio.Task[_Result]], failures: list[OSError], *, seconds: float | None
) -> asyncio.Task[_Result] | None:
    """Wait until an attempt ends, and take one that succeeded, or those that failed, out of ``running``."""
    ended, _ = await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        error = task.exception()
        if error is None:
            running.discard(task)
            return task
        if not isinstance(error, OSError):
            raise error
        running.discard(task)
        failures.append(error)
    return None


def _discard(task: asyncio.Task[_Result], discard: Callable[[_Result], None]) -> None:
    if not task.cancelled() and task.exception() is None:
        discard(task.result())
