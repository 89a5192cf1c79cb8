"""The ledger of versions."""

from collections.abc import Sequence

from adapters.postgres.engine import Database
from adapters.postgres.mapping import read_version
from adapters.postgres.queries import LIST_ALL
from adapters.postgres.updates import key
from domain.names import ProviderName
from domain.versions import ProviderVersion


class PostgresVersionLedger:
    """Reads versions of every status."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def versions_of(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return all versions of a provider, newest first."""
        return [read_version(name, row) for row in await self._database.read(LIST_ALL, key(name))]
