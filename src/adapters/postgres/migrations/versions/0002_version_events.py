"""The history of versions. Versions that exist already have theirs from here on: who did what before is not known."""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Source: PostgreSQL, appendix A, "Error Codes": 23001 is restrict_violation.
REFUSE = """
    CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the history of versions is only ever added to, so there is no % of it', lower(TG_OP)
            USING ERRCODE = 'restrict_violation';
    END
    $$
"""
APPEND_ONLY = """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON version_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()
"""


def upgrade() -> None:
    """Make the table, and refuse every change to its rows."""
    op.create_table(
        "version_events",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", GUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", DateTimeUTC(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_events")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["provider_versions.id"], name=op.f("fk_version_events_version_id_provider_versions")
        ),
        sa.CheckConstraint(
            "action IN ('published', 'failed', 'yanked', 'restored')", name=op.f("ck_version_events_action_is_known")
        ),
    )
    op.create_index("ix_version_events_history", "version_events", ["version_id", "position"])
    op.execute(REFUSE)
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    """Drop the table, and all history with it."""
    op.drop_table("version_events")
    op.execute("DROP FUNCTION refuse_to_change_history()")
