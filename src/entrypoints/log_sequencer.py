"""Appends to the transparency log while the server runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from application.use_cases.transparency_log import AppendToLog
from domain.errors import RegistryError
from entrypoints.telemetry import LogObserver

_INTERVAL = 0.25
"""Seconds between two looks for pending events."""
_AFTER_FAILURE = 2.0
"""Seconds after a look that failed."""


@asynccontextmanager
async def appending_to_log(append: AppendToLog, observer: LogObserver) -> AsyncIterator[None]:
    """Append what becomes pending while the context is open."""
    sequencing = asyncio.create_task(_sequence(append, observer))
    try:
        yield
    finally:
        sequencing.cancel()
        with suppress(asyncio.CancelledError):
            await sequencing


async def _sequence(append: AppendToLog, observer: LogObserver) -> None:
    log = structlog.get_logger()
    while True:
        seconds = _INTERVAL
        try:
            await append.execute(observer.log_appended)
        except RegistryError as error:
            observer.log_append_failed(error.code)
            log.warning("log_append_failed", code=error.code, reason=error.detail)
            seconds = _AFTER_FAILURE
        except Exception:
            observer.log_append_failed("internal_error")
            log.exception("log_append_failed")  # a row that no entry can be made of; others wait for an operator
            seconds = _AFTER_FAILURE
        await asyncio.sleep(seconds)
