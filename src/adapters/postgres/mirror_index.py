"""Which wheels are mirrored."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, delete, exists, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import distinct_on, insert

from adapters.postgres.engine import Database
from adapters.postgres.queries import ONE
from adapters.postgres.tables import IS_PUBLIC, MIRRORED_WHEELS, VERSIONS
from domain.mirror import MirroredWheel, RegisteredWheel
from domain.names import ProviderName
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl

_LIMIT = bindparam("page_limit", type_=BigInteger)
_SHA256 = bindparam("of_sha256", type_=MIRRORED_WHEELS.c.sha256.type)
_VERSION = [VERSIONS.c[name] for name in ("prefix", "name", "version", "wheel_url", "wheel_sha256")]

_GIVEN = insert(MIRRORED_WHEELS).values(
    {column.name: bindparam(f"wheel_{column.name}") for column in MIRRORED_WHEELS.c}
)
ADD = _GIVEN.on_conflict_do_update(
    index_elements=[MIRRORED_WHEELS.c.sha256],
    set_={column.name: _GIVEN.excluded[column.name] for column in MIRRORED_WHEELS.c if column.name != "sha256"},
).returning(ONE)


def _registered(digest: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(VERSIONS.c.wheel_sha256 == digest, text(IS_PUBLIC))


FIND_MIRRORED = select(*MIRRORED_WHEELS.c).where(
    MIRRORED_WHEELS.c.sha256 == _SHA256,
    exists(select(ONE).where(_registered(_SHA256), VERSIONS.c.wheel_filename == bindparam("of_filename"))),
)
LIST_MISSING = (
    select(*_VERSION)
    .ext(distinct_on(VERSIONS.c.wheel_sha256))
    .where(
        text(IS_PUBLIC),
        VERSIONS.c.wheel_sha256 > bindparam("of_after", type_=VERSIONS.c.wheel_sha256.type),
        ~exists(select(ONE).where(MIRRORED_WHEELS.c.sha256 == VERSIONS.c.wheel_sha256)),
    )
    .order_by(VERSIONS.c.wheel_sha256, VERSIONS.c.published_at)
    .limit(_LIMIT)
)
_SOURCE = select(*_VERSION).where(_registered(MIRRORED_WHEELS.c.sha256)).limit(ONE).lateral("source")
LIST_VERIFIED_BEFORE = (
    select(*MIRRORED_WHEELS.c, *_SOURCE.c)
    .select_from(MIRRORED_WHEELS.join(_SOURCE, true()))
    .where(MIRRORED_WHEELS.c.verified_at < bindparam("of_moment"))
    .order_by(MIRRORED_WHEELS.c.verified_at, MIRRORED_WHEELS.c.sha256)
    .limit(_LIMIT)
)
IS_KEPT = select(
    or_(
        exists(select(ONE).where(_registered(_SHA256))),
        exists(select(ONE).where(MIRRORED_WHEELS.c.sha256 == _SHA256)),
    ).label("is_kept")
)
REMOVE = (
    delete(MIRRORED_WHEELS)
    .where(
        MIRRORED_WHEELS.c.sha256 == _SHA256,
        # An expression, so that the planner does not scan the index by that time from its start.
        func.coalesce(MIRRORED_WHEELS.c.verified_at, func.now()) < bindparam("of_moment"),
        ~exists(select(ONE).where(_registered(_SHA256))),
    )
    .returning(ONE)
)


class PostgresMirrorIndex:
    """Knows the copies of the wheels in a database; implements ``application.ports.mirror_index.MirrorIndex``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._finds = asyncio.Semaphore(max(1, database.options.pool_size // 4))

    async def add(self, wheel: MirroredWheel, *, at: datetime) -> None:
        """Insert or update a row."""
        row = {
            "sha256": wheel.sha256.hex,
            "size": wheel.size,
            "metadata_sha256": wheel.metadata_sha256.hex,
            "metadata_size": wheel.metadata_size,
            "verified_at": at,
        }
        await self._database.write(ADD, {f"wheel_{column}": value for column, value in row.items()})

    async def find(self, sha256: Sha256Digest, filename: str) -> MirroredWheel | None:
        """Return the copy of a public version's wheel, or None. Readers leave connections to registrations."""
        async with self._finds:
            rows = await self._database.read(FIND_MIRRORED, {"of_sha256": sha256.hex, "of_filename": filename})
        return _mirrored(rows[0]) if rows else None

    async def list_missing(self, *, after: Sha256Digest | None, limit: int) -> Sequence[RegisteredWheel]:
        """Return wheels without a copy."""
        page = {"of_after": "" if after is None else after.hex, "page_limit": limit}
        return [_wheel(row) for row in await self._database.read(LIST_MISSING, page)]

    async def list_verified_before(
        self, moment: datetime, *, limit: int
    ) -> Sequence[tuple[MirroredWheel, RegisteredWheel]]:
        """Return copies that were last verified before a moment."""
        rows = await self._database.read(LIST_VERIFIED_BEFORE, {"of_moment": moment, "page_limit": limit})
        return [(_mirrored(row), _wheel(row)) for row in rows]

    async def remove_unregistered(self, sha256: Sha256Digest, *, before: datetime) -> bool:
        """Delete an old row unless a public version has that wheel."""
        await self._database.write(REMOVE, {"of_sha256": sha256.hex, "of_moment": before})
        [row] = await self._database.read(IS_KEPT, {"of_sha256": sha256.hex})
        return not row["is_kept"]


def _mirrored(row: Mapping[str, Any]) -> MirroredWheel:
    return MirroredWheel(
        sha256=Sha256Digest(row["sha256"]),
        size=row["size"],
        metadata_sha256=Sha256Digest(row["metadata_sha256"]),
        metadata_size=row["metadata_size"],
    )


def _wheel(row: Mapping[str, Any]) -> RegisteredWheel:
    return RegisteredWheel(
        provider=ProviderName(row["prefix"], row["name"]),
        version=SemVer.parse(row["version"]),
        url=WheelUrl.parse(row["wheel_url"]),
        sha256=Sha256Digest(row["wheel_sha256"]),
    )
