"""Statements over a pool that may lose its connections."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeVar

from adapters.postgres.error_mapping import (
    RetryableFaultError,
    SilentConnectionError,
    driver_faults,
    final_driver_faults,
)
from adapters.postgres.pool import Pool
from adapters.postgres.statements import Rows, Statement

_Result = TypeVar("_Result")

_ATTEMPTS = 5
"""Each lost race shows the state that another writer left, so the second attempt nearly always succeeds."""

_FIRST_ANSWER = 3.0
"""Seconds until a read is repeated, once, on a new connection: a router may have forgotten the one that was kept."""


async def read(
    pool: Pool, statement: Statement, values: Mapping[str, object], *, first_answer: float = _FIRST_ANSWER
) -> Rows:
    """Return the rows of a single statement."""
    try:
        return await retried(partial(_attempt, pool, statement, values, first_answer))
    except SilentConnectionError:
        rows = await retried(partial(_attempt, pool, statement, values, None))
        pool.replace_idle()  # it was the connection, and not the database
        return rows


async def _attempt(pool: Pool, statement: Statement, values: Mapping[str, object], first_answer: float | None) -> Rows:
    is_first = first_answer is not None
    async with pool.lend(fresh=not is_first) as connection:
        with driver_faults(connection, repeats_silent=is_first):
            return await statement.fetch(connection, values, timeout=first_answer)


async def retried(attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return what an attempt returns, starting over while another writer came first or the connection was lost."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(RetryableFaultError):
            return await attempt()
    with final_driver_faults():
        return await attempt()
