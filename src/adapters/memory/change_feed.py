"""A feed of the changes to an in-memory store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.changes import ChangeListener
from adapters.memory.version_repository import InMemoryVersionRepository


class InMemoryChangeFeed:
    """Tells of what is written to an in-memory store; nobody else can write to it."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    @asynccontextmanager
    async def follow(self, listener: ChangeListener) -> AsyncIterator[None]:
        """Tell a listener of changes while the context lasts."""
        with self._store.listeners.joined_by(listener):
            if not self._store.unavailable:
                listener.trust()
            yield
