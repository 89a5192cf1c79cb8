"""Hooks through which adapters report what they do. Hooks neither raise nor wait."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """A part of a request that waits for something outside of this process."""

    AUTHENTICATE = "authenticate"
    LOAD = "load"
    FETCH = "fetch"
    INSPECT = "inspect"
    MIRROR = "mirror"
    WRITE = "write"


class StageObserver(Protocol):
    """Observes the stages of requests."""

    def stage(self, stage: str) -> AbstractContextManager[None]:
        """Return a context for a stage, named by ``Stage``. What leaves the context passes through."""
        ...

    def fetched(self, host: str, size: int) -> None:
        """Record that a wheel of so many bytes was fetched from a host."""
        ...


class MirrorObserver(Protocol):
    """Observes the storage of the mirror."""

    def mirror_operation(self, operation: str) -> AbstractContextManager[None]:
        """Return a context for an operation: ``put``, ``find``, ``read``, ``link`` or ``delete``.

        It failed if an exception leaves the context.
        """
        ...


class AuthorityObserver(Protocol):
    """Observes the authority that issues tokens."""

    def authority_call(self, operation: str) -> AbstractContextManager[None]:
        """Return a context for a call to the authority. The call failed if an exception leaves the context."""
        ...

    def verification_declined(self, reason: str) -> None:
        """Record that the authority was not asked about a token, and why: a word from a short list."""
        ...


class PoolObserver(Protocol):
    """Observes a pool of database connections."""

    def pool_opened(self, size: int) -> None:
        """Record the largest number of connections."""
        ...

    def connections_in_use(self, count: int) -> None:
        """Record how many connections are checked out now."""
        ...


class NullObserver:
    """Observes nothing."""

    def stage(self, stage: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- the protocol's signature
        return nullcontext()

    def fetched(self, host: str, size: int) -> None:
        """Do nothing."""

    def mirror_operation(self, operation: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- likewise
        return nullcontext()

    def authority_call(self, operation: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- the protocol's signature
        return nullcontext()

    def verification_declined(self, reason: str) -> None:
        """Do nothing."""

    def pool_opened(self, size: int) -> None:
        """Do nothing."""

    def connections_in_use(self, count: int) -> None:
        """Do nothing."""


NULL_OBSERVER = NullObserver()
