"""Ports for servers that cannot tell which one the system gave them."""

import socket

# Held until this process ends: the system gives a port that somebody is bound to neither to listeners nor to clients.
_HELD: list[socket.socket] = []


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens, and only a server that is told of it will.

    A server may listen where we are bound, as it reuses addresses like us and we do not listen.
    """
    held = socket.socket()
    _HELD.append(held)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port: int = held.getsockname()[1]
    return port
