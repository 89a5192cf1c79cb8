"""Statements over a pool that may lose its connections."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from adapters.postgres.faults import RetryableFaultError, driver_faults, final_driver_faults
from adapters.postgres.pool import Pool
from adapters.postgres.statements import Rows, Statement

_Result = TypeVar("_Result")

_ATTEMPTS = 5
"""Each lost race shows the state that another writer left, so the second attempt nearly always succeeds."""


async def read(pool: Pool, statement: Statement, values: Mapping[str, object]) -> Rows:
    """Return the rows of a single statement."""

    async def attempt() -> Rows:
        async with pool.lend() as connection:
            with driver_faults(connection):
                return await statement.fetch(connection, values)

    return await retried(attempt)


async def retried(attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return what an attempt returns, starting over while another writer came first or the connection was lost."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(RetryableFaultError):
            return await attempt()
    with final_driver_faults():
        return await attempt()
