"""Statements over a pool that may lose its connections."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.postgres.faults import RetryableFaultError, driver_faults, final_driver_faults, is_lost

_Result = TypeVar("_Result")
Rows: TypeAlias = Sequence[Mapping[str, Any]]

_ATTEMPTS = 5
"""Each lost race shows the state that another writer left, so the second attempt nearly always succeeds."""


async def read(engine: AsyncEngine, statement: Executable, parameters: Mapping[str, object]) -> Rows:
    """Return the rows of a single statement."""

    async def attempt() -> Rows:
        async with connected(engine) as connection:
            with driver_faults():
                return cast("Rows", (await connection.execute(statement, parameters)).mappings().all())

    return await retried(attempt)


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Lend a connection, and throw it away if it proves useless."""
    async with AsyncExitStack() as stack:
        with driver_faults():
            connection = await stack.enter_async_context(engine.connect())
        try:
            yield connection
        except Exception as error:
            if is_lost(error):
                await connection.invalidate()
            raise


async def retried(attempt: Callable[[], Awaitable[_Result]]) -> _Result:
    """Return what an attempt returns, starting over while another writer came first or the connection was lost."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(RetryableFaultError):
            return await attempt()
    with final_driver_faults():
        return await attempt()
