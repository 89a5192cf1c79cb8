"""The tables of the transparency log, and of notifications.

``log_pending`` is the outbox: triggers fill it once ``log_state`` has its row. Triggers refuse every change of what was
appended but the widening of a tile.
"""

from advanced_alchemy.base import metadata_registry
from advanced_alchemy.types import GUID, DateTimeUTC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    false,
    true,
)

from adapters.postgres.tables import BIND_KEY

_NAME = Text(collation="C")
_TIME = DateTimeUTC(timezone=True)
_METADATA = metadata_registry.get(BIND_KEY)

CHANGE_NOTIFICATIONS = Table(
    "change_notifications",
    _METADATA,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("provider", Text, nullable=False),
)
"""Notifications that are sent after the commit of the change."""

PROVIDER_EVENTS = Table(
    "provider_events",
    _METADATA,
    Column("id", GUID, primary_key=True),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("prefix", _NAME, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("icon_url", Text),
    Column("tags", ARRAY(Text), nullable=False),
    Column("at", _TIME, nullable=False),
    Column("actor", Text),
    Column("request_id", Text),
    ForeignKeyConstraint(["prefix", "name"], ["providers.prefix", "providers.name"]),
    Index("ix_provider_events_history", "prefix", "name", "position"),
)
"""Changes of how providers are shown. Rows are only ever added."""

LOG_STATE = Table(
    "log_state",
    _METADATA,
    Column("only_row", Boolean, primary_key=True, server_default=true()),
    Column("origin", Text, nullable=False),
    Column("event_id", GUID, nullable=False),
    Column("opened_at", _TIME, nullable=False),
    Column("last_version_event", BigInteger, nullable=False),
    Column("last_provider_event", BigInteger, nullable=False),
    Column("is_backfilled", Boolean, nullable=False, server_default=false()),
    CheckConstraint("only_row", name="only_row"),
)
"""The only row is there once the log is open. ``last_…`` are the newest events from before."""

LOG_PENDING = Table(
    "log_pending",
    _METADATA,
    Column("position", BigInteger, Identity(always=False), primary_key=True),
    Column("event_id", GUID, nullable=False, unique=True),
    Column("version_id", GUID, ForeignKey("provider_versions.id")),
    Column("action", Text),
    CheckConstraint("num_nulls(version_id, action) IN (0, 2)", name="step_is_whole"),
)
"""Events that are not appended yet. With ``version_id`` it is a step of which no event was ever written."""

LOG_ENTRIES = Table(
    "log_entries",
    _METADATA,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", GUID, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("prefix", _NAME),
    Column("name", _NAME),
    Column("version", _NAME),
    Column("leaf", LargeBinary, nullable=False),
    Index("ix_log_entries_of", "prefix", "name", "index"),
    Index("ix_log_entries_version", "prefix", "name", "version", "type"),
)

LOG_SALTS = Table(
    "log_salts",
    _METADATA,
    Column("event_id", GUID, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)
"""Salts of digests in entries; without its salt, a digest says nothing of its text."""

LOG_TILES = Table(
    "log_tiles",
    _METADATA,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

LOG_CHECKPOINTS = Table(
    "log_checkpoints",
    _METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False),
)

LOG_COSIGNATURES = Table(
    "log_cosignatures",
    _METADATA,
    Column("witness", _NAME, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
)
"""The newest cosignature of each witness; it is served with the checkpoint of that size alone."""
