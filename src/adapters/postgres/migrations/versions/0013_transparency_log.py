"""The transparency log: what is pending, what was appended, and changes of how providers are shown.

Also notifications that are sent after the commit, since NOTIFY makes the commits of all writers take turns.
"""

import sqlalchemy as sa
from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = sa.Text(collation="C")
TIME = DateTimeUTC(timezone=True)

# As the owner: the release before runs with the privileges that it was granted.
ADD_PENDING = """
    CREATE FUNCTION add_to_log() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO log_pending (event_id) SELECT NEW.id FROM log_state;
        RETURN NULL;
    END
    $$
"""
# Source: PostgreSQL, appendix A, "Error Codes": 23001 is restrict_violation.
REFUSE = """
    CREATE FUNCTION refuse_to_change_log() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the transparency log is only ever appended to: no % of %', lower(TG_OP), TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END
    $$
"""
WIDEN = """
    CREATE FUNCTION widen_tile() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.level, NEW.index) <> (OLD.level, OLD.index)
            OR substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) <> OLD.hashes
        THEN
            RAISE EXCEPTION 'a tile of the transparency log is only ever widened' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $$
"""
# As the owner: the role that serves deletes nothing but what was appended.
REMOVE_PENDING = """
    CREATE FUNCTION remove_pending(positions bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER AS $$
        DELETE FROM log_pending pending
        WHERE position = ANY(positions) AND EXISTS (SELECT FROM log_entries WHERE event_id = pending.event_id)
    $$
"""
# A session that does not say so, as one of the release before, notifies at once.
TELL = """
    CREATE OR REPLACE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('provider_registry.notification', true) = 'later' THEN
            INSERT INTO change_notifications (provider) VALUES (NEW.prefix || '/' || NEW.name);
        ELSE
            PERFORM pg_notify('provider_changes', NEW.prefix || '/' || NEW.name);
        END IF;
        RETURN NULL;
    END
    $$
"""
TELL_AT_ONCE = """
    CREATE OR REPLACE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('provider_changes', NEW.prefix || '/' || NEW.name);
        RETURN NULL;
    END
    $$
"""
SEND = """
    CREATE FUNCTION send_notifications() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
        changed text;
    BEGIN
        IF current_setting('transaction_read_only') = 'on' OR NOT EXISTS (SELECT FROM change_notifications) THEN
            RETURN;
        END IF;
        FOR changed IN
            DELETE FROM change_notifications WHERE position IN (
                SELECT position FROM change_notifications ORDER BY position LIMIT 1000 FOR UPDATE SKIP LOCKED
            ) RETURNING provider
        LOOP
            PERFORM pg_notify('provider_changes', changed);
        END LOOP;
    END
    $$
"""
# Temporary tables last: a caller could make one in the place of a table.
PIN = """
    DO $$
    DECLARE
        name text;
    BEGIN
        FOREACH name IN ARRAY ARRAY['add_to_log()', 'remove_pending(bigint[])', 'send_notifications()'] LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', name, current_schema());
        END LOOP;
    END
    $$
"""
TABLES = (
    "change_notifications",
    "provider_events",
    "log_state",
    "log_pending",
    "log_entries",
    "log_salts",
    "log_tiles",
    "log_checkpoints",
)
APPENDED = ("provider_events", "log_entries", "log_checkpoints")


def upgrade() -> None:
    """Make the tables and the triggers. Nothing is pending until the log is opened."""
    _create_sources()
    _create_log()
    for function in (ADD_PENDING, REFUSE, WIDEN, REMOVE_PENDING, TELL, SEND, PIN):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER add_step_to_log AFTER INSERT ON version_events FOR EACH ROW WHEN (NEW.action <> 'failed') "
        "EXECUTE FUNCTION add_to_log()"
    )
    op.execute(
        "CREATE TRIGGER add_metadata_to_log AFTER INSERT ON provider_events FOR EACH ROW EXECUTE FUNCTION add_to_log()"
    )
    for table in APPENDED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_log()"
        )
    op.execute(
        "CREATE TRIGGER keep_tiles BEFORE DELETE OR TRUNCATE ON log_tiles "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_log()"
    )
    op.execute("CREATE TRIGGER widen_tile BEFORE UPDATE ON log_tiles FOR EACH ROW EXECUTE FUNCTION widen_tile()")


def downgrade() -> None:
    """Drop them, and the log with them."""
    op.execute(TELL_AT_ONCE)
    op.execute("DROP FUNCTION send_notifications()")
    op.execute("DROP FUNCTION remove_pending(bigint[])")
    op.execute("DROP TRIGGER add_step_to_log ON version_events")
    for table in reversed(TABLES):
        op.drop_table(table)
    for function in ("add_to_log", "refuse_to_change_log", "widen_tile"):
        op.execute(f"DROP FUNCTION {function}()")


def _create_sources() -> None:
    op.create_table(
        "change_notifications",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_change_notifications")),
    )
    op.create_table(
        "provider_events",
        sa.Column("id", GUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("prefix", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("icon_url", sa.Text()),
        sa.Column("tags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.ForeignKeyConstraint(
            ["prefix", "name"], ["providers.prefix", "providers.name"], name=op.f("fk_provider_events_prefix_providers")
        ),
    )
    op.create_index("ix_provider_events_history", "provider_events", ["prefix", "name", "position"])
    op.create_table(
        "log_state",
        sa.Column("only_row", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("event_id", GUID(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last_version_event", sa.BigInteger(), nullable=False),
        sa.Column("last_provider_event", sa.BigInteger(), nullable=False),
        sa.Column("is_backfilled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_log_state")),
        sa.CheckConstraint("only_row", name=op.f("ck_log_state_only_row")),
    )
    op.create_table(
        "log_pending",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", GUID(), nullable=False),
        sa.Column("version_id", GUID()),
        sa.Column("action", sa.Text()),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_pending")),
        sa.UniqueConstraint("event_id", name=op.f("uq_log_pending_event_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["provider_versions.id"], name=op.f("fk_log_pending_version_id_provider_versions")
        ),
        sa.CheckConstraint("num_nulls(version_id, action) IN (0, 2)", name=op.f("ck_log_pending_step_is_whole")),
    )


def _create_log() -> None:
    op.create_table(
        "log_entries",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", GUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("prefix", NAME),
        sa.Column("name", NAME),
        sa.Column("version", NAME),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("event_id", name=op.f("uq_log_entries_event_id")),
    )
    op.create_index("ix_log_entries_of", "log_entries", ["prefix", "name", "index"])
    op.create_index("ix_log_entries_version", "log_entries", ["prefix", "name", "version", "type"])
    op.create_table(
        "log_salts",
        sa.Column("event_id", GUID(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_log_salts")),
    )
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_log_tiles")),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
