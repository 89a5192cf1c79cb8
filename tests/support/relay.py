"""A TCP relay before a PostgreSQL server.

It forgets connections as a NAT does: they stay open, and nothing passes any more. If asked, it ends TLS, which the
packaged server does not speak.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_BYTES = 65_536
_TLS_HANDSHAKE = b"\x16"
_SSL_REQUEST_BYTES = 8


@dataclass
class _Connection:
    client: socket.socket
    server: socket.socket
    forgotten: threading.Event = field(default_factory=threading.Event)

    def pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass bytes on until an end closes; swallow them once the connection is forgotten, its end included."""
        with suppress(OSError):
            while data := source.recv(_BYTES):
                if not self.forgotten.is_set():
                    sink.sendall(data)
            if not self.forgotten.is_set():
                sink.shutdown(socket.SHUT_WR)


class Relay:
    """Relays to one address."""

    def __init__(self, host: str, port: int, *, tls: ssl.SSLContext | None) -> None:
        """Take the address, and with what to end TLS."""
        self._to = (host, port)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[_Connection] = []
        self._holds = False

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def accepted(self) -> int:
        """How many connections were made so far."""
        return len(self._connections)

    def forget(self) -> None:
        """Pass nothing more on the connections that there are. New ones are not affected."""
        for connection in self._connections:
            connection.forgotten.set()

    def hold(self) -> None:
        """Pass nothing more on any connection, whenever it is made."""
        self._holds = True
        self.forget()

    def accept(self) -> None:
        """Relay until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            client = client if self._tls is None else _encrypted(client, self._tls)
            connection = _Connection(client, socket.create_connection(self._to))
            self._connections.append(connection)
            if self._holds:
                connection.forgotten.set()
            threading.Thread(target=connection.pump, args=(connection.server, client), daemon=True).start()
            connection.pump(client, connection.server)

    def close(self) -> None:
        """Close everything."""
        for each in (self._listener, *(end for one in self._connections for end in (one.client, one.server))):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _encrypted(client: socket.socket, tls: ssl.SSLContext) -> socket.socket:
    if client.recv(1, socket.MSG_PEEK) != _TLS_HANDSHAKE:
        client.recv(_SSL_REQUEST_BYTES, socket.MSG_WAITALL)
        client.sendall(b"S")
    return tls.wrap_socket(client, server_side=True)


@contextmanager
def a_relay(host: str, port: int, *, tls: ssl.SSLContext | None = None) -> Iterator[Relay]:
    """Relay in threads of its own."""
    relay = Relay(host, port, tls=tls)
    accepting = threading.Thread(target=relay.accept, daemon=True)
    accepting.start()
    try:
        yield relay
    finally:
        relay.close()
        accepting.join()
