"""How caches learn what is stale."""

from contextlib import AbstractAsyncContextManager
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


class ChangeFeed(Protocol):
    """Notifies of every change to what is public, made by this process or another."""

    def follow(self, listener: ChangeListener) -> AbstractAsyncContextManager[None]:
        """Notify a listener while the context is open.

        Notifications are complete only between ``trust`` and ``distrust``. Changes of this process arrive before the
        write returns, those of others shortly after their commit. Entering does not wait, and an outage raises
        nothing: the listener gets ``distrust``, and ``trust`` once it is over.
        """
        ...
