"""Notifying caches of changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.names import ProviderName


class ChangeListener(Protocol):
    """A cache that changes make stale. Its methods return at once and raise nothing."""

    def trust(self) -> None:
        """Every change from now on is notified; what was cached before may be stale."""
        ...

    def changed(self, name: ProviderName) -> None:
        """A provider may have changed: its versions, or its catalog metadata."""
        ...

    def distrust(self) -> None:
        """Notifications may be missed from now on: drop the cache."""
        ...


class ChangeListeners:
    """Several listeners as one."""

    def __init__(self) -> None:
        self._listeners: list[ChangeListener] = []

    @contextmanager
    def joined_by(self, listener: ChangeListener) -> Iterator[None]:
        """Notify one more listener while the context is open. It starts, and ends, without trust."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
            listener.distrust()

    def trust(self) -> None:
        """Notify all of them."""
        for listener in self._listeners:
            listener.trust()

    def changed(self, name: ProviderName) -> None:
        """Notify all of them."""
        for listener in self._listeners:
            listener.changed(name)

    def distrust(self) -> None:
        """Notify all of them."""
        for listener in self._listeners:
            listener.distrust()
