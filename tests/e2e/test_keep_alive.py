"""Connections that rest between two requests."""

import socket

from entrypoints.http.server import http1_settings
from entrypoints.settings import ServerSettings
from tests.e2e.conftest import Stack

REQUEST = b"GET /health HTTP/1.1\r\nHost: registry.example.com\r\n\r\n"
LOAD_BALANCER_SECONDS = 60
"""How long those of AWS and nginx keep an idle connection for another request."""
BEFORE_THE_DEFAULT = 20
"""Seconds: granian closes after 30 if it is told nothing."""


def test_an_idle_connection_serves_again_and_is_closed_after_the_time_that_is_set(stack: Stack) -> None:
    with stack.server(REGISTRY_KEEP_ALIVE_SECONDS="1") as process:
        stack.wait_until_ready(process)
        with _connected(stack) as connection:
            assert _answer(connection).startswith(b"HTTP/1.1 200")
            assert _answer(connection).startswith(b"HTTP/1.1 200")
            assert connection.recv(1) == b""


def test_a_head_that_never_ends_does_not_hold_a_connection_for_longer(stack: Stack) -> None:
    with stack.server(REGISTRY_KEEP_ALIVE_SECONDS="1") as process:
        stack.wait_until_ready(process)
        with _connected(stack) as connection:
            connection.sendall(REQUEST[:-2])
            assert not connection.recv(10_000).startswith(b"HTTP/1.1 200")


def test_by_default_the_registry_outlasts_the_idle_time_of_load_balancers() -> None:
    assert http1_settings(ServerSettings()).header_read_timeout > LOAD_BALANCER_SECONDS * 1000
    assert http1_settings(ServerSettings(keep_alive_seconds=620)).header_read_timeout == 620_000


def _connected(stack: Stack) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(stack.settings["REGISTRY_PORT"])), timeout=BEFORE_THE_DEFAULT)


def _answer(connection: socket.socket) -> bytes:
    connection.sendall(REQUEST)
    return connection.recv(10_000)
