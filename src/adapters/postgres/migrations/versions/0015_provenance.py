"""Attestations of versions, and what was decided about the publishers of providers."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("attestations", "publisher_events")


def upgrade() -> None:
    """Make both tables, and refuse every change to their rows."""
    op.create_table(
        "attestations",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", GUID(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("predicate_type", sa.Text(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("logged_at", DateTimeUTC(timezone=True)),
        sa.Column("added_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["provider_versions.id"], name=op.f("fk_attestations_version_id_provider_versions")
        ),
        sa.UniqueConstraint("version_id", "sha256", name="uq_attestations_sha256"),
    )
    op.create_index("ix_attestations_version", "attestations", ["version_id", "position"])
    op.create_table(
        "publisher_events",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text()),
        sa.Column("version", sa.Text(collation="C")),
        sa.Column("reason", sa.Text()),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisher_events")),
        sa.CheckConstraint(
            "action IN ('pinned', 'verified', 'renamed', 'set', 'cleared', 'excepted', 'exception_ended')",
            name=op.f("ck_publisher_events_action_is_known"),
        ),
    )
    op.create_index("ix_publisher_events_history", "publisher_events", ["prefix", "name", "position"])
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )


def downgrade() -> None:
    """Drop both tables, and all attestations with them."""
    for table in reversed(TABLES):
        op.drop_table(table)
