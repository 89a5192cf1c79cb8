"""Owners of distributions in memory."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.memory.version_repository import InMemoryVersionRepository
from domain.distributions import Distribution, DistributionEvent


class InMemoryDistributionOwners:
    """Knows the owners of the distributions in an in-memory store."""

    def __init__(self, store: InMemoryVersionRepository) -> None:
        self._store = store

    async def find(self, name: NormalizedName) -> Distribution | None:
        """Return a distribution, or None."""
        await self._store.ping()
        return self._store.names.distributions.get(name)

    async def list(self, *, prefix: str | None, limit: int, offset: int) -> Sequence[Distribution]:
        """Return distributions in the order of their names."""
        await self._store.ping()
        held = self._store.names.distributions.items()
        found = [owner for _, owner in sorted(held, key=lambda item: item[0]) if prefix in {None, owner.prefix}]
        return found[offset : offset + limit]

    async def assign(self, event: DistributionEvent) -> None:
        """Change a distribution's owner."""
        await self._store.ping()
        self._store.names.assign(event)

    async def history(self, name: NormalizedName) -> Sequence[DistributionEvent]:
        """Return the changes of a distribution's owner, oldest first."""
        await self._store.ping()
        return [event for event in self._store.names.events if event.owner.name == name]
