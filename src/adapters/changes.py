"""Notifications of changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.names import ProviderName


class ChangeListener(Protocol):
    """A cache to invalidate. Its methods neither wait nor raise."""

    def on_connected(self) -> None:
        """Every change from now on is notified. What was cached before may be stale."""
        ...

    def on_change(self, name: ProviderName) -> None:
        """A provider may have changed: its versions, or its catalog metadata."""
        ...

    def on_disconnected(self) -> None:
        """Notifications may be missed from now on: drop the cache."""
        ...


class ChangeListeners:
    """Several listeners as one."""

    def __init__(self) -> None:
        self._listeners: list[ChangeListener] = []

    @contextmanager
    def subscribed(self, listener: ChangeListener) -> Iterator[None]:
        """Notify one more listener while the context is open. It starts and ends disconnected."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
            listener.on_disconnected()

    def on_connected(self) -> None:
        for listener in self._listeners:
            listener.on_connected()

    def on_change(self, name: ProviderName) -> None:
        for listener in self._listeners:
            listener.on_change(name)

    def on_disconnected(self) -> None:
        for listener in self._listeners:
            listener.on_disconnected()
