"""The tables.

Names, versions and sort keys collate as ``C``: their order is then the domain's, and no update of the operating
system's locales can corrupt an index. The CHECKs repeat the lifecycle's invariants, so that a row which no domain
verb could have made is refused for every writer.
"""

from datetime import datetime
from typing import Annotated, Any, cast
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
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

BIND_KEY = "provider_registry"
"""Keeps these tables apart from others that use the same library in one process."""

IS_PUBLIC = "status IN ('published', 'yanked')"
IS_INSTALLABLE = "status = 'published'"
HAS_SCHEMAS = "num_nonnulls(schemas, config_schema, outputs_schema) > 0"
IS_COMPARABLE = f"{IS_INSTALLABLE} AND {HAS_SCHEMAS}"
IS_SHOWN = "display_name IS NOT NULL"
IS_AMISS = "verdict <> 'intact'"
"""Predicates of partial indexes. Queries must spell them out too: the planner cannot use a parameter."""

_Text = Annotated[str, mapped_column(Text)]
_Name = Annotated[str, mapped_column(Text(collation="C"))]
_NameKey = Annotated[str, mapped_column(Text(collation="C"), primary_key=True)]
_Texts = Annotated[list[str], mapped_column(ARRAY(Text))]
_Terms = Annotated[list[str], mapped_column(ARRAY(Text), server_default=text("'{}'"))]
_Number = Annotated[int, mapped_column(BigInteger)]
_Time = Annotated[datetime, mapped_column(DateTimeUTC(timezone=True))]
_Id = Annotated[UUID, mapped_column(GUID, default=uuid7, primary_key=True)]
_Position = Annotated[int, mapped_column(BigInteger, Identity(always=True))]


_SEARCHED_OFTEN: Any = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
"""Without a list of what is to be indexed later, which every search would read."""


class _Row(DefaultBase):
    __abstract__ = True
    __bind_key__ = BIND_KEY


class ProviderRow(_Row):
    """A provider. The catalog columns are null until its first publish, so they tell whether it is shown.

    ``labels``, ``words`` and ``trigrams`` are what it is found by. A trigger increments ``revision`` at every update.
    """

    __tablename__ = "providers"
    __table_args__: Any = (
        CheckConstraint("num_nulls(display_name, description, tags) IN (0, 3)", name="metadata_is_whole"),
        Index("ix_providers_shown", "prefix", "name", postgresql_where=text(IS_SHOWN)),
        Index("ix_providers_tags", "tags", postgresql_using="gin"),
        Index("ix_providers_words", text("array_to_tsvector(words)"), **_SEARCHED_OFTEN),
        Index("ix_providers_trigrams", "trigrams", postgresql_using="gin"),  # of the release before
        Index("ix_providers_near", text("array_to_tsvector(trigrams)"), **_SEARCHED_OFTEN),
    )

    prefix: Mapped[_NameKey]
    name: Mapped[_NameKey]
    display_name: Mapped[_Text | None]
    description: Mapped[_Text | None]
    icon_url: Mapped[_Text | None]
    tags: Mapped[_Texts | None]
    created_at: Mapped[_Time]
    updated_at: Mapped[_Time]
    organization_id: Mapped[_Text | None]
    organization_name: Mapped[_Text | None]
    labels: Mapped[_Terms]
    words: Mapped[_Terms]
    trigrams: Mapped[_Terms]
    revision: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class VersionRow(_Row):
    """A version of a provider. JSON documents are kept as text, byte for byte."""

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
        CheckConstraint("status <> 'building' OR task_id IS NOT NULL", name="building_has_task"),
        Index(
            "ix_provider_versions_registration",
            "registration_id",
            unique=True,
            postgresql_where=text("registration_id IS NOT NULL"),
        ),
        Index("ix_provider_versions_task", "task_id", postgresql_where=text("task_id IS NOT NULL")),
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
            "ix_provider_versions_comparable",
            "prefix",
            "name",
            "is_prerelease",
            text("sort_key DESC"),
            postgresql_where=text(IS_COMPARABLE),
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
        Index("ix_provider_versions_wheel", "wheel_sha256", postgresql_where=text(IS_PUBLIC)),
    )

    id: Mapped[_Id]
    prefix: Mapped[_Name]
    name: Mapped[_Name]
    version: Mapped[_Name]
    sort_key: Mapped[_Name]
    is_prerelease: Mapped[bool]
    status: Mapped[_Text]

    wheel_url: Mapped[_Text]
    announced_sha256: Mapped[_Text | None]
    announced_package_name: Mapped[_Text | None]
    entrypoint: Mapped[_Texts | None]
    schemas: Mapped[_Text | None]
    config_schema: Mapped[_Text | None]
    outputs_schema: Mapped[_Text | None]
    changelog: Mapped[_Text | None]

    wheel_sha256: Mapped[_Text | None]
    wheel_size: Mapped[_Number | None]
    wheel_filename: Mapped[_Text | None]
    distribution: Mapped[_Name | None]
    requires_python: Mapped[_Text | None]
    summary: Mapped[_Text | None]
    inferred_package_name: Mapped[_Text | None]
    verification: Mapped[_Text | None]
    readme: Mapped[_Text | None]
    readme_type: Mapped[_Text | None]
    project_metadata: Mapped[_Text | None]

    runtime_version: Mapped[_Text]
    registered_by: Mapped[_Text]
    created_at: Mapped[_Time]
    updated_at: Mapped[_Time]
    published_at: Mapped[_Time | None]
    error_code: Mapped[_Text | None]
    error_message: Mapped[_Text | None]
    yanked_at: Mapped[_Time | None]
    yanked_reason: Mapped[_Text | None]
    source_hash: Mapped[_Text | None]
    compatibility: Mapped[_Text | None]
    registration_id: Mapped[UUID | None] = mapped_column(GUID)
    task_id: Mapped[UUID | None] = mapped_column(GUID, ForeignKey("tasks.id", ondelete="SET NULL"))


