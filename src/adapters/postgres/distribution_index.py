"""The index of distributions."""

from collections.abc import Sequence

from packaging.utils import NormalizedName

from adapters.postgres.catalog_queries import FILES_OF_DISTRIBUTION, LIST_DISTRIBUTIONS
from adapters.postgres.engine import Database, Rows
from application.offload import run_in_thread_if_large
from domain.distributions import IndexFile
from domain.versions import VersionStatus

_ROW = 256
"""About the size of a row in bytes."""


class PostgresDistributionIndex:
    """Finds wheels by their namespace and distribution."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        """Return every distribution that a namespace published, once and in order."""
        rows = await self._database.read(LIST_DISTRIBUTIONS, {"of_prefix": prefix})
        return [NormalizedName(row["distribution"]) for row in rows]

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
        """Return the wheels of a distribution, in the order of publication."""
        of = {"of_prefix": prefix, "of_distribution": distribution}
        rows = await self._database.read(FILES_OF_DISTRIBUTION, of)
        return await run_in_thread_if_large(_ROW * len(rows), _files, rows)


def _files(rows: Rows) -> Sequence[IndexFile]:
    return [
        IndexFile(
            filename=row["wheel_filename"],
            url=row["wheel_url"],
            sha256=row["wheel_sha256"],
            size=row["wheel_size"],
            requires_python=row["requires_python"],
            published_at=row["published_at"],
            is_yanked=row["status"] == VersionStatus.YANKED,
            yanked_reason=row["yanked_reason"],
        )
        for row in rows
    ]
