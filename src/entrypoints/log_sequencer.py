"""Appends to the transparency log while the server runs, and asks its witnesses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from application.use_cases.ask_witnesses import AskWitnesses, WitnessOutcome
from application.use_cases.transparency_log import AppendToLog
from domain.errors import RegistryError
from entrypoints.telemetry import LogObserver

_INTERVAL = 0.25
"""Seconds between two looks for pending events."""
_AFTER_FAILURE = 2.0
"""Seconds after a look that failed."""
_WITNESSES_INTERVAL = 3_600.0
"""Seconds until witnesses are asked again while nothing is appended."""
_WITNESSES_PAUSE = 2.0
"""Seconds between two times that they are asked, however much is appended."""


@asynccontextmanager
async def appending_to_log(
    append: AppendToLog, observer: LogObserver, ask_witnesses: AskWitnesses | None = None
) -> AsyncIterator[None]:
    """Append what becomes pending while the context is open, and ask witnesses after it and every hour."""
    appended = asyncio.Event()
    running = [asyncio.create_task(_sequence(append, observer, appended, ask_witnesses))]
    if ask_witnesses is not None:
        running.append(asyncio.create_task(_keep_asking(ask_witnesses, observer, appended)))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError):
                await task


async def _sequence(
    append: AppendToLog, observer: LogObserver, appended: asyncio.Event, ask_witnesses: AskWitnesses | None
) -> None:
    log = structlog.get_logger()

    def progressed(entries: int) -> None:
        observer.log_appended(entries)
        appended.set()

    if ask_witnesses is not None:
        await _ask(ask_witnesses, observer)  # before anything is signed: one may know that the log went back
    while True:
        seconds = _INTERVAL
        try:
            await append.execute(progressed)
        except RegistryError as error:
            observer.log_append_failed(error.code)
            log.warning("log_append_failed", code=error.code, reason=error.detail)
            seconds = _AFTER_FAILURE
        except Exception:
            observer.log_append_failed("internal_error")
            log.exception("log_append_failed")  # a row that no entry can be made of; others wait for an operator
            seconds = _AFTER_FAILURE
        await asyncio.sleep(seconds)


async def _keep_asking(ask_witnesses: AskWitnesses, observer: LogObserver, appended: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(_WITNESSES_INTERVAL):
                await appended.wait()
        appended.clear()
        await _ask(ask_witnesses, observer)
        await asyncio.sleep(_WITNESSES_PAUSE)


async def _ask(ask_witnesses: AskWitnesses, observer: LogObserver) -> None:
    log = structlog.get_logger()
    try:
        asked = await ask_witnesses.execute()
    except Exception:
        observer.witness_asked(WitnessOutcome.FAILED)
        log.exception("log_witness_failed")
        return
    for each in asked:
        observer.witness_asked(each.outcome)
        if each.outcome is not WitnessOutcome.COSIGNED:
            log.warning("log_witness_failed", witness=each.witness, outcome=each.outcome.value, reason=each.reason)
