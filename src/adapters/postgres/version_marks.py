"""What lists say of versions, in PostgreSQL."""

from collections.abc import Mapping, Sequence

from msgspec import json
from sqlalchemy import JSON, Text, exists, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from adapters.postgres.engine import Database
from adapters.postgres.provenance_tables import ATTESTATIONS
from adapters.postgres.queries import OF_VERSIONS, ONE, key_of, where_provider
from adapters.postgres.tables import IS_PUBLIC, VERSION_CHECKS, VERSIONS
from domain.availability import OriginVerdict
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_marks import VersionMarks

_CHECK = func.json_array_elements(VERSIONS.c.verification.cast(JSON)["checks"]).column_valued("each")
_HAS_FAILED = exists(select(ONE).where(_CHECK.op("->>")(literal_column("'passed'")) == literal_column("'false'")))
_CLAIMS = (
    select(func.json_agg(aggregate_order_by(ATTESTATIONS.c.claims.cast(JSON), ATTESTATIONS.c.position)).cast(Text))
    .where(ATTESTATIONS.c.version_id == VERSIONS.c.id)
    .scalar_subquery()
)
LIST_MARKS = (
    select(
        VERSIONS.c.version,
        (VERSIONS.c.verification.is_not(None) & ~_HAS_FAILED).label("is_verified"),
        VERSION_CHECKS.c.verdict,
        _CLAIMS.label("claims"),
    )
    .select_from(VERSIONS.outerjoin(VERSION_CHECKS, VERSION_CHECKS.c.version_id == VERSIONS.c.id))
    .where(where_provider(VERSIONS), text(IS_PUBLIC), OF_VERSIONS)
)


class PostgresVersionMarks:
    """Reads marks in one statement; implements ``application.ports.version_mark_queries.VersionMarkQueries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_marks(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, VersionMarks]:
        wanted = {version.text: version for version in versions}
        rows = await self._database.read(LIST_MARKS, {**key_of(name), "of_versions": list(wanted)})
        return {
            wanted[row["version"]]: VersionMarks(
                is_verified=row["is_verified"],
                verdict=None if row["verdict"] is None else OriginVerdict(row["verdict"]),
                repositories=tuple(dict.fromkeys(each["repository"] for each in json.decode(row["claims"] or "[]"))),
            )
            for row in rows
        }
