"""When each provider last published a version, in order: the catalog is read newest release first."""

import sqlalchemy as sa
from advanced_alchemy.types import DateTimeUTC
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# As the owner: the release before runs with the privileges that it was granted.
RECORD = """
    CREATE FUNCTION record_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO provider_releases AS known (prefix, name, released_at)
        VALUES (NEW.prefix, NEW.name, NEW.published_at)
        ON CONFLICT (prefix, name) DO UPDATE SET released_at = EXCLUDED.released_at
            WHERE known.released_at < EXCLUDED.released_at;
        RETURN NULL;
    END
    $$
"""
# Temporary tables last: a caller could make one in the place of a table.
PIN = """
    DO $$
    BEGIN
        EXECUTE format('ALTER FUNCTION record_release() SET search_path = %I, pg_temp', current_schema());
    END
    $$
"""
RECORD_ON_PUBLISH = """
    CREATE TRIGGER record_release AFTER INSERT OR UPDATE OF status ON provider_versions
    FOR EACH ROW WHEN (NEW.status IN ('published', 'yanked')) EXECUTE FUNCTION record_release()
"""
FILL = """
    INSERT INTO provider_releases (prefix, name, released_at)
    SELECT prefix, name, max(published_at) FROM provider_versions
    WHERE status IN ('published', 'yanked') GROUP BY prefix, name
"""


def upgrade() -> None:
    """Make the table and the trigger, and fill it: registrations wait, seconds for 1,000,000 versions."""
    op.create_table(
        "provider_releases",
        sa.Column("prefix", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("released_at", DateTimeUTC(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "name", name=op.f("pk_provider_releases")),
    )
    op.execute(RECORD)
    op.execute(PIN)
    op.execute(RECORD_ON_PUBLISH)  # nothing is published until this commits
    op.execute(FILL)
    op.create_index("ix_provider_releases_order", "provider_releases", ["released_at", "prefix", "name"])


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TRIGGER record_release ON provider_versions")
    op.execute("DROP FUNCTION record_release()")
    op.drop_table("provider_releases")
