"""Turning host names into addresses."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

_MOST_LOOKUPS = 32


class Resolver(Protocol):
    """Resolves host names."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Return every address of an ASCII host name, the preferred first; IPv6 ones may carry a zone.

        Raises:
            OSError: The name has no address, or the name service did not answer.
        """
        ...


class SystemResolver:
    """Resolves as the host system does, ``/etc/hosts`` included.

    A look-up cannot be cancelled and takes as long as the name's own servers please, so it waits in threads that
    nothing else waits for.
    """

    def __init__(self) -> None:
        """Make room for look-ups."""
        self._threads = ThreadPoolExecutor(_MOST_LOOKUPS, thread_name_prefix="resolver")

    async def resolve(self, host: str) -> Sequence[str]:
        """Ask ``getaddrinfo``."""
        # As bytes the name skips Python's IDNA codec, which has failures of its own.
        look_up = partial(socket.getaddrinfo, host.encode("ascii"), None, type=socket.SOCK_STREAM)
        answers = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return tuple(dict.fromkeys(str(address[0]) for *_, address in answers))
