"""The fake's HTTP server."""

import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from entrypoints.development.clerk import routes
from entrypoints.development.clerk.faults import ConnectionReset, FaultPlan, Paused
from entrypoints.development.clerk.realm import FakeRealm
from entrypoints.development.clerk.responses import CannedResponse


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that arrived. Its body and credentials are not stored."""

    method: str
    path: str
    content_type: str | None


class FakeServer(ThreadingHTTPServer):
    """Serves a realm on a loopback port."""

    daemon_threads = False

    def __init__(self, realm: FakeRealm, faults: FaultPlan, port: int = 0) -> None:
        """Listen at once; ``serve_forever`` answers."""
        self.realm = realm
        self.faults = faults
        self.log: list[LoggedRequest] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Remember the connection, so that stopping can end it."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Forget the connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Stay silent: a client that went away is what a fault provokes."""

    def server_close(self) -> None:
        """End idle connections, then wait for the threads."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RD)
                except OSError:
                    continue
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Stay silent; requests are counted instead."""

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.log.append(LoggedRequest(self.command, self.path, self.headers.get("Content-Type")))
        fault = self.server.faults.take()
        match fault:
            case ConnectionReset():
                self._reset()
            case CannedResponse():
                self._send(fault)
            case Paused():
                fault.arrived.set()
                fault.released.wait()
                self._send(self._route(body))
            case None:
                self._send(self._route(body))

    def _route(self, body: bytes) -> CannedResponse:
        scheme, _, bearer = (self.headers.get("Authorization") or "").partition(" ")
        bearer = bearer if scheme == "Bearer" else ""
        if self.command == "GET":
            return routes.get(self.server.realm, self.path, bearer)
        return routes.post(self.server.realm, self.path, bearer, self.headers.get("Content-Type"), body)

    def _send(self, response: CannedResponse) -> None:
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _reset(self) -> None:
        """Close with an RST instead of a FIN: lingering for no time throws away what is buffered."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())
