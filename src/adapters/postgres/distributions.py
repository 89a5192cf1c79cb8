"""Distributions: the files of an index, and the owners."""

from collections.abc import Mapping, Sequence
from typing import Any

from packaging.utils import NormalizedName
from sqlalchemy import bindparam, select, text
from uuid_utils.compat import uuid7

from adapters.postgres.engine import Database, Rows
from adapters.postgres.provenance_tables import ATTESTATIONS
from adapters.postgres.provider_mapping import (
    read_distribution,
    read_distribution_event,
    write_distribution,
    write_distribution_event,
)
from adapters.postgres.queries import ONE, PAGE_LIMIT, PAGE_OFFSET
from adapters.postgres.tables import DISTRIBUTION_EVENTS, DISTRIBUTIONS, IS_PUBLIC, MIRRORED_WHEELS, VERSIONS
from adapters.postgres.writes import ASSIGN
from application.scheduling import run_in_thread_if_large
from domain.distributions import Distribution, DistributionEvent, IndexFile
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import VersionStatus

LIST_DISTRIBUTIONS = (
    # Steps from each name to the next by the index: a DISTINCT would read every version.
    text(f"""
    WITH RECURSIVE known AS (
        (SELECT distribution FROM provider_versions
            WHERE prefix = :of_prefix AND {IS_PUBLIC} ORDER BY distribution LIMIT 1)
        UNION ALL
        SELECT following.distribution FROM known, LATERAL (
            SELECT v.distribution FROM provider_versions v
            WHERE v.prefix = :of_prefix AND {IS_PUBLIC} AND v.distribution > known.distribution
            ORDER BY v.distribution LIMIT 1
        ) following
    )
    SELECT distribution FROM known ORDER BY distribution
    """)  # noqa: S608 -- made of constants
)
_FILE = (
    VERSIONS.c[name]
    for name in (
        "wheel_filename",
        "wheel_url",
        "wheel_sha256",
        "wheel_size",
        "requires_python",
        "published_at",
        "status",
        "yanked_reason",
        "prefix",
        "name",
        "version",
    )
)
_IS_ATTESTED = (
    # With a limit, so that it is looked up for each row: a plan that hashes all attestations would read every one.
    select(ONE)
    .where(ATTESTATIONS.c.version_id == VERSIONS.c.id)
    .limit(ONE)
    .correlate(VERSIONS)
    .scalar_subquery()
    .is_not(None)
)
FILES_OF_DISTRIBUTION = (
    select(*_FILE, MIRRORED_WHEELS.c.metadata_sha256, _IS_ATTESTED.label("is_attested"))
    .outerjoin_from(VERSIONS, MIRRORED_WHEELS, MIRRORED_WHEELS.c.sha256 == VERSIONS.c.wheel_sha256)
    .where(
        VERSIONS.c.prefix == bindparam("of_prefix"),
        VERSIONS.c.distribution == bindparam("of_distribution"),
        text(IS_PUBLIC),
    )
    .order_by(VERSIONS.c.published_at, VERSIONS.c.id)
)
"""Only the columns that an index page shows: a distribution may have thousands of versions."""

_OWNERS_PAGE = select(*DISTRIBUTIONS.c).order_by(DISTRIBUTIONS.c.name).limit(PAGE_LIMIT).offset(PAGE_OFFSET)
LIST_OWNERS = _OWNERS_PAGE
LIST_OWNED = _OWNERS_PAGE.where(DISTRIBUTIONS.c.prefix == bindparam("of_prefix"))
FIND_OWNER = select(*DISTRIBUTIONS.c).where(DISTRIBUTIONS.c.name == bindparam("of_distribution"))
OWNERS_HISTORY = (
    select(*DISTRIBUTION_EVENTS.c)
    .where(DISTRIBUTION_EVENTS.c.distribution == bindparam("of_distribution"))
    .order_by(DISTRIBUTION_EVENTS.c.position)
)

_ROW = 256
"""About the size of a row in bytes."""


class PostgresDistributionIndex:
    """Finds wheels by their namespace and distribution."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        rows = await self._database.read(LIST_DISTRIBUTIONS, {"of_prefix": prefix})
        return [NormalizedName(row["distribution"]) for row in rows]

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
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
            metadata_sha256=row["metadata_sha256"],
            attested=_number(row) if row["is_attested"] else None,
        )
        for row in rows
    ]


def _number(row: Mapping[str, Any]) -> tuple[ProviderName, SemVer]:
    return ProviderName(row["prefix"], row["name"]), SemVer.parse(row["version"])


class PostgresDistributionOwners:
    """Reads and writes the owners of distributions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, name: NormalizedName) -> Distribution | None:
        rows = await self._database.read(FIND_OWNER, {"of_distribution": name})
        return read_distribution(rows[0]) if rows else None

    async def list(self, *, prefix: str | None, limit: int, offset: int) -> Sequence[Distribution]:
        page = {"page_limit": limit, "page_offset": offset}
        statement, values = (LIST_OWNERS, page) if prefix is None else (LIST_OWNED, {**page, "of_prefix": prefix})
        return [read_distribution(row) for row in await self._database.read(statement, values)]

    async def assign(self, event: DistributionEvent) -> None:
        """Change a distribution's owner, in one statement with the event."""
        rows = {
            "distribution": write_distribution(event.owner),
            "ownership": {"id": uuid7(), **write_distribution_event(event)},
        }
        values = {f"{part}_{column}": value for part, row in rows.items() for column, value in row.items()}
        await self._database.write(ASSIGN, values)

    async def history(self, name: NormalizedName) -> Sequence[DistributionEvent]:
        rows = await self._database.read(OWNERS_HISTORY, {"of_distribution": name})
        return [read_distribution_event(row) for row in rows]
