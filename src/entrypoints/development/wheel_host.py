"""A local HTTPS host for wheels, in place of a package registry."""

import http.server
import shutil
import socket
import ssl
import threading
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import trustme

HOST = "127.0.0.1"
_COPY_BYTES = 256 * 1024


class WheelHost:
    """Serves the files of one folder on 127.0.0.1, with a certificate of a throwaway authority.

    A context manager; the server runs in daemon threads from entry to exit.
    """

    def __init__(self, directory: Path, *, ca_directory: Path, port: int = 0) -> None:
        self._directory = directory
        self._port = port
        self.ca_path = ca_directory / "wheel-host-ca.pem"

    def __enter__(self) -> Self:
        """Start serving.

        Raises:
            ModuleNotFoundError: The ``development`` extra is not installed.
            OSError: The port is taken, or the authority's certificate cannot be written.
        """
        tls = _certified(self.ca_path)
        self._server = _TlsServer((HOST, self._port), partial(_FileHandler, directory=self._directory), tls)
        self._thread = threading.Thread(target=self._server.serve_forever, name="wheel-host", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening; answers under way end with the process or their client."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """``https://127.0.0.1:port``, without a slash at the end."""
        return f"https://{HOST}:{self._server.server_address[1]}"


class _TlsServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: partial["_FileHandler"], tls: ssl.SSLContext) -> None:
        self._tls = tls
        super().__init__(address, handler)

    def get_request(self) -> tuple[ssl.SSLSocket, tuple[str, int]]:
        """Leave the handshake to the connection's own thread, so that a stuck client does not block others."""
        connection, client = self.socket.accept()
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), client

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that hang up or distrust the certificate are ordinary."""


class _FileHandler(http.server.BaseHTTPRequestHandler):
    timeout = 60

    def __init__(
        self, request: socket.socket, client: tuple[str, int], server: http.server.HTTPServer, *, directory: Path
    ) -> None:
        self._directory = directory
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        """Send a file."""
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


def _certified(ca_path: Path) -> ssl.SSLContext:
    authority = trustme.CA(organization_name="Provider Registry development mode")
    authority.cert_pem.write_to_path(str(ca_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    return context
