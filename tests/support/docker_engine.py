"""As much of a Docker Engine's API as testcontainers asks for, where no engine is installed."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.serving import serving

ADDRESS = "127.0.0.2"  # testcontainers takes localhost for an engine around its own container
DATABASE_PORT = 5432
REFUSAL = "failed to resolve reference: dial tcp: lookup registry.example.com: no such host"

_CONTAINER = {
    "Id": "c0ffee",
    "Config": {"Tty": False},
    "State": {"Status": "running", "Running": True},
    "NetworkSettings": {"Ports": {"5432/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(DATABASE_PORT)}]}, "Networks": {}},
}
_ANSWERS: list[tuple[str, int, Any]] = [
    (r"GET /version", 200, {"ApiVersion": "1.41"}),
    (r"GET /info", 200, {}),
    (r"GET /images/.*/json", 200, {"Id": "sha256:c0ffee", "RepoTags": []}),
    (r"POST /containers/create", 201, {"Id": "c0ffee", "Warnings": []}),
    (r"POST /containers/c0ffee/start", 204, None),
    (r"GET /containers/c0ffee/json", 200, _CONTAINER),
    (r"POST /containers/c0ffee/exec", 201, {"Id": "e0"}),
    (r"POST /exec/e0/start", 200, None),
    (r"GET /exec/e0/json", 200, {"ExitCode": 0}),
    (r"DELETE /containers/c0ffee", 204, None),
]
_WITHOUT_IMAGES = [
    (r"GET /images/.*/json", 404, {"message": "No such image"}),
    (r"POST /images/create", 500, {"message": REFUSAL}),
]


@dataclass
class DockerEngine:
    """An engine to name in ``DOCKER_HOST``.

    Attributes:
        asked: Method and path of each request, without the API's version and the query.
    """

    answers: list[tuple[str, int, Any]]
    asked: list[str] = field(default_factory=list)

    def answer(self, request: str) -> tuple[int, Any]:
        self.asked.append(request)
        known = ((status, body) for pattern, status, body in self.answers if re.fullmatch(pattern, request))
        return next(known, (501, {"message": f"{request} is not known here"}))


@contextmanager
def a_docker_engine(*, with_images: bool) -> Iterator[tuple[DockerEngine, str]]:
    """Serve an engine, with any image or with none, and give its address."""
    engine = DockerEngine([*([] if with_images else _WITHOUT_IMAGES), *_ANSWERS])
    with serving(ThreadingHTTPServer((ADDRESS, 0), partial(_Handler, engine.answer))) as port:
        yield engine, f"tcp://{ADDRESS}:{port}"


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, answer: Callable[[str], tuple[int, Any]], *arguments: Any) -> None:
        self._answer = answer
        super().__init__(*arguments)

    def _respond(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = re.sub(r"^/v\d+\.\d+|\?.*", "", self.path)
        status, body = self._answer(f"{self.command} {path}")
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _respond  # noqa: N815 - the library's names

    def log_message(self, *_: Any) -> None:
        """Stay silent."""
