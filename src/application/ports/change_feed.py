"""Being told of changes."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from application.ports.change_listener import ChangeListener


class ChangeFeed(Protocol):
    """Tells of every change to what is public, whoever writes it, in this process or another."""

    def follow(self, listener: ChangeListener) -> AbstractAsyncContextManager[None]:
        """Tell a listener of changes while the context lasts.

        It is to trust the feed only between ``trust`` and ``distrust``. What this process writes is told by the time
        the write returns; what others write shortly after they commit. Starts without waiting for anything, and an
        outage raises nothing: the feed distrusts itself until it is over.
        """
        ...
