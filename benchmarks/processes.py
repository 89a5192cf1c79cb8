"""Processes of a measurement: each in a session of its own, ended when its context is left."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

_START_SECONDS = 60
_STOP_SECONDS = 20
_POLL_SECONDS = 0.01
_LEFT_OUT = ("REGISTRY_", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE")


class ServerError(Exception):
    """A server did not come up; the message says why."""


@contextmanager
def serving(
    arguments: Sequence[str],
    *,
    url: str,
    log: Path,
    environment: Mapping[str, str],
    trust: ssl.SSLContext | None = None,
) -> Iterator[psutil.Process]:
    """Run ``python -m`` with these arguments until exit, once it answers the URL with 200.

    Raises:
        ServerError: It does not.
    """
    command = [sys.executable, "-P", "-m", *arguments]
    with running(command, url=url, log=log, environment=environment, trust=trust) as process:
        yield process


@contextmanager
def running(
    command: Sequence[str],
    *,
    url: str,
    log: Path,
    environment: Mapping[str, str],
    trust: ssl.SSLContext | None = None,
) -> Iterator[psutil.Process]:
    """Run a command until exit, once it answers the URL with 200.

    Raises:
        ServerError: It does not.
    """
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command,
            env={**inherited(), **environment},
            stdout=sink,
            stderr=sink,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops all others in order
        ) as process,
    ):
        try:
            _wait_until_ok(process, url, log, trust)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ok(process: subprocess.Popen[bytes], url: str, log: Path, trust: ssl.SSLContext | None) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with httpx.Client(trust_env=False, verify=trust or False) as client:
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if client.get(url).status_code == httpx.codes.OK:
                    return
            time.sleep(_POLL_SECONDS)
    raise ServerError(f"{url} is not served; the log ends with:\n{log.read_text()[-2000:]}")


def inherited() -> dict[str, str]:
    """Return the environment without settings of a registry; bytecode is kept, as an installation has it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}


def family(process: psutil.Process) -> list[psutil.Process]:
    """Return a server's processes, without those of a database that it started."""
    return [process, *(child for child in process.children(recursive=True) if "postgres" not in child.name())]


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a server's processes have used."""
    times = [member.cpu_times() for member in family(process)]
    return sum(time.user + time.system for time in times)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
