"""Checks of public versions in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Interval,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from adapters.postgres.change_feed import CHANNEL
from adapters.postgres.engine import Database
from adapters.postgres.leases import LeaseStatements, held
from adapters.postgres.queries import ONE
from adapters.postgres.tables import EVENTS, IS_AMISS, IS_PUBLIC, ORIGIN_EVENTS, VERSION_CHECKS, VERSIONS
from application.ports.version_checks import MAX_COUNTED, MAX_ORIGIN_EVENTS, LeasedCheck
from domain.availability import (
    AMISS,
    Availability,
    CheckSchedule,
    FileSignature,
    OriginEvent,
    OriginVerdict,
    first_check,
)
from domain.mirror import RegisteredWheel
from domain.names import ProviderName
from domain.semver import SemVer
from domain.tasks import Lease, QueueDepth
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl

_LIMIT = bindparam("page_limit", type_=BigInteger)
_WHEEL = [VERSIONS.c[name] for name in ("prefix", "name", "version", "wheel_url", "wheel_sha256")]
_KNOWN = (
    "verdict",
    "since",
    "checked_at",
    "verified_at",
    "failing_since",
    "failure",
    "seen_size",
    "seen_tag",
    "other_sha256",
)

LEASES = LeaseStatements(VERSION_CHECKS, VERSION_CHECKS.c.version_id)
LIST_UNCHECKED = (
    select(VERSIONS.c.id, *_WHEEL)
    .where(
        text(IS_PUBLIC),
        VERSIONS.c.wheel_sha256.is_not(None),
        ~exists(select(ONE).where(VERSION_CHECKS.c.version_id == VERSIONS.c.id)),
    )
    .limit(_LIMIT)
)
ENROL = (
    insert(VERSION_CHECKS)
    .values(
        version_id=bindparam("of_version", type_=VERSION_CHECKS.c.version_id.type),
        due_at=func.now() + bindparam("for_time", type_=Interval),
    )
    .on_conflict_do_nothing()
    .returning(ONE)
)
READ_WHEELS = select(VERSIONS.c.id, *_WHEEL).where(VERSIONS.c.id == any_(bindparam("of_versions", type_=ARRAY(Uuid))))
FIND_CHECK = (
    select(*VERSION_CHECKS.c)
    .join(VERSIONS, VERSIONS.c.id == VERSION_CHECKS.c.version_id)
    .where(
        VERSIONS.c.prefix == bindparam("of_prefix", type_=VERSIONS.c.prefix.type),
        VERSIONS.c.name == bindparam("of_name", type_=VERSIONS.c.name.type),
        VERSIONS.c.version == bindparam("of_version", type_=VERSIONS.c.version.type),
        text(IS_PUBLIC),
        VERSION_CHECKS.c.checked_at.is_not(None),
    )
)
_IS_DUE = VERSION_CHECKS.c.due_at <= func.now()
MEASURE = select(
    select(func.count())
    .select_from(
        select(ONE).select_from(VERSION_CHECKS).where(_IS_DUE).limit(literal_column(str(MAX_COUNTED))).subquery()
    )
    .scalar_subquery()
    .label("due"),
    select(func.coalesce(func.now() - func.min(VERSION_CHECKS.c.due_at), timedelta()))
    .where(_IS_DUE)
    .scalar_subquery()
    .label("oldest"),
)
COUNT_AMISS = select(
    *(
        select(func.count())
        .select_from(
            select(ONE)
            .select_from(VERSION_CHECKS)
            .where(text(IS_AMISS), VERSION_CHECKS.c.verdict == literal_column(f"'{verdict.value}'"))
            .limit(literal_column(str(MAX_COUNTED)))
            .subquery()
        )
        .scalar_subquery()
        .label(verdict.value)
        for verdict in AMISS
    )
)
_BEFORE = VERSION_CHECKS.alias("before")
RECORD = (
    update(VERSION_CHECKS)
    .where(_BEFORE.c.version_id == VERSION_CHECKS.c.version_id, VERSIONS.c.id == VERSION_CHECKS.c.version_id)
    .where(VERSION_CHECKS.c.version_id == bindparam("of_id", type_=VERSION_CHECKS.c.version_id.type))
    .where(VERSION_CHECKS.c.lease == bindparam("of_lease", type_=VERSION_CHECKS.c.lease.type))
    .values(
        lease=null(),
        attempts=literal_column("0"),
        due_at=func.now() + bindparam("for_time", type_=Interval),
        **{name: bindparam(f"known_{name}", type_=VERSION_CHECKS.c[name].type) for name in _KNOWN},
    )
    .returning(
        case(
            (
                _BEFORE.c.verdict.is_distinct_from(VERSION_CHECKS.c.verdict),
                cast(func.pg_notify(CHANNEL, VERSIONS.c.prefix + "/" + VERSIONS.c.name), Text),
            )
        ).label("notified")
    )
)
"""Notifies caches of another verdict."""
_RECORDED = RECORD.returning(VERSION_CHECKS.c.version_id).cte("recorded")
_EVENT = ("id", "verdict", "at", "since", "failure", "other_sha256")
_OF_VERSION = _RECORDED.c.version_id
RECORD_WITH_EVENT = select(_RECORDED.c.notified).add_cte(
    insert(ORIGIN_EVENTS)
    .from_select(
        ["version_id", "after_position", *_EVENT],
        select(
            _OF_VERSION,
            select(func.coalesce(func.max(EVENTS.c.position), literal_column("0")))
            .where(EVENTS.c.version_id == _OF_VERSION)
            .scalar_subquery(),
            *(bindparam(f"event_{name}", type_=ORIGIN_EVENTS.c[name].type) for name in _EVENT),
        ).where(
            select(func.count())
            .select_from(ORIGIN_EVENTS)
            .where(ORIGIN_EVENTS.c.version_id == _OF_VERSION)
            .scalar_subquery()
            < literal_column(str(MAX_ORIGIN_EVENTS))
        ),
    )
    .cte("added")
)
"""Keeps the event of another verdict too. The holder of the lease is the only writer of the version's events."""


