"""Which wheels are mirrored."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOTIFY = """
    CREATE FUNCTION notify_mirrored() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('provider_changes', prefix || '/' || name) FROM provider_versions
            WHERE wheel_sha256 = coalesce(NEW.sha256, OLD.sha256) AND status IN ('published', 'yanked');
        RETURN NULL;
    END
    $$
"""


def upgrade() -> None:
    """Make the table, a trigger that notifies of the providers that have a wheel, and the index that finds them."""
    op.create_table(
        "mirrored_wheels",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("metadata_sha256", sa.Text(), nullable=False),
        sa.Column("metadata_size", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_mirrored_wheels_verified", "mirrored_wheels", ["verified_at", "sha256"])
    op.create_index(
        "ix_provider_versions_wheel",
        "provider_versions",
        ["wheel_sha256"],
        postgresql_where=sa.text("status IN ('published', 'yanked')"),
    )
    op.execute(NOTIFY)
    op.execute(
        "CREATE TRIGGER notify_mirrored AFTER INSERT OR DELETE ON mirrored_wheels "
        "FOR EACH ROW EXECUTE FUNCTION notify_mirrored()"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_provider_versions_wheel", "provider_versions")
    op.drop_table("mirrored_wheels")
    op.execute("DROP FUNCTION notify_mirrored()")
