"""PostgreSQL notifies its listeners of every change of a provider or of a version, even one made with SQL by hand."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TELL = """
    CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('provider_changes', NEW.prefix || '/' || NEW.name);
        RETURN NULL;
    END
    $$
"""
TABLES = ("providers", "provider_versions")


def upgrade() -> None:
    """Make the triggers. The names told twice by one transaction are sent once."""
    op.execute(TELL)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER tell_change AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION tell_change()"
        )


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.execute(f"DROP TRIGGER tell_change ON {table}")
    op.execute("DROP FUNCTION tell_change()")
