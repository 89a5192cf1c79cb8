"""The tables.

Names, versions and sort keys collate as ``C``: their order is then the domain's, and no update of the operating
system's locales can corrupt an index. The CHECKs repeat the lifecycle's invariants, so that a row which no domain
verb could have made is refused whoever writes it.
"""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from advanced_alchemy.base import DefaultBase
from advanced_alchemy.types import GUID, DateTimeUTC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

BIND_KEY = "provider_registry"
"""Keeps these tables apart from others that use the same library in one process."""

IS_PUBLIC = "status IN ('published', 'yanked')"
IS_INSTALLABLE = "status = 'published'"
IS_SHOWN = "display_name IS NOT NULL"
"""Predicates of partial indexes. Queries must spell them out too: a parameter proves nothing to the planner."""

_C_TEXT = Text(collation="C")
_TEXTS = ARRAY(Text)
_TIME = DateTimeUTC(timezone=True)


class ProviderRow(DefaultBase):
    """A provider. The catalog columns are null until its first publish, so they tell whether it is shown.

    ``labels``, ``words`` and ``trigrams`` are what it is found by. A trigger increments ``revision`` at every update.
    """

    __bind_key__ = BIND_KEY
    __tablename__ = "providers"
    __table_args__: Any = (
        CheckConstraint("num_nulls(display_name, description, tags) IN (0, 3)", name="metadata_is_whole"),
        Index("ix_providers_shown", "prefix", "name", postgresql_where=text(IS_SHOWN)),
        Index("ix_providers_tags", "tags", postgresql_using="gin"),
        Index("ix_providers_words", text("array_to_tsvector(words)"), postgresql_using="gin"),
        Index("ix_providers_trigrams", "trigrams", postgresql_using="gin"),
    )

    prefix: Mapped[str] = mapped_column(_C_TEXT, primary_key=True)
    name: Mapped[str] = mapped_column(_C_TEXT, primary_key=True)
    display_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    icon_url: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str] | None] = mapped_column(_TEXTS)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    updated_at: Mapped[datetime] = mapped_column(_TIME)
    organization_id: Mapped[str | None] = mapped_column(Text)
    organization_name: Mapped[str | None] = mapped_column(Text)
    labels: Mapped[list[str]] = mapped_column(_TEXTS, server_default=text("'{}'"))
    words: Mapped[list[str]] = mapped_column(_TEXTS, server_default=text("'{}'"))
    trigrams: Mapped[list[str]] = mapped_column(_TEXTS, server_default=text("'{}'"))
    revision: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class VersionRow(DefaultBase):
    """A version of a provider. JSON documents are kept as text, byte for byte."""

    __bind_key__ = BIND_KEY
    __tablename__ = "provider_versions"
    __table_args__: Any = (
        ForeignKeyConstraint(["prefix", "name"], ["providers.prefix", "providers.name"]),
        UniqueConstraint("prefix", "name", "version", name="uq_provider_versions_version"),
        CheckConstraint("status IN ('building', 'published', 'failed', 'yanked')", name="status_is_known"),
        CheckConstraint(
            "num_nulls(wheel_sha256, wheel_size, wheel_filename, distribution) IN (0, 4)", name="wheel_is_whole"
        ),
        CheckConstraint(
            f"NOT ({IS_PUBLIC}) OR (wheel_sha256 IS NOT NULL AND published_at IS NOT NULL)", name="public_has_wheel"
        ),
        CheckConstraint("(status = 'failed') = (error_message IS NOT NULL)", name="failed_has_error"),
        CheckConstraint("(status = 'yanked') = (yanked_at IS NOT NULL)", name="yanked_has_time"),
        Index("ix_provider_versions_public", "prefix", "name", text("sort_key DESC"), postgresql_where=text(IS_PUBLIC)),
        Index(
            "ix_provider_versions_latest",
            "prefix",
            "name",
            "is_prerelease",
            text("sort_key DESC"),
            postgresql_where=text(IS_INSTALLABLE),
        ),
        Index(
            "ix_provider_versions_distribution",
            "distribution",
            "published_at",
            postgresql_where=text(IS_PUBLIC),
        ),
        Index(
            "ix_provider_versions_index",
            "prefix",
            "distribution",
            "published_at",
            postgresql_where=text(IS_PUBLIC),
        ),
    )

    id: Mapped[UUID] = mapped_column(GUID, default=uuid7, primary_key=True)
    prefix: Mapped[str] = mapped_column(_C_TEXT)
    name: Mapped[str] = mapped_column(_C_TEXT)
    version: Mapped[str] = mapped_column(_C_TEXT)
    sort_key: Mapped[str] = mapped_column(_C_TEXT)
    is_prerelease: Mapped[bool]
    status: Mapped[str] = mapped_column(Text)

    wheel_url: Mapped[str] = mapped_column(Text)
    announced_sha256: Mapped[str | None] = mapped_column(Text)
    announced_package_name: Mapped[str | None] = mapped_column(Text)
    entrypoint: Mapped[list[str] | None] = mapped_column(_TEXTS)
    schemas: Mapped[str | None] = mapped_column(Text)
    config_schema: Mapped[str | None] = mapped_column(Text)
    outputs_schema: Mapped[str | None] = mapped_column(Text)
    changelog: Mapped[str | None] = mapped_column(Text)

    wheel_sha256: Mapped[str | None] = mapped_column(Text)
    wheel_size: Mapped[int | None] = mapped_column(BigInteger)
    wheel_filename: Mapped[str | None] = mapped_column(Text)
    distribution: Mapped[str | None] = mapped_column(_C_TEXT)
    requires_python: Mapped[str | None] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    inferred_package_name: Mapped[str | None] = mapped_column(Text)
    verification: Mapped[str | None] = mapped_column(Text)
    readme: Mapped[str | None] = mapped_column(Text)
    readme_type: Mapped[str | None] = mapped_column(Text)

    runtime_version: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    updated_at: Mapped[datetime] = mapped_column(_TIME)
    published_at: Mapped[datetime | None] = mapped_column(_TIME)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    yanked_at: Mapped[datetime | None] = mapped_column(_TIME)
    yanked_reason: Mapped[str | None] = mapped_column(Text)
    source_hash: Mapped[str | None] = mapped_column(Text)


