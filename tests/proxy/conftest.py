"""The proxy of the compose file, in a real nginx, before two real replicas."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.name_service import a_name_service
from tests.support.ports import free_port
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
    with a_stack(database_dsn, tmp_path) as stack, a_slow_host(stack, tmp_path) as host, ExitStack() as running:
        port = free_port()
        replicas = [replace(stack, url=f"http://{address}:{port}", log=tmp_path / address) for address in ADDRESSES]
        processes = [
            running.enter_context(replica.server(REGISTRY_HOST=address, REGISTRY_PORT=str(port), **host.settings))
            for replica, address in zip(replicas, ADDRESSES, strict=True)
        ]
        for replica, process in zip(replicas, processes, strict=True):
            replica.wait_until_ready(process)
        names = running.enter_context(a_name_service("registry", ADDRESSES))
        outside, log = free_port(), tmp_path / "access.log"
        proxy = running.enter_context(_nginx(_moved(tmp_path, names, port, outside, changes), log))
        through = replace(stack, url=f"http://127.0.0.1:{outside}", log=log)
        through.wait_until_listening(proxy)
        yield Served(through, replicas, processes, proxy, host, tmp_path)


def _moved(folder: Path, names: int, inside: int, outside: int, changes: Mapping[str, str]) -> Path:
    """Return the configuration as it is, but for where others are and what a test changes."""
    text = Path("docker/nginx.conf").read_text()
    for written, moved in (
        ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names} "),
        ("registry:8000;", f"registry:{inside};"),
        ("listen 8080;", f"listen 127.0.0.1:{outside};"),
        ("/tmp/", f"{folder}/"),
        *changes.items(),
    ):
        assert written in text
        text = text.replace(written, moved)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


@contextmanager
def _nginx(configuration: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.exit("nginx is absent, so its configuration cannot be tried: apt-get install nginx", returncode=1)
    options = ["-c", str(configuration), "-g", "daemon off; user root;"]  # pytest's folders are closed to others
    with log.open("ab") as sink, subprocess.Popen([program, *options], stdout=sink, stderr=sink) as process:
        try:
            yield process
        finally:
            process.terminate()
