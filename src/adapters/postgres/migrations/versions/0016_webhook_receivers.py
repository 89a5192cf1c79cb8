"""Receivers of webhooks."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "webhook_receivers",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("provider", sa.Text(collation="C")),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("previous_secret", sa.Text()),
        sa.Column("previous_until", DateTimeUTC(timezone=True)),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Text()),
        sa.Column("last_attempts", sa.Text(), nullable=False),
        sa.Column("due_at", DateTimeUTC(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", GUID()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receivers")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_receivers_name")),
        sa.CheckConstraint("stop IN ('operator', 'gone', 'exhausted')", name=op.f("ck_webhook_receivers_stop")),
        sa.CheckConstraint("cursor >= 0", name=op.f("ck_webhook_receivers_cursor")),
        sa.CheckConstraint(
            "num_nulls(previous_secret, previous_until) IN (0, 2)",
            name=op.f("ck_webhook_receivers_rotation_is_whole"),
        ),
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01},
    )


def downgrade() -> None:
    """Drop it, and all secrets with it."""
    op.drop_table("webhook_receivers")
