"""Requests to wheel hosts, and their answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

from adapters.https.answer_parsing import ProtocolError
from adapters.https.answers import AnswerHead
from adapters.https.connecting import Connector
from adapters.https.connections import Connection
from adapters.https.failures import connecting_failures
from adapters.https.idle_connections import IdleConnections
from adapters.https.policy import FetchPolicy
from adapters.https.targets import Target


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose head was read. A context manager: on exit its connection is kept or closed.

    Attributes:
        read: Returns what arrived of the body, or None at its end.
    """

    head: AnswerHead
    read: Callable[[], Awaitable[bytes | None]]
    let_go: Callable[[], None]

    def __enter__(self) -> Self:
        """Return the answer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connection."""
        self.let_go()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsExchanges:
    """Sends requests. The host of each is resolved and judged, whether its connection is new or not."""

    policy: FetchPolicy
    connector: Connector
    idle: IdleConnections

    async def ask(self, target: Target, *, reuse: bool) -> Answer:
        """Ask for a target, and return how it is answered.

        Args:
            target: What is asked for.
            reuse: Whether the connection may have been used before, and may be kept. Hops of redirects have their own.

        Raises:
            WheelRefusedError: An address of the host may not be reached.
            RetryableError: There was no connection.
            WheelHostFailedError: TLS failed.
            OSError: The host broke off; ``TimeoutError`` if it is silent.
            ProtocolError: What it says is not HTTP.
        """
        async with asyncio.timeout(self.policy.answer_timeout):
            connection, head = await self._asked(target, reuse=reuse and self.policy.max_idle > 0)
        return Answer(head, connection.read, partial(self.idle.put, target, connection))

    async def _asked(self, target: Target, *, reuse: bool) -> tuple[Connection, AnswerHead]:
        with connecting_failures(target.host):
            addresses = await self.connector.judged(target.host, target.port)
        if reuse and (resting := self.idle.take(target, addresses)) is not None:
            try:
                return resting, await _ask(resting, target, reuse=reuse)
            except (OSError, ProtocolError):
                pass  # hosts hang up on who rests, and a GET is safe to repeat
        with connecting_failures(target.host):
            stream, address = await self.connector.connect(target, addresses)
        connection = Connection(stream, address, self.policy)
        return connection, await _ask(connection, target, reuse=reuse)


async def _ask(connection: Connection, target: Target, *, reuse: bool) -> AnswerHead:
    try:
        return await connection.ask(target, reuse=reuse)
    except BaseException:
        connection.close()
        raise
