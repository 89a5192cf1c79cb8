"""A feed of the changes to an in-memory store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.changes import ChangeListener
from adapters.memory.version_repository import InMemoryVersionRepository


class InMemoryChangeFeed:
    """Notifies of what is written to an in-memory store."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    @asynccontextmanager
    async def subscribe(self, listener: ChangeListener) -> AsyncIterator[None]:
        with self._store.listeners.subscribed(listener):
            if not self._store.unavailable:
                listener.on_connected()
            yield
