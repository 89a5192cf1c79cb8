"""The statements of attestations and publishers, and their rows as domain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import convert, json
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import TypeEngine
from uuid_utils.compat import uuid7

from adapters.postgres.provenance_tables import ATTESTATIONS, PUBLISHER_EVENTS
from adapters.postgres.tables import IS_PUBLIC, VERSIONS
from adapters.postgres.write import Write
from domain.provenance.admission import Admitted
from domain.provenance.attestations import Attestation, RecordedAttestation
from domain.provenance.claims import SignerClaims
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent
from domain.semver import SemVer

_ONE: ColumnElement[int] = literal_column("1")
_PROVIDER, _VERSION = table("provider"), table("version", column("id"))
_MOMENT = DateTime(timezone=True)
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "log_index": BigInteger(),
    "logged_at": _MOMENT,
    "at": _MOMENT,
}
_SENT = ("id", "sha256", "sent", "predicate_type", "claims", "log_index", "logged_at")
_EVENT = ("action", "policy", "version", "reason", "at", "actor", "request_id")


def _rows(parameter: str, names: Sequence[str]) -> Any:  # noqa: ANN401 -- a table-valued function has no public type
    """Return the rows of a JSON array of objects, which is one parameter."""
    columns: list[ColumnElement[Any]] = [column(name, _TYPES.get(name, Text())) for name in names]
    given = bindparam(parameter, type_=Text).cast(JSON)
    return (
        func.json_to_recordset(given).table_valued(*columns).render_derived(name=f"{parameter}_given", with_types=True)
    )


_GIVEN = _rows("attestations_rows", _SENT)
_ADDED = {
    **{name: _GIVEN.c[name] for name in _SENT},
    "version_id": _VERSION.c.id,
    "added_at": bindparam("attestations_added_at", type_=ATTESTATIONS.c.added_at.type),
    "added_by": bindparam("attestations_added_by", type_=Text),
}
ADD_ATTESTATIONS = Write(
    "attestations",
    insert(ATTESTATIONS)
    .from_select(list(_ADDED), select(*_ADDED.values()).select_from(_VERSION.join(_GIVEN, true())))
    .on_conflict_do_nothing(index_elements=[ATTESTATIONS.c.version_id, ATTESTATIONS.c.sha256]),
)
"""Depends on a CTE of the version. What the version has already is left as it is."""

_DECIDED = _rows("publishers_rows", ("id", *_EVENT))
_OF_PROVIDER = {
    **{name: _DECIDED.c[name] for name in ("id", *_EVENT)},
    "prefix": bindparam("of_prefix", type_=Text),
    "name": bindparam("of_name", type_=Text),
}
ADD_PUBLISHER_EVENTS = Write(
    "publishers",
    insert(PUBLISHER_EVENTS).from_select(
        list(_OF_PROVIDER), select(*_OF_PROVIDER.values()).select_from(_PROVIDER.join(_DECIDED, true()))
    ),
)
_IS_THE_VERSION = and_(
    VERSIONS.c.prefix == bindparam("of_prefix"),
    VERSIONS.c.name == bindparam("of_name"),
    VERSIONS.c.version == bindparam("of_version"),
)
FIND_VERSION = Write(
    "version", select(VERSIONS.c.id).where(_IS_THE_VERSION, select(_ONE).select_from(_PROVIDER).exists())
)
"""Stands for a write of a version that stays as it is."""

LIST_ATTESTATIONS = (
    select(*ATTESTATIONS.c)
    .join(VERSIONS, VERSIONS.c.id == ATTESTATIONS.c.version_id)
    .where(_IS_THE_VERSION, text(IS_PUBLIC))
    .order_by(ATTESTATIONS.c.position)
)
_IS_OF_PROVIDER = and_(
    PUBLISHER_EVENTS.c.prefix == bindparam("of_prefix"), PUBLISHER_EVENTS.c.name == bindparam("of_name")
)
PUBLISHER_HISTORY = (
    select(*(PUBLISHER_EVENTS.c[name] for name in _EVENT)).where(_IS_OF_PROVIDER).order_by(PUBLISHER_EVENTS.c.position)
)
PUBLISHERS = (
    select(PUBLISHER_EVENTS.c.prefix, PUBLISHER_EVENTS.c.name)
    .distinct()
    .order_by(PUBLISHER_EVENTS.c.prefix, PUBLISHER_EVENTS.c.name)
)


def publishers_of_provider() -> ColumnElement[Any]:
    """Return a column with all that was decided about a provider's publisher, as JSON in its order."""
    parts: list[ColumnElement[Any]] = []
    for name in _EVENT:
        parts += (literal_column(f"'{name}'"), PUBLISHER_EVENTS.c[name])
    event = func.json_build_object(*parts)
    decided = (
        select(event.label("event")).where(_IS_OF_PROVIDER).order_by(PUBLISHER_EVENTS.c.position).subquery("decided")
    )
    return select(func.json_agg(decided.c.event).cast(Text)).scalar_subquery().label("publishers")


def write_provenance(provenance: Admitted, *, at: datetime) -> Mapping[Write, Mapping[str, object]]:
    """Return the rows that keep attestations and what they change about the publisher."""
    rows: dict[Write, Mapping[str, object]] = {}
    if provenance.attestations:
        sent = json.encode([_attestation(each) for each in provenance.attestations]).decode()
        rows[ADD_ATTESTATIONS] = {"rows": sent, "added_at": at, "added_by": provenance.added_by}
    if provenance.events:
        rows[ADD_PUBLISHER_EVENTS] = {"rows": write_publisher_events(provenance.events)}
    return rows


def write_publisher_events(events: Sequence[PublisherEvent]) -> str:
    """Return decisions as a JSON array of rows."""
    return json.encode(
        [
            {
                "id": str(uuid7()),
                "action": event.action.value,
                "policy": event.policy and json.encode(event.policy).decode(),
                "version": event.version and event.version.text,
                "reason": event.reason,
                "at": event.at,
                "actor": event.actor,
                "request_id": event.request_id,
            }
            for event in events
        ]
    ).decode()


def read_publisher_events(text: str | None) -> list[PublisherEvent]:
    """Return the decisions that the column of ``publishers_of_provider`` holds."""
    return [read_publisher_event({**row, "at": convert(row["at"], datetime)}) for row in json.decode(text or "[]")]


def read_publisher_event(row: Mapping[str, Any]) -> PublisherEvent:
    """Return the decision that a row holds."""
    return PublisherEvent(
        action=PublisherAction(row["action"]),
        at=row["at"],
        actor=row["actor"],
        policy=None if row["policy"] is None else json.decode(row["policy"], type=PublisherPolicy),
        version=None if row["version"] is None else SemVer.parse(row["version"]),
        reason=row["reason"],
        request_id=row["request_id"],
    )


def read_attestation(row: Mapping[str, Any]) -> RecordedAttestation:
    """Return the attestation that a row holds."""
    return RecordedAttestation(
        attestation=Attestation(
            sent=row["sent"].encode(),
            predicate_type=row["predicate_type"],
            claims=json.decode(row["claims"], type=SignerClaims),
            log_index=row["log_index"],
            logged_at=row["logged_at"],
        ),
        added_at=row["added_at"],
        added_by=row["added_by"],
    )


def _attestation(attestation: Attestation) -> Mapping[str, object]:
    return {
        "id": str(uuid7()),
        "sha256": attestation.sha256.hex,
        "sent": attestation.sent.decode(),
        "predicate_type": attestation.predicate_type,
        "claims": json.encode(attestation.claims).decode(),
        "log_index": attestation.log_index,
        "logged_at": attestation.logged_at,
    }
