"""Small servers of the standard library, beside a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer

_POLL_SECONDS = 0.05


@contextmanager
def serving(server: TCPServer) -> Iterator[int]:
    """Serve in a thread, give the port, and close the server in the end."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
