"""How many providers the catalog shows, counted when one appears: browsing need not count them all."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COUNT = """
    CREATE FUNCTION count_shown_provider() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        change integer := 0;
    BEGIN
        IF TG_OP <> 'INSERT' AND OLD.display_name IS NOT NULL THEN change := change - 1; END IF;
        IF TG_OP <> 'DELETE' AND NEW.display_name IS NOT NULL THEN change := change + 1; END IF;
        IF change <> 0 THEN UPDATE catalog_totals SET providers = providers + change; END IF;
        RETURN NULL;
    END
    $$
"""


def upgrade() -> None:
    """Make the table and the trigger, and count what is there. No provider is written meanwhile."""
    op.execute("LOCK TABLE providers IN SHARE ROW EXCLUSIVE MODE")
    op.execute("""
        CREATE TABLE catalog_totals (
            only_row boolean DEFAULT true NOT NULL CONSTRAINT ck_catalog_totals_only_row CHECK (only_row),
            providers bigint NOT NULL,
            CONSTRAINT pk_catalog_totals PRIMARY KEY (only_row)
        )
    """)
    op.execute("INSERT INTO catalog_totals (providers) SELECT count(*) FROM providers WHERE display_name IS NOT NULL")
    op.execute(COUNT)
    op.execute(
        "CREATE TRIGGER count_shown_provider AFTER INSERT OR DELETE OR UPDATE OF display_name ON providers "
        "FOR EACH ROW EXECUTE FUNCTION count_shown_provider()"
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TRIGGER count_shown_provider ON providers")
    op.execute("DROP FUNCTION count_shown_provider()")
    op.execute("DROP TABLE catalog_totals")
