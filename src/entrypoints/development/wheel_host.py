"""A local HTTPS host for wheels, in place of a package registry."""

import ssl
import threading
from functools import partial
from pathlib import Path
from typing import Self

import trustme

from entrypoints.development.file_server import FileHandler, TlsFileServer

HOST = "127.0.0.1"


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
        self._server = TlsFileServer((HOST, self._port), partial(FileHandler, directory=self._directory), tls)
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


def _certified(ca_path: Path) -> ssl.SSLContext:
    authority = trustme.CA(organization_name="Provider Registry development mode")
    authority.cert_pem.write_to_path(str(ca_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", HOST).configure_cert(context)
    return context