class PostgresVersionChecks:
    """Leases checks; implements ``application.ports.version_checks.VersionChecks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def enrol(self, schedule: CheckSchedule, *, limit: int) -> int:
        rows = await self._database.read(LIST_UNCHECKED, {"page_limit": limit})
        for row in rows:
            wheel = _wheel(row)
            delay = first_check(f"{wheel.provider}@{wheel.version}", schedule)
            await self._database.write(ENROL, {"of_version": row["id"], "for_time": delay})
        return len(rows)

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedCheck]:
        token = uuid4()
        terms = {"new_lease": token, "for_time": timedelta(seconds=seconds), "page_limit": limit}
        claimed = await self._database.write(LEASES.claim, terms)
        if not claimed:
            return []
        found = await self._database.read(READ_WHEELS, {"of_versions": [row["version_id"] for row in claimed]})
        wheels = {row["id"]: _wheel(row) for row in found}
        return [
            LeasedCheck(
                wheel=wheels[row["version_id"]],
                known=_known(row),
                lease=Lease(id=row["version_id"], token=token, attempt=row["attempts"]),
            )
            for row in claimed
        ]

    async def record(
        self, lease: Lease, known: Availability, *, after: timedelta, event: OriginEvent | None = None
    ) -> bool:
        signature = known.signature or FileSignature()
        row = {
            "verdict": known.verdict and known.verdict.value,
            "since": known.since,
            "checked_at": known.checked_at,
            "verified_at": known.verified_at,
            "failing_since": known.failing_since,
            "failure": known.failure,
            "seen_size": signature.size,
            "seen_tag": signature.tag,
            "other_sha256": known.other_sha256 and known.other_sha256.hex,
        }
        given: dict[str, object] = {f"known_{name}": value for name, value in row.items()}
        given |= {**held(lease), "for_time": after}
        if event is None:
            return bool(await self._database.write(RECORD, given))
        added = {"id": uuid7(), **_event(event)}
        given |= {f"event_{name}": value for name, value in added.items()}
        return bool(await self._database.write(RECORD_WITH_EVENT, given))

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        return bool(await self._database.write(LEASES.renew, {**held(lease), "for_time": timedelta(seconds=seconds)}))

    async def give_back(self, lease: Lease) -> bool:
        return bool(await self._database.write(LEASES.give_back, held(lease)))

    async def find(self, name: ProviderName, version: SemVer) -> Availability | None:
        place = {"of_prefix": name.prefix, "of_name": name.name, "of_version": version.text}
        rows = await self._database.read(FIND_CHECK, place)
        return _known(rows[0]) if rows else None

    async def measure(self) -> QueueDepth:
        [row] = await self._database.read(MEASURE, {})
        return QueueDepth(due=row["due"], oldest=row["oldest"])

    async def count_amiss(self) -> Mapping[OriginVerdict, int]:
        [row] = await self._database.read(COUNT_AMISS, {})
        return {verdict: row[verdict.value] for verdict in AMISS}


def _wheel(row: Mapping[str, Any]) -> RegisteredWheel:
    return RegisteredWheel(
        provider=ProviderName(row["prefix"], row["name"]),
        version=SemVer.parse(row["version"]),
        url=WheelUrl.parse(row["wheel_url"]),
        sha256=Sha256Digest(row["wheel_sha256"]),
    )


def _event(event: OriginEvent) -> dict[str, object]:
    other = event.other_sha256
    return {**asdict(event), "verdict": event.verdict.value, "other_sha256": other and other.hex}


def _known(row: Mapping[str, Any]) -> Availability:
    signature = FileSignature(size=row["seen_size"], tag=row["seen_tag"])
    return Availability(
        verdict=None if row["verdict"] is None else OriginVerdict(row["verdict"]),
        since=row["since"],
        checked_at=row["checked_at"],
        verified_at=row["verified_at"],
        failing_since=row["failing_since"],
        failure=row["failure"],
        signature=None if signature == FileSignature() else signature,
        other_sha256=None if row["other_sha256"] is None else Sha256Digest(row["other_sha256"]),
    )
