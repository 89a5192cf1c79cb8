"""An observer that remembers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class RecordedResponse(NamedTuple):
    """A response to a request."""

    method: str
    route: str
    status: int
    seconds: float


class RecordedAttempt(NamedTuple):
    """An attempt to register, after its end."""

    realm: str
    outcome: str
    code: str
    seconds: float


class InMemoryObserver:
    """Records every call of every hook.

    Attributes:
        open: What is covered at the moment, outermost first: realms, stages and operations.
        stages: In the order of their beginning.
        calls: Operations, and whether each succeeded.
        declined: Why tokens were not verified.
        mirror_operations: Operations on the mirror, and whether each succeeded.
        files: Parts and sizes of files that were served; -1 for one that was corrupt.
        wheels: Hosts and sizes, in bytes.
    """

    def __init__(self) -> None:
        self.open: list[str] = []
        self.answers: list[RecordedResponse] = []
        self.attempts: list[RecordedAttempt] = []
        self.stages: list[str] = []
        self.calls: list[tuple[str, bool]] = []
        self.declined: list[str] = []
        self.wheels: list[tuple[str, int]] = []
        self.mirror_operations: list[tuple[str, bool]] = []
        self.files: list[tuple[str, int]] = []
        self.pool_size = 0
        self.connections = 0

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self.answers.append(RecordedResponse(method, route, status, seconds))

    @contextmanager
    def registering(self, realm: str) -> Iterator[None]:
        with self._covering(realm):
            yield

    def registered(self, realm: str, outcome: str, code: str, seconds: float) -> None:
        self.attempts.append(RecordedAttempt(realm, outcome, code, seconds))

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        self.stages.append(stage)
        with self._covering(stage):
            yield

    def fetched(self, host: str, size: int) -> None:
        self.wheels.append((host, size))

    @contextmanager
    def authority_call(self, operation: str) -> Iterator[None]:
        succeeded = False
        try:
            with self._covering(operation):
                yield
            succeeded = True
        finally:
            self.calls.append((operation, succeeded))

    @contextmanager
    def mirror_operation(self, operation: str) -> Iterator[None]:
        succeeded = False
        try:
            yield
            succeeded = True
        finally:
            self.mirror_operations.append((operation, succeeded))

    def file_served(self, part: str, size: int) -> None:
        self.files.append((part, size))

    def file_corrupt(self, part: str) -> None:
        self.files.append((part, -1))

    def verification_declined(self, reason: str) -> None:
        self.declined.append(reason)

    def pool_opened(self, size: int) -> None:
        self.pool_size = size

    def connections_in_use(self, count: int) -> None:
        self.connections = count

    @contextmanager
    def _covering(self, what: str) -> Iterator[None]:
        self.open.append(what)
        try:
            yield
        finally:
            self.open.remove(what)
