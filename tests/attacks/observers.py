"""Callers who mean well and measure how long they wait, and the memory of the processes that serve them."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil

from tests.support.stack import Stack

Answered = tuple[int, float]
"""A status, and the seconds from opening a connection to the last byte of the answer."""

_TIMEOUT_SECONDS = 30


@dataclass
class Observed:
    """What was seen so far."""

    health: list[Answered] = field(default_factory=list)
    releases: list[Answered] = field(default_factory=list)
    reads: list[Answered] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


@contextmanager
def observing(stack: Stack, servers: Sequence[psutil.Process]) -> Iterator[Observed]:
    """Release, read, ask for the health and weigh the servers, each in a thread of its own, until the context ends."""
    observed, stopped, numbers = Observed(), threading.Event(), itertools.count()
    token = stack.clerk.mint(stack.release, format="jwt", seconds=600)

    def release() -> Answered:
        body = json.dumps(stack.upload(f"1.0.{next(numbers)}")).encode()
        fields = {**stack.headers(token), "Content-Type": "application/json"}
        return _timed(stack, "POST", "/console/provider-versions", body, fields)

    paths = itertools.cycle(("/latest", "", "/latest/install", "/0.9.0"))

    def repeat(pause: float, measure: Callable[[], Answered | int], seen: list[Answered] | list[int]) -> None:
        while not stopped.is_set():
            seen.append(measure())  # type: ignore[arg-type]  # each measures what its list holds
            stopped.wait(pause)

    with ThreadPoolExecutor(4) as threads:
        running: list[Future[None]] = [
            threads.submit(repeat, 0.1, lambda: _timed(stack, "GET", "/health"), observed.health),
            threads.submit(repeat, 0.5, release, observed.releases),
            threads.submit(
                repeat,
                0.1,
                lambda: _timed(stack, "GET", f"/providers/platform/gcp/versions{next(paths)}"),
                observed.reads,
            ),
            threads.submit(repeat, 0.5, lambda: proportional_set_size(servers), observed.memory),
        ]
        try:
            yield observed
        finally:
            stopped.set()
    for each in running:
        each.result()


def proportional_set_size(servers: Sequence[psutil.Process]) -> int:
    """Return the bytes of these processes and all below them; a page that several share counts once among them."""
    total = 0
    for server in servers:
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
    return total


def _timed(
    stack: Stack, method: str, path: str, body: bytes | None = None, fields: dict[str, str] | None = None
) -> Answered:
    address = urlsplit(stack.url)
    begun = time.monotonic()
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, fields or {})
        answered = connection.getresponse()
        answered.read()
        return answered.status, time.monotonic() - begun
    except (OSError, http.client.HTTPException):
        return 0, time.monotonic() - begun
    finally:
        connection.close()
