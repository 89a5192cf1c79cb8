"""Turning host names into addresses."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Protocol


class Resolver(Protocol):
    """Resolves host names."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Return every address of an ASCII host name, the preferred first; IPv6 ones may carry a zone.

        Raises:
            OSError: The name has no address, or the name service did not answer.
        """
        ...


class SystemResolver:
    """Resolves as the host system does, ``/etc/hosts`` included."""

    async def resolve(self, host: str) -> Sequence[str]:
        """Ask ``getaddrinfo``."""
        # As bytes the name skips Python's IDNA codec, which has failures of its own.
        answers = await asyncio.get_running_loop().getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(address[0]) for *_, address in answers))
