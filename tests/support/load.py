"""A bounded load of registrations and reads, which remembers what it was told."""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import pairwise
from types import TracebackType
from typing import Self

import httpx

from tests.support.published import published
from tests.support.stack import Stack
from tests.support.waiting import WAIT_SECONDS, wait_until

WRITERS, READERS = 4, 2
MOST_VERSIONS = 20_000
_PAUSE_SECONDS = 0.1


class Load:
    """Clients that register version after version, each until it is acknowledged, and read what was acknowledged.

    A context manager: leaving it lets every client finish its request, and fails if one met what it must not.
    """

    def __init__(self, stack: Stack, *, may_be_away: bool = False, series: int = 0) -> None:
        """Take the registry to call, whether it may break connections off, and the minor number of the versions."""
        self._stack = stack
        self._endured: tuple[type[Exception], ...] = (httpx.TransportError,) if may_be_away else ()
        self._token = stack.clerk.mint(stack.release, format="jwt")
        self._numbers = itertools.count()
        self._stopped = threading.Event()
        self._threads = ThreadPoolExecutor(WRITERS + READERS)
        self._clients: list[Future[None]] = []
        self._series = series
        self.acknowledged: list[str] = []
        self.digests: dict[str, str] = {}
        """What was acknowledged, with the digest of each wheel."""
        self.unfinished: list[str] = []
        """Registrations that were not acknowledged in the end."""
        self._served: list[tuple[float, float]] = []
        self.unavailable: list[httpx.Response] = []

    def __enter__(self) -> Self:
        """Start."""
        work = [self._write] * WRITERS + [self._read] * READERS
        self._clients = [self._threads.submit(each) for each in work]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self._stopped.set()
        self._threads.shutdown()
        if error is None:
            self._raise_failures()

    def wait_for_more(self, count: int = 20) -> None:
        """Return when so many more versions are acknowledged."""
        goal = len(self.acknowledged) + count
        self._wait(lambda: len(self.acknowledged) >= goal)

    def wait_for_more_begun_after(self, moment: float, *, seconds: float) -> None:
        """Return when a registration is acknowledged that was sent after a moment of the monotonic clock."""
        self._wait(lambda: any(begun > moment for begun, _ in list(self._served)), seconds=seconds)

    def longest_pause(self) -> float:
        """Return for how many seconds at most nothing was acknowledged."""
        moments = sorted(ended for _, ended in self._served)
        return max(later - earlier for earlier, later in pairwise(moments))

    def wait_for_refusals(self) -> None:
        """Return when both a registration and a read were answered 503."""
        self._wait(lambda: {answer.request.method for answer in self.unavailable} == {"GET", "POST"})

    def require_all_once(self, dsn: str) -> None:
        """Fail if the database lost an acknowledged version, or holds any version twice."""
        kept = published(dsn)
        assert set(self.acknowledged) <= set(kept)
        assert set(kept.values()) == {1}
        assert len(self.acknowledged) == len(set(self.acknowledged))

    def _wait(self, condition: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
        wait_until(lambda: condition() or any(client.done() for client in self._clients), seconds=seconds)
        self._raise_failures()

    def _raise_failures(self) -> None:
        for client in self._clients:
            if client.done():
                client.result()

    def _write(self) -> None:
        while not self._stopped.is_set():
            number = next(self._numbers)
            assert number < MOST_VERSIONS
            version = f"1.{self._series}.{number}"
            body = self._stack.upload(version)
            self.unfinished.append(version)
            while not self._stopped.is_set():
                begun = time.monotonic()
                if self._is_served(partial(self._stack.post, body, self._token), 200, 201):
                    self._served.append((begun, time.monotonic()))
                    self.digests[version] = body["sha256"]
                    self.acknowledged.append(version)
                    self.unfinished.remove(version)
                    break

    def _read(self) -> None:
        while not self._stopped.is_set():
            if not self.acknowledged:
                self._stopped.wait(_PAUSE_SECONDS)
                continue
            path = f"/providers/platform/gcp/versions/{self.acknowledged[-1]}"
            self._is_served(partial(self._stack.get, path), 200)

    def _is_served(self, ask: Callable[[], httpx.Response], *expected: int) -> bool:
        with suppress(*self._endured):
            answer = ask()
            if answer.status_code in expected:
                return True
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            self.unavailable.append(answer)
        self._stopped.wait(_PAUSE_SECONDS)  # far shorter than asked for, so that more requests meet the fault
        return False
