"""The feed of changes that invalidates caches."""

from contextlib import AbstractAsyncContextManager
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


class ChangeFeed(Protocol):
    """Notifies of every change to what is public, made by this process or another."""

    def subscribe(self, listener: ChangeListener) -> AbstractAsyncContextManager[None]:
        """Notify a listener while the context is open.

        Notifications are complete only between ``on_connected`` and ``on_disconnected``. A change of this process is
        notified before its write returns, a change of another one shortly after its commit. Entering does not wait, and
        an outage raises nothing: the listener gets ``on_disconnected``, and ``on_connected`` once it is over.
        """
        ...
