"""The proxy of the compose file, in a real nginx, before two real replicas."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from entrypoints.log_keys import make_key_file
from tests.support.ports import free_port
from tests.support.proxy import a_proxy
from tests.support.slow_host import SlowHost, a_slow_host
from tests.support.stack import Stack, a_stack

ADDRESSES = ("127.0.0.2", "127.0.0.3")


@dataclass(frozen=True)
class Served:
    """Two replicas, each as it is called past the proxy, the proxy, and how both are called through it."""

    stack: Stack
    inside: list[Stack]
    replicas: list[subprocess.Popen[bytes]]
    proxy: subprocess.Popen[bytes]
    host: SlowHost
    folder: Path

    def files(self) -> list[Path]:
        """Return what the proxy keeps on disk of bodies and answers."""
        return [path for kind in ("client", "proxy") for path in (self.folder / kind).rglob("*") if path.is_file()]

    def lines(self, path: str) -> list[dict[str, Any]]:
        """Return what the proxy logged of a path."""
        logged = [json.loads(line) for line in self.stack.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in logged if line["path"] == path]


@pytest.fixture
def changes() -> Mapping[str, str]:
    """What a test has the configuration say instead."""
    return {}


@pytest.fixture
def served(database_dsn: str, tmp_path: Path, changes: Mapping[str, str]) -> Iterator[Served]:
    with a_stack(database_dsn, tmp_path) as made, a_slow_host(made, tmp_path) as host, ExitStack() as running:
        port, log_key = free_port(), tmp_path / "log.key"
        make_key_file(log_key, "registry.example.com/log")
        stack = replace(made, settings={**made.settings, "REGISTRY_LOG_SIGNING_KEY_FILE": str(log_key)})
        replicas = [replace(stack, url=f"http://{address}:{port}", log=tmp_path / address) for address in ADDRESSES]
        processes = [
            running.enter_context(replica.server(REGISTRY_HOST=address, REGISTRY_PORT=str(port), **host.settings))
            for replica, address in zip(replicas, ADDRESSES, strict=True)
        ]
        for replica, process in zip(replicas, processes, strict=True):
            replica.wait_until_ready(process)
        outside, log = free_port(), tmp_path / "access.log"
        proxy = running.enter_context(
            a_proxy(tmp_path, ADDRESSES, inside=port, outside=outside, log=log, changes=changes)
        )
        through = replace(stack, url=f"http://127.0.0.1:{outside}", log=log)
        through.wait_until_listening(proxy)
        yield Served(through, replicas, processes, proxy, host, tmp_path)
