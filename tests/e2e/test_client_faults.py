"""A client goes away in the middle of its registration."""

import http.client
import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.postgres import fetch
from tests.support.slow_host import SlowHost
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults


def close(client: http.client.HTTPConnection) -> None:
    client.close()


def reset(client: http.client.HTTPConnection) -> None:
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("leave", [close, reset])
def test_a_client_that_goes_away_takes_its_fetch_and_the_spooled_bytes_with_it(
    stack: Stack, slow_host: SlowHost, tmp_path: Path, leave: Callable[[http.client.HTTPConnection], None]
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    body, gate = slow_host.upload_without_end()
    with stack.server(REGISTRY_WHEEL_SPOOL_DIR=str(spool), **slow_host.settings) as process:
        stack.wait_until_ready(process)
        client = http.client.HTTPConnection("127.0.0.1", int(stack.settings["REGISTRY_PORT"]), timeout=30)
        headers = {**stack.headers(), "Content-Type": "application/json"}
        client.request("POST", "/console/provider-versions", json.dumps(body), headers)
        gate.wait_until_reached()
        wait_until(lambda: any(path.stat().st_size for path in spool.iterdir()))
        leave(client)
        gate.wait_until_left()
        wait_until(lambda: "client_disconnected" in stack.log.read_text())

        assert list(spool.iterdir()) == []
        assert fetch(stack.settings["DATABASE_URL"], "SELECT FROM provider_versions") == []
