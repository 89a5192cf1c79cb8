"""An integer revision of each provider, for optimistic concurrency control."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# A trigger, so that the release before, which knows no revision, increments it too.
INCREMENT = """
    CREATE FUNCTION increment_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.revision := OLD.revision + 1;
        RETURN NEW;
    END
    $$
"""
INCREMENT_ON_UPDATE = """
    CREATE TRIGGER increment_revision BEFORE UPDATE ON providers
    FOR EACH ROW EXECUTE FUNCTION increment_revision()
"""


def upgrade() -> None:
    """Add the column, which rewrites no row, and the trigger."""
    op.add_column("providers", sa.Column("revision", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(INCREMENT)
    op.execute(INCREMENT_ON_UPDATE)


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TRIGGER increment_revision ON providers")
    op.execute("DROP FUNCTION increment_revision()")
    op.drop_column("providers", "revision")