class CompatibilityReportRow(_Row):
    """How a version compares with the one before it, as JSON. Rows are only added."""

    __tablename__ = "compatibility_reports"

    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"), primary_key=True)
    report: Mapped[_Text]


class EventRow(_Row):
    """A step of a version's life. Rows are only ever added: a trigger of the database refuses everything else.

    ``position`` gives the order of writing, since writers of a version take turns; the clocks of replicas, and with
    them ``at`` and the ids, need not agree.
    """

    __tablename__ = "version_events"
    __table_args__: Any = (
        CheckConstraint("action IN ('published', 'failed', 'yanked', 'restored')", name="action_is_known"),
        Index("ix_version_events_history", "version_id", "position"),
    )

    id: Mapped[_Id]
    position: Mapped[_Position]
    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"))
    action: Mapped[_Text]
    at: Mapped[_Time]
    actor: Mapped[_Text]
    request_id: Mapped[_Text | None]
    reason: Mapped[_Text | None]


class CatalogTotalsRow(_Row):
    """The only row counts the providers that are shown. A trigger of the database keeps it."""

    __tablename__ = "catalog_totals"
    __table_args__: Any = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    providers: Mapped[_Number]


class DistributionRow(_Row):
    """A distribution and the namespace that it belongs to."""

    __tablename__ = "distributions"
    __table_args__: Any = (Index("ix_distributions_owned", "prefix", "name"),)

    name: Mapped[_NameKey]
    prefix: Mapped[_Name]
    organization_id: Mapped[_Text | None]


class DistributionEventRow(_Row):
    """A change of a distribution's owner. Rows are only ever added, as those of ``EventRow``."""

    __tablename__ = "distribution_events"
    __table_args__: Any = (
        CheckConstraint("action IN ('claimed', 'taken_over', 'transferred')", name="action_is_known"),
        Index("ix_distribution_events_history", "distribution", "position"),
    )

    id: Mapped[_Id]
    position: Mapped[_Position]
    distribution: Mapped[_Name] = mapped_column(ForeignKey("distributions.name"))
    action: Mapped[_Text]
    prefix: Mapped[_Name]
    organization_id: Mapped[_Text | None]
    at: Mapped[_Time]
    actor: Mapped[_Text]
    request_id: Mapped[_Text | None]
    reason: Mapped[_Text | None]


