"""Many connections at once that never become requests."""

import resource
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import psutil

from tests.support.waiting import WAIT_SECONDS

HALF_A_HEAD = b"GET /health HTTP/1.1\r\nHost: registry\r\nX-Never-Ends: "
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"
"""Source: RFC 9113 section 3.4, with an empty SETTINGS frame."""

UPGRADE_TO_HTTP2 = (
    b"GET /health HTTP/1.1\r\nHost: registry\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
    b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
)

_OWN_DESCRIPTORS = 512


@contextmanager
def connections(
    url: str, count: int, *, sent: bytes = b"", source: str = "127.0.0.1"
) -> Iterator[Sequence[socket.socket]]:
    """Open connections from one address of the loopback network, send each the same, and hold all of them."""
    address = urlsplit(url)
    _allow_descriptors(count + _OWN_DESCRIPTORS)
    with ExitStack() as opened:
        held = []
        for _ in range(count):
            connection = socket.create_connection(
                (address.hostname or "", address.port or 80), WAIT_SECONDS, source_address=(source, 0)
            )
            held.append(opened.enter_context(connection))
            if sent:
                connection.sendall(sent)
        yield held


def is_closed(connection: socket.socket, *, sending: bytes = b"") -> bool:
    """Tell whether the server has closed or reset a connection; send some more if it has not."""
    connection.settimeout(0)
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        with suppress(BlockingIOError, OSError):
            connection.send(sending)
        return False
    except OSError:
        return True
    return True


def answer(url: str, request: bytes) -> bytes:
    """Send bytes on a connection of their own and return all that comes back until the server closes it."""
    with connections(url, 1, sent=request) as [connection]:
        received = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                received += part
        return received


def _allow_descriptors(count: int) -> None:
    """Raise the limit by that many, beyond what the process has open already."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count += psutil.Process().num_fds()
    assert hard == resource.RLIM_INFINITY or hard >= count, f"this needs {count} file descriptors; raise ulimit -Hn"
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
