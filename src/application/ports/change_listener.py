"""Keeping what changes make stale."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.names import ProviderName


class ChangeListener(Protocol):
    """Whoever keeps something that a change makes stale. Its methods are quick, and raise nothing."""

    def trust(self) -> None:
        """Every change from here on is told; what was read before may be stale already."""
        ...

    def changed(self, name: ProviderName) -> None:
        """Something of a provider may have changed: its versions, or how it is shown."""
        ...

    def distrust(self) -> None:
        """Changes may go untold from here on."""
        ...


class ChangeListeners:
    """Several listeners as one."""

    def __init__(self) -> None:
        """Start with none."""
        self._listeners: list[ChangeListener] = []

    @contextmanager
    def joined_by(self, listener: ChangeListener) -> Iterator[None]:
        """Tell one more listener while the context lasts; it starts, and ends, without trust."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
            listener.distrust()

    def trust(self) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener.trust()

    def changed(self, name: ProviderName) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener.changed(name)

    def distrust(self) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener.distrust()
