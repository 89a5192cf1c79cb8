"""Being told what happens."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol


class Stage(StrEnum):
    """A part of a request that waits for something outside of this process."""

    AUTHENTICATE = "authenticate"
    LOOK = "look"
    FETCH = "fetch"
    READ = "read"
    WRITE = "write"


class Outcome(StrEnum):
    """How an attempt to register ended."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REHEARSED = "rehearsed"
    REFUSED = "refused"
    FAILED = "failed"
    ABANDONED = "abandoned"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to register, after its end.

    Attributes:
        realm: Whose route was called, ``console`` or ``customer``.
        code: Of the refusal or failure; empty if the version is there.
        seconds: From the request's head to its answer.
    """

    realm: str
    outcome: Outcome
    code: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a request.

    Attributes:
        route: The template of its path, never the path: there are few of them.
        seconds: Until the answer began.
    """

    method: str
    route: str
    status: int
    seconds: float


class Observer(Protocol):
    """Watches the registry from outside. It neither raises nor waits: nothing that is watched may suffer from it.

    What contexts cover may raise; it passes through.
    """

    def answered(self, answer: Answer) -> None:
        """Learn of an answer to any request."""
        ...

    def registering(self, realm: str) -> AbstractContextManager[None]:
        """Cover an attempt to register; ``registered`` follows within it."""
        ...

    def registered(self, attempt: Attempt) -> None:
        """Learn how an attempt ended."""
        ...

    def stage(self, stage: Stage) -> AbstractContextManager[None]:
        """Cover a stage of a request."""
        ...

    def fetched(self, host: str, size: int) -> None:
        """Learn that a wheel of so many bytes arrived from a host."""
        ...

    def authority_call(self, operation: str) -> AbstractContextManager[None]:
        """Cover a call to the authority that issues tokens; it failed if it raises."""
        ...

    def verification_declined(self, reason: str) -> None:
        """Learn that the authority was not asked about a token, and why: one of a few words."""
        ...

    def pool_opened(self, size: int) -> None:
        """Learn how many connections to the database there may be."""
        ...

    def connections_in_use(self, count: int) -> None:
        """Learn how many connections to the database are in use now."""
        ...


class Observers:
    """Any number of observers as one; none by default."""

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        """Tell each of them, in this order."""
        self._observers = observers

    def answered(self, answer: Answer) -> None:
        """Tell all of an answer."""
        for observer in self._observers:
            observer.answered(answer)

    def registering(self, realm: str) -> AbstractContextManager[None]:
        """Let all cover an attempt."""
        return _Together([observer.registering(realm) for observer in self._observers])

    def registered(self, attempt: Attempt) -> None:
        """Tell all how an attempt ended."""
        for observer in self._observers:
            observer.registered(attempt)

    def stage(self, stage: Stage) -> AbstractContextManager[None]:
        """Let all cover a stage."""
        return _Together([observer.stage(stage) for observer in self._observers])

    def fetched(self, host: str, size: int) -> None:
        """Tell all of a wheel."""
        for observer in self._observers:
            observer.fetched(host, size)

    def authority_call(self, operation: str) -> AbstractContextManager[None]:
        """Let all cover a call."""
        return _Together([observer.authority_call(operation) for observer in self._observers])

    def verification_declined(self, reason: str) -> None:
        """Tell all why a token was not verified."""
        for observer in self._observers:
            observer.verification_declined(reason)

    def pool_opened(self, size: int) -> None:
        """Tell all of the pool."""
        for observer in self._observers:
            observer.pool_opened(size)

    def connections_in_use(self, count: int) -> None:
        """Tell all of the connections in use."""
        for observer in self._observers:
            observer.connections_in_use(count)


NOBODY = Observers()


class _Together(AbstractContextManager[None]):
    """Contexts as one. Entering them does not fail: observers do not raise."""

    __slots__ = ("_contexts",)

    def __init__(self, contexts: Sequence[AbstractContextManager[None]]) -> None:
        self._contexts = contexts

    def __enter__(self) -> None:
        for context in self._contexts:
            context.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        for context in reversed(self._contexts):
            context.__exit__(kind, error, trace)
