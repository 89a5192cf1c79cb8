"""The index of distributions."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.postgres.catalog_queries import LIST_DISTRIBUTIONS, VERSIONS_OF_DISTRIBUTION
from adapters.postgres.database import Database
from adapters.postgres.reading import read
from adapters.postgres.rows import read_version
from domain.names import ProviderName
from domain.versions import ProviderVersion


class PostgresDistributionIndex:
    """Finds versions by the distribution that their wheels belong to."""

    def __init__(self, database: Database) -> None:
        """Take an open database; whoever opened it disposes of it."""
        self._pool = database.pool

    async def list_distributions(self) -> Sequence[NormalizedName]:
        """Return every distribution with a public version, once and in order."""
        return [NormalizedName(row["distribution"]) for row in await read(self._pool, LIST_DISTRIBUTIONS, {})]

    async def versions_of(self, distribution: NormalizedName) -> Sequence[ProviderVersion]:
        """Return the public versions of a distribution, in the order of publication."""
        rows = await read(self._pool, VERSIONS_OF_DISTRIBUTION, {"of_distribution": distribution})
        return [read_version(ProviderName(row["prefix"], row["name"]), row) for row in rows]
