"""Other applications under the registry's own server, with its options: ``python -m benchmarks.granian_server``."""

import argparse
import os
from http import HTTPStatus
from pathlib import Path
from typing import cast

from granian.constants import HTTPModes, Interfaces
from granian.server import Server
from litestar import Litestar, MediaType, Response, get
from litestar.types import ASGIApp, Message, Receive, Scope, Send

BODY_VARIABLE = "BENCH_BODY"
FOLDER_VARIABLE = "BENCH_FOLDER"


def constant() -> ASGIApp:
    """Return an application that answers every read with the same bytes, out of memory."""
    body = Path(os.environ[BODY_VARIABLE]).read_bytes()

    @get("/providers/{prefix:str}/{name:str}/versions/{version:str}", media_type=MediaType.JSON, sync_to_thread=False)
    def find_version() -> Response[bytes]:
        return Response(body, media_type=MediaType.JSON)

    return Litestar([find_version], openapi_config=None, logging_config=None)


def wheels() -> ASGIApp:
    """Return an application that serves the files of a folder, as fast as the kernel reads them."""
    folder = Path(os.environ[FOLDER_VARIABLE])

    async def serve_file(scope: Scope, _: Receive, send: Send) -> None:
        path = folder / scope["path"].rpartition("/")[2]
        size = _size(path)
        if size is None:
            await _start(send, HTTPStatus.OK if path == folder else HTTPStatus.NOT_FOUND, 0)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await _start(send, HTTPStatus.OK, size)
            await send(cast("Message", {"type": "http.response.pathsend", "path": str(path)}))

    return serve_file


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


async def _start(send: Send, status: HTTPStatus, size: int) -> None:
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})


def main() -> None:
    """Serve one of the applications until SIGTERM, with TLS if a certificate is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("application", choices=["constant", "wheels"])
    parser.add_argument("port", type=int)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()
    Server(
        f"benchmarks.granian_server:{options.application}",
        factory=True,
        port=options.port,
        interface=Interfaces.ASGI if options.application == "constant" else Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        ssl_cert=options.certificate,
        ssl_key=options.key,
    ).serve()


if __name__ == "__main__":
    main()
