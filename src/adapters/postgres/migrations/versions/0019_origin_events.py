"""Other verdicts on wheels on their hosts, as part of the histories of versions."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and refuse every change to its rows."""
    op.create_table(
        "origin_events",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", GUID(), nullable=False),
        sa.Column("after_position", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("since", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.Column("other_sha256", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin_events")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["provider_versions.id"], name=op.f("fk_origin_events_version_id_provider_versions")
        ),
        sa.CheckConstraint("verdict IN ('intact', 'drifted', 'unreachable')", name=op.f("ck_origin_events_verdict")),
    )
    op.create_index("ix_origin_events_history", "origin_events", ["version_id", "after_position", "position"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON origin_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )


def downgrade() -> None:
    """Drop it, and what happened to wheels on their hosts with it."""
    op.drop_table("origin_events")
