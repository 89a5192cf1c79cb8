"""Connections between two requests."""

import asyncio
from collections.abc import Collection

from adapters.https.connections import Connection
from adapters.https.special_blocks import IPAddress
from adapters.https.targets import Target


class IdleConnections:
    """Keeps connections for another request to the same host: a release of fifty wheels shakes hands once or twice.

    One is given out again only if it goes to an address that the host has now, as judged now, and if the host said
    nothing meanwhile. Serves one event loop.
    """

    def __init__(self, most: int, *, seconds: float) -> None:
        """Keep that many at most, each for that long."""
        self._most = most
        self._seconds = seconds
        self._resting: dict[Connection, tuple[tuple[str, int], asyncio.TimerHandle]] = {}

    def take(self, target: Target, addresses: Collection[IPAddress]) -> Connection | None:
        """Return a connection to a target's host at one of these addresses, or None."""
        for connection, (host, _) in reversed(tuple(self._resting.items())):
            if host == (target.host, target.port):
                self._forget(connection)
                if connection.address in addresses and connection.is_ready():
                    return connection
                connection.close()
        return None

    def put(self, target: Target, connection: Connection) -> None:
        """Keep a connection to a target's host, if it can be used again; close it otherwise."""
        if not self._most or not connection.is_ready():
            connection.close()
            return
        if len(self._resting) == self._most:
            self._expire(next(iter(self._resting)))
        expiry = asyncio.get_running_loop().call_later(self._seconds, self._expire, connection)
        self._resting[connection] = ((target.host, target.port), expiry)

    def close(self) -> None:
        """Close all that are kept."""
        for connection in tuple(self._resting):
            self._expire(connection)

    def _expire(self, connection: Connection) -> None:
        self._forget(connection)
        connection.close()

    def _forget(self, connection: Connection) -> None:
        _, expiry = self._resting.pop(connection)
        expiry.cancel()
