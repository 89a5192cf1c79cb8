"""A feed of changes, over LISTEN and NOTIFY."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import structlog

from adapters.changes import ChangeListener
from adapters.postgres.connecting import connect
from adapters.postgres.engine import Database
from adapters.postgres.error_mapping import DRIVER_ERRORS
from application.errors import StoreMisconfiguredError
from domain.errors import InvalidValueError
from domain.names import ProviderName

CHANNEL = "provider_changes"
"""Triggers of the database notify it of the names of changed providers."""

_HEARTBEAT = 0.5
"""Seconds between two heartbeats: a network may drop a connection silently. Each sends what is to be notified."""
_HEARTBEAT_TIMEOUT = 0.4
"""Timeout of a heartbeat, in seconds."""
_RECONNECT = 1.0
"""Seconds between two connection attempts."""


_SEND = "SELECT send_notifications()"
"""Sends the notifications that any process left for after its commit."""


class PostgresChangeFeed:
    """Listens on a dedicated connection, so not through a pooler in transaction mode."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self, listener: ChangeListener) -> AsyncIterator[None]:
        with (
            self._database.listeners.subscribed(listener),
            self._database.listeners.subscribed(_OnWrite(self._written)),
        ):
            listening = asyncio.create_task(self._listen(listener))
            try:
                yield
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    async def _listen(self, listener: ChangeListener) -> None:
        while True:
            try:
                await self._listen_once(listener)
            except (*DRIVER_ERRORS, StoreMisconfiguredError) as error:
                structlog.get_logger().warning("change_feed_lost", fault=type(error).__name__)
            finally:
                listener.on_disconnected()
            await asyncio.sleep(_RECONNECT)

    async def _listen_once(self, listener: ChangeListener) -> None:
        def heard(_connection: object, _process: int, _channel: str, payload: object) -> None:
            # Any session may notify the channel, with any payload.
            with suppress(InvalidValueError):
                listener.on_change(ProviderName.parse(str(payload)))

        options = self._database.options
        connection = cast("Any", await connect(dsn=self._database.dsn, timeout=options.connect_timeout))
        try:
            connection.add_termination_listener(lambda _: listener.on_disconnected())  # before the next heartbeat fails
            await connection.add_listener(CHANNEL, heard)
            listener.on_connected()
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_HEARTBEAT):
                        await self._written.wait()
                self._written.clear()
                await connection.fetchval(_SEND, timeout=_HEARTBEAT_TIMEOUT)
        finally:
            connection.terminate()


class _OnWrite:
    """Sets an event at each write of this process."""

    def __init__(self, written: asyncio.Event) -> None:
        self._written = written

    def on_connected(self) -> None:
        return

    def on_change(self, name: ProviderName) -> None:  # noqa: ARG002 -- of any provider
        self._written.set()

    def on_disconnected(self) -> None:
        return