class WheelFileRow(_Row):
    """A normalised file name on a namespace's index, and the digest that it keeps."""

    __tablename__ = "wheel_files"

    prefix: Mapped[_NameKey]
    filename: Mapped[_NameKey]
    sha256: Mapped[_Text]
    name: Mapped[_Name]
    version: Mapped[_Name]


class MirroredWheelRow(_Row):
    """A wheel of which there is a copy, whether or not a public version has it. A trigger notifies of it."""

    __tablename__ = "mirrored_wheels"
    __table_args__: Any = (Index("ix_mirrored_wheels_verified", "verified_at", "sha256"),)

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[_Number]
    metadata_sha256: Mapped[_Text]
    metadata_size: Mapped[_Number]
    verified_at: Mapped[_Time]


class TaskRow(_Row):
    """Something to do. ``due_at`` is also the end of a lease, so that one index finds all that can be claimed.

    Rows are updated often and deleted when they are done, so pages keep room, and are vacuumed early.
    """

    __tablename__ = "tasks"
    __table_args__: Any = (
        UniqueConstraint("kind", "key", name="uq_tasks_key"),
        Index("ix_tasks_due", "kind", "due_at"),
        {"postgresql_with": {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01}},
    )

    id: Mapped[UUID] = mapped_column(GUID, primary_key=True)
    kind: Mapped[_Name]
    key: Mapped[_Name]
    payload: Mapped[_Text]
    request_id: Mapped[_Text | None]
    due_at: Mapped[_Time] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    lease: Mapped[UUID | None] = mapped_column(GUID)
    last_error: Mapped[_Text | None]
    created_at: Mapped[_Time]


class VersionCheckRow(_Row):
    """What is known of a version's wheel on its host, and when that is checked next. Leased as tasks are."""

    __tablename__ = "version_checks"
    __table_args__: Any = (
        CheckConstraint("verdict IN ('intact', 'drifted', 'unreachable')", name="verdict"),
        Index("ix_version_checks_due", "due_at"),
        Index("ix_version_checks_amiss", "verdict", postgresql_where=text(IS_AMISS)),
        {"postgresql_with": {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01}},
    )

    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"), primary_key=True)
    due_at: Mapped[_Time]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    lease: Mapped[UUID | None] = mapped_column(GUID)
    verdict: Mapped[_Name | None]
    since: Mapped[_Time | None]
    checked_at: Mapped[_Time | None]
    verified_at: Mapped[_Time | None]
    failing_since: Mapped[_Time | None]
    failure: Mapped[_Text | None]
    seen_size: Mapped[_Number | None]
    seen_tag: Mapped[_Text | None]
    other_sha256: Mapped[_Name | None]


class OriginEventRow(_Row):
    """Another verdict on a version's wheel on its host. Rows are only ever added, as those of ``EventRow``.

    ``after_position`` is that of the last of these rows of the version then; both are read in one order.
    """

    __tablename__ = "origin_events"
    __table_args__: Any = (
        CheckConstraint("verdict IN ('intact', 'drifted', 'unreachable')", name="verdict"),
        Index("ix_origin_events_history", "version_id", "after_position", "position"),
    )

    id: Mapped[_Id]
    position: Mapped[_Position]
    version_id: Mapped[UUID] = mapped_column(GUID, ForeignKey("provider_versions.id"))
    after_position: Mapped[_Number]
    verdict: Mapped[_Text]
    at: Mapped[_Time]
    since: Mapped[_Time]
    failure: Mapped[_Text | None]
    other_sha256: Mapped[_Text | None]


PROVIDERS, VERSIONS, EVENTS, TOTALS = (
    cast("Table", row.__table__) for row in (ProviderRow, VersionRow, EventRow, CatalogTotalsRow)
)
DISTRIBUTIONS, DISTRIBUTION_EVENTS, WHEEL_FILES, REPORTS, MIRRORED_WHEELS, TASKS, VERSION_CHECKS, ORIGIN_EVENTS = (
    cast("Table", row.__table__)
    for row in (
        DistributionRow,
        DistributionEventRow,
        WheelFileRow,
        CompatibilityReportRow,
        MirroredWheelRow,
        TaskRow,
        VersionCheckRow,
        OriginEventRow,
    )
)
"""The same as statements see them."""
