"""A file server over TLS that needs the standard library only."""

import http.server
import shutil
import socket
import ssl
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

_COPY_BYTES = 256 * 1024


class TlsFileServer(http.server.ThreadingHTTPServer):
    """Shakes hands in the connection's own thread."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: partial["FileHandler"], tls: ssl.SSLContext) -> None:
        self._tls = tls
        super().__init__(address, handler)

    def get_request(self) -> tuple[ssl.SSLSocket, tuple[str, int]]:
        """Leave the handshake to the connection's own thread, so that a stuck client does not block others."""
        connection, client = self.socket.accept()
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), client

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that hang up or distrust the certificate are ordinary."""


class FileHandler(http.server.BaseHTTPRequestHandler):
    """Serves the plain files of one folder, and no folder below it."""

    timeout = 60

    def __init__(
        self, request: socket.socket, client: tuple[str, int], server: http.server.HTTPServer, *, directory: Path
    ) -> None:
        self._directory = directory
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send what a GET would start with."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Stay silent: the registry logs what it fetches."""

    def _answer(self, *, with_body: bool) -> None:
        path = self._file()
        if path is None:
            self.send_error(404)
            return
        with path.open("rb") as file:
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            if with_body:
                shutil.copyfileobj(file, self.wfile, _COPY_BYTES)

    def _file(self) -> Path | None:
        """Find the file by comparing names, so that no spelling of a path leads out of the folder."""
        name = unquote(urlsplit(self.path).path).removeprefix("/")
        return next((entry for entry in self._directory.iterdir() if entry.name == name and _is_plain(entry)), None)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
