"""Clients that register version after version through the proxy."""

import itertools
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import httpx

from tests.containers.deployment import VERSIONS, Deployment
from tests.support.waiting import wait_until

_CLIENTS = 4
_PASSING = {502, 503, 504}
_PAUSE_SECONDS = 0.1
_WAIT_SECONDS = 300


class Load:
    """Registers versions, each until it is acknowledged. A context manager that waits for its clients."""

    def __init__(self, deployment: Deployment, *, first: int) -> None:
        """Take the number of the first version."""
        self._deployment = deployment
        self._token = deployment.token()
        self._numbers = itertools.count(first)
        self._stopped = threading.Event()
        self._threads = ThreadPoolExecutor(_CLIENTS)
        self._running: list[Future[None]] = []
        self._acknowledged: list[str] = []

    def __enter__(self) -> Self:
        """Start."""
        self._running = [self._threads.submit(self._register) for _ in range(_CLIENTS)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self._stopped.set()
        self._threads.shutdown()
        if error is None:
            self._raise_failures()

    def wait_for_more(self, count: int = 20) -> None:
        """Return when so many more versions are acknowledged."""
        goal = len(self._acknowledged) + count
        wait_until(
            lambda: len(self._acknowledged) >= goal or any(client.done() for client in self._running),
            seconds=_WAIT_SECONDS,
        )
        self._raise_failures()

    def lost(self) -> list[str]:
        """Return the acknowledged versions that are not read as published."""
        return [each for each in self._acknowledged if self._deployment.version(each)["status"] != "published"]

    def _raise_failures(self) -> None:
        for client in self._running:
            if client.done():
                client.result()

    def _register(self) -> None:
        while not self._stopped.is_set():
            number = next(self._numbers)
            assert number < VERSIONS
            version = f"1.0.{number}"
            while not self._stopped.is_set():
                if self._is_acknowledged(version):
                    self._acknowledged.append(version)
                    break
                self._stopped.wait(_PAUSE_SECONDS)

    def _is_acknowledged(self, version: str) -> bool:
        try:
            answer = self._deployment.register(version, self._token)
        except httpx.TransportError:
            return False
        assert answer.status_code in {200, 201} | _PASSING, answer.text
        return answer.status_code not in _PASSING
