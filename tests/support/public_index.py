"""A package index like the public one: a folder of wheels, served without TLS on loopback."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from packaging.utils import parse_wheel_filename


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Stay silent."""


def add_wheel(folder: Path, filename: str, data: bytes) -> None:
    """Show a wheel, and no other of its distribution."""
    project = folder / "simple" / parse_wheel_filename(filename)[0]
    project.mkdir(parents=True)
    (project / filename).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (project / "index.html").write_text(f'<!DOCTYPE html><a href="{filename}#sha256={digest}">{filename}</a>')


@contextmanager
def public_index(folder: Path) -> Iterator[str]:
    """Serve a folder until exit, and give the index URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
