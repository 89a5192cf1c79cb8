"""Waiting for what a socket receives."""

import asyncio
import socket


class Arrivals:
    """Tells when a socket has something to receive. Serves the event loop that it was made in, one waiter at a time.

    The socket stays watched between two waits, since telling the kernel costs more than all else about them.
    """

    def __init__(self, watched: socket.socket) -> None:
        """Take a socket, and watch it from the first wait on."""
        self._socket = watched
        self._loop = asyncio.get_running_loop()
        self._is_watching = False
        self._awaited: asyncio.Future[None] | None = None

    async def wait(self) -> None:
        """Return when something arrived. Now and then it was received meanwhile."""
        if not self._is_watching:
            self._loop.add_reader(self._socket, self._notice)
            self._is_watching = True
        self._awaited = self._loop.create_future()
        try:
            await self._awaited
        finally:
            self._awaited = None

    def stop(self) -> None:
        """Watch no more; to be called before the socket is closed."""
        if self._is_watching:
            self._loop.remove_reader(self._socket)
            self._is_watching = False

    def _notice(self) -> None:
        if self._awaited is None:
            self.stop()  # or it would be noticed again and again
        elif not self._awaited.done():
            self._awaited.set_result(None)
