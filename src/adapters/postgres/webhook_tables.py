"""The table of receivers of webhooks."""

from advanced_alchemy.base import metadata_registry
from advanced_alchemy.types import GUID, DateTimeUTC
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Integer, Table, Text, func, text

from adapters.postgres.tables import BIND_KEY

_NAME = Text(collation="C")
_TIME = DateTimeUTC(timezone=True)

WEBHOOK_RECEIVERS = Table(
    "webhook_receivers",
    metadata_registry.get(BIND_KEY),
    Column("id", GUID, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("provider", _NAME),
    Column("secret", Text, nullable=False),
    Column("previous_secret", Text),
    Column("previous_until", _TIME),
    Column("cursor", BigInteger, nullable=False),
    Column("moved_at", _TIME, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("stop", Text),
    Column("last_attempts", Text, nullable=False),
    Column("due_at", _TIME, nullable=False, server_default=func.now()),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lease", GUID),
    CheckConstraint("stop IN ('operator', 'gone', 'exhausted')", name="stop"),
    CheckConstraint("cursor >= 0", name="cursor"),
    CheckConstraint("num_nulls(previous_secret, previous_until) IN (0, 2)", name="rotation_is_whole"),
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01},
)
"""Receivers, few of them, leased as tasks are. Secrets are encrypted. ``last_attempts`` is JSON, and bounded."""