class EventRow(DefaultBase):
    """A step of a version's life. Rows are only ever added: a trigger of the database refuses everything else.

    ``position`` gives the order of writing, since writers of a version take turns; the clocks of replicas, and with
    them ``at`` and the ids, need not agree.
    """

    __bind_key__ = BIND_KEY
    __tablename__ = "version_events"
    __table_args__: Any = (
        CheckConstraint("action IN ('published', 'failed', 'yanked', 'restored')", name="action_is_known"),
        Index("ix_version_events_history", "version_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(GUID, default=uuid7, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"))
    action: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_TIME)
    actor: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class CatalogTotalsRow(DefaultBase):
    """The only row counts the providers that are shown. A trigger of the database keeps it."""

    __bind_key__ = BIND_KEY
    __tablename__ = "catalog_totals"
    __table_args__: Any = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    providers: Mapped[int] = mapped_column(BigInteger)


class DistributionRow(DefaultBase):
    """A distribution and the namespace that it belongs to."""

    __bind_key__ = BIND_KEY
    __tablename__ = "distributions"
    __table_args__: Any = (Index("ix_distributions_owned", "prefix", "name"),)

    name: Mapped[str] = mapped_column(_C_TEXT, primary_key=True)
    prefix: Mapped[str] = mapped_column(_C_TEXT)
    organization_id: Mapped[str | None] = mapped_column(Text)


class DistributionEventRow(DefaultBase):
    """A change of a distribution's owner. Rows are only ever added, as those of ``EventRow``."""

    __bind_key__ = BIND_KEY
    __tablename__ = "distribution_events"
    __table_args__: Any = (
        CheckConstraint("action IN ('claimed', 'taken_over', 'transferred')", name="action_is_known"),
        Index("ix_distribution_events_history", "distribution", "position"),
    )

    id: Mapped[UUID] = mapped_column(GUID, default=uuid7, primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    distribution: Mapped[str] = mapped_column(_C_TEXT, ForeignKey("distributions.name"))
    action: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(_C_TEXT)
    organization_id: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_TIME)
    actor: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class WheelFileRow(DefaultBase):
    """A normalised file name on a namespace's index, and the digest that it keeps."""

    __bind_key__ = BIND_KEY
    __tablename__ = "wheel_files"

    prefix: Mapped[str] = mapped_column(_C_TEXT, primary_key=True)
    filename: Mapped[str] = mapped_column(_C_TEXT, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(_C_TEXT)
    version: Mapped[str] = mapped_column(_C_TEXT)


PROVIDERS, VERSIONS, EVENTS, TOTALS = (
    cast("Table", row.__table__) for row in (ProviderRow, VersionRow, EventRow, CatalogTotalsRow)
)
DISTRIBUTIONS, DISTRIBUTION_EVENTS, WHEEL_FILES = (
    cast("Table", row.__table__) for row in (DistributionRow, DistributionEventRow, WheelFileRow)
)
"""The same as statements see them."""
