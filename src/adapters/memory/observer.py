"""An observer that remembers."""

from collections.abc import Iterator
from contextlib import contextmanager

from application.ports.observer import Answer, Attempt, Stage


class InMemoryObserver:
    """Remembers all that it is told; implements ``application.ports.observer.Observer``.

    Attributes:
        open: What is covered at the moment, outermost first: realms, stages and operations.
        stages: In the order of their beginning.
        calls: Operations, and whether each succeeded.
        declined: Why tokens were not verified.
        wheels: Hosts and sizes, in bytes.
    """

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.open: list[str] = []
        self.answers: list[Answer] = []
        self.attempts: list[Attempt] = []
        self.stages: list[Stage] = []
        self.calls: list[tuple[str, bool]] = []
        self.declined: list[str] = []
        self.wheels: list[tuple[str, int]] = []
        self.pool_size = 0
        self.connections = 0

    def answered(self, answer: Answer) -> None:
        """Remember an answer."""
        self.answers.append(answer)

    @contextmanager
    def registering(self, realm: str) -> Iterator[None]:
        """Count as open while it lasts."""
        with self._covering(realm):
            yield

    def registered(self, attempt: Attempt) -> None:
        """Remember an attempt."""
        self.attempts.append(attempt)

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Remember a stage."""
        self.stages.append(stage)
        with self._covering(stage):
            yield

    def fetched(self, host: str, size: int) -> None:
        """Remember a wheel."""
        self.wheels.append((host, size))

    @contextmanager
    def authority_call(self, operation: str) -> Iterator[None]:
        """Remember a call."""
        succeeded = False
        try:
            with self._covering(operation):
                yield
            succeeded = True
        finally:
            self.calls.append((operation, succeeded))

    def verification_declined(self, reason: str) -> None:
        """Remember why."""
        self.declined.append(reason)

    def pool_opened(self, size: int) -> None:
        """Remember the pool's size."""
        self.pool_size = size

    def connections_in_use(self, count: int) -> None:
        """Remember how many are in use."""
        self.connections = count

    @contextmanager
    def _covering(self, what: str) -> Iterator[None]:
        self.open.append(what)
        try:
            yield
        finally:
            self.open.remove(what)
