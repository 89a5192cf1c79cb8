"""The tables of attestations and of publishers. Rows are only ever added: triggers refuse everything else."""

from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import GUID, DateTimeUTC
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from adapters.postgres.tables import BIND_KEY

_Id = Annotated[UUID, mapped_column(GUID, default=uuid7, primary_key=True)]
_Position = Annotated[int, mapped_column(BigInteger, Identity(always=True))]
_Number = Annotated[int, mapped_column(BigInteger)]
_Text = Annotated[str, mapped_column(Text)]
_Name = Annotated[str, mapped_column(Text(collation="C"))]
_Time = Annotated[datetime, mapped_column(DateTimeUTC(timezone=True))]


class _Row(DefaultBase):
    __abstract__ = True
    __bind_key__ = BIND_KEY


class AttestationRow(_Row):
    """An attestation of a version. ``sent`` is what was sent, byte for byte; ``claims`` is JSON."""

    __tablename__ = "attestations"
    __table_args__: Any = (
        UniqueConstraint("version_id", "sha256", name="uq_attestations_sha256"),
        Index("ix_attestations_version", "version_id", "position"),
    )

    id: Mapped[_Id]
    position: Mapped[_Position]
    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"))
    sha256: Mapped[_Text]
    sent: Mapped[_Text]
    predicate_type: Mapped[_Text]
    claims: Mapped[_Text]
    log_index: Mapped[_Number]
    logged_at: Mapped[_Time | None]
    added_at: Mapped[_Time]
    added_by: Mapped[_Text]


class PublisherEventRow(_Row):
    """A decision about a provider's publisher, which may come before the provider. ``policy`` is JSON."""

    __tablename__ = "publisher_events"
    __table_args__: Any = (
        CheckConstraint(
            "action IN ('pinned', 'verified', 'renamed', 'set', 'cleared', 'excepted', 'exception_ended')",
            name="action_is_known",
        ),
        Index("ix_publisher_events_history", "prefix", "name", "position"),
    )

    id: Mapped[_Id]
    position: Mapped[_Position]
    prefix: Mapped[_Name]
    name: Mapped[_Name]
    action: Mapped[_Text]
    policy: Mapped[_Text | None]
    version: Mapped[_Name | None]
    reason: Mapped[_Text | None]
    at: Mapped[_Time]
    actor: Mapped[_Text]
    request_id: Mapped[_Text | None]


ATTESTATIONS, PUBLISHER_EVENTS = (cast("Table", row.__table__) for row in (AttestationRow, PublisherEventRow))
"""The same as statements see them."""
