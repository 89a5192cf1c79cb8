"""The statements of the transparency log."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, Executable, Integer, Text, bindparam, insert, text
from sqlalchemy.dialects import postgresql

from adapters.postgres.log_tables import LOG_CHECKPOINTS, LOG_COSIGNATURES, LOG_ENTRIES, LOG_SALTS, LOG_STATE, LOG_TILES
from adapters.postgres.tables import VERSIONS

_UNREAD = frozenset({"id", "readme", "readme_type", "verification", "compatibility", "prefix", "name"})
_VERSION = ", ".join(f"version.{column.name}" for column in VERSIONS.c if column.name not in _UNREAD)
_CHARACTERS = " + ".join(
    f"coalesce(octet_length(version.{column}), 0)"
    for column in ("schemas", "config_schema", "outputs_schema", "changelog")
)

STATE = text("SELECT origin, is_backfilled, opened_at FROM log_state")
LOCK_STATE = text("SELECT origin, is_backfilled FROM log_state FOR UPDATE")
TRY_LOCK_STATE = text("SELECT origin, is_backfilled, opened_at FROM log_state FOR UPDATE SKIP LOCKED")
LOCK_EVENTS = text("LOCK TABLE version_events, provider_events IN SHARE ROW EXCLUSIVE MODE")
"""Waits for writers whose events would neither be pending nor among those from before."""
OPEN = text("""
    INSERT INTO log_state (origin, event_id, opened_at, last_version_event, last_provider_event)
    SELECT :origin, :event_id, :opened_at,
        (SELECT coalesce(max(position), 0) FROM version_events),
        (SELECT coalesce(max(position), 0) FROM provider_events)
    ON CONFLICT DO NOTHING
""").bindparams(*(bindparam(name, type_=LOG_STATE.c[name].type) for name in ("origin", "event_id", "opened_at")))

_FIRST = -(2**62)
_STEPS_WITHOUT_EVENT = _FIRST + 2**60
_STEPS = _FIRST + 2**61
LAST_BACKFILLED = text("SELECT max(position) AS position FROM log_pending WHERE position < 0")
BACKFILL = (
    (
        _FIRST,
        text(f"INSERT INTO log_pending (position, event_id) SELECT {_FIRST}, event_id FROM log_state LIMIT :batch"),
    ),
    (
        _STEPS_WITHOUT_EVENT,
        text(f"""
            INSERT INTO log_pending (position, event_id)
            SELECT {_FIRST} + event.position, event.id FROM provider_events event, log_state
            WHERE event.position <= last_provider_event AND event.position > (
                SELECT max(pending.position) - {_FIRST} FROM log_pending pending WHERE pending.position < 0
            )
            ORDER BY event.position LIMIT :batch
        """),
    ),
    (  # A trigger makes these pending. The lock waits for writers: what is shown last is to be the last entry.
        _STEPS_WITHOUT_EVENT,
        text("""
            INSERT INTO provider_events (id, prefix, name, display_name, description, icon_url, tags, at)
            SELECT gen_random_uuid(), prefix, name, display_name, description, icon_url, tags, updated_at
            FROM providers
            WHERE display_name IS NOT NULL AND NOT EXISTS (
                SELECT FROM provider_events event WHERE (event.prefix, event.name) = (providers.prefix, providers.name)
            )
            ORDER BY prefix, name LIMIT :batch FOR SHARE
        """),
    ),
    (
        _STEPS,
        text(f"""
            WITH last AS (
                SELECT pending.position, version.published_at, version.id, pending.action
                FROM log_pending pending JOIN provider_versions version ON version.id = pending.version_id
                WHERE pending.position < 0 ORDER BY pending.position DESC LIMIT 1
            ), batch AS (
                SELECT version.published_at, version.id, step.action
                FROM provider_versions version, (VALUES ('published'), ('yanked')) AS step(action)
                WHERE version.status IN ('published', 'yanked')
                AND (step.action = 'published' OR version.status = 'yanked')
                AND NOT EXISTS (
                    SELECT FROM version_events event WHERE event.version_id = version.id AND event.action = step.action
                )
                AND NOT EXISTS (
                    SELECT FROM last
                    WHERE (version.published_at, version.id, step.action) <= (last.published_at, last.id, last.action)
                )
                ORDER BY version.published_at, version.id, step.action LIMIT :batch
            )
            INSERT INTO log_pending (position, event_id, version_id, action)
            SELECT coalesce((SELECT position FROM last), {_STEPS_WITHOUT_EVENT})
                + row_number() OVER (ORDER BY published_at, id, action), gen_random_uuid(), id, action
            FROM batch
        """),
    ),
    (
        0,
        text(f"""
            INSERT INTO log_pending (position, event_id)
            SELECT {_STEPS} + event.position, event.id FROM version_events event, log_state
            WHERE event.position <= last_version_event AND event.action <> 'failed' AND event.position > (
                SELECT coalesce(max(pending.position) - {_STEPS}, 0) FROM log_pending pending
                WHERE pending.position BETWEEN {_STEPS} AND -1
            )
            ORDER BY event.position LIMIT :batch
        """),
    ),
)
"""Each adds what follows the last one, up to a position: metadata first, then steps, each in the order of writing."""
END_BACKFILL = text("UPDATE log_state SET is_backfilled = true")

ANY_PENDING = text("SELECT 1 AS pending FROM log_pending LIMIT 1")
CHOOSE_PENDING = text(f"""
    SELECT position, sum(characters) OVER (ORDER BY position) AS characters FROM (
        SELECT pending.position, {_CHARACTERS} AS characters
        FROM (
            SELECT * FROM log_pending WHERE event_id::text <> ALL(:set_aside) ORDER BY position LIMIT :page_limit
        ) pending
        LEFT JOIN version_events event ON event.id = pending.event_id
        LEFT JOIN provider_versions version ON version.id = coalesce(pending.version_id, event.version_id)
    ) weighed ORDER BY position
""").bindparams(bindparam("page_limit", type_=Integer), bindparam("set_aside", type_=ARRAY(Text)))
_POSITIONS = bindparam("of_positions", type_=ARRAY(BigInteger))
LOAD_PENDING = text(f"""
    SELECT pending.event_id,
        coalesce(version.prefix, shown.prefix) AS prefix, coalesce(version.name, shown.name) AS name,
        coalesce(pending.action, step.action) AS event_action,
        coalesce(
            step.at, shown.at,
            CASE pending.action WHEN 'published' THEN version.published_at WHEN 'yanked' THEN version.yanked_at END,
            log_state.opened_at
        ) AS event_at,
        coalesce(step.actor, shown.actor, CASE pending.action WHEN 'published' THEN version.registered_by END) AS actor,
        coalesce(
            CASE step.action WHEN 'yanked' THEN step.reason END,
            CASE pending.action WHEN 'yanked' THEN version.yanked_reason END
        ) AS reason,
        (
            SELECT array_agg(attested.sha256 ORDER BY attested.position) FROM attestations attested
            WHERE attested.version_id = step.version_id AND attested.added_at = step.at AND step.action = 'published'
        ) AS attested,
        shown.display_name, shown.description, shown.icon_url, shown.tags, {_VERSION}
    FROM log_state, log_pending pending
    LEFT JOIN version_events step ON step.id = pending.event_id
    LEFT JOIN provider_events shown ON shown.id = pending.event_id
    LEFT JOIN provider_versions version ON version.id = coalesce(pending.version_id, step.version_id)
    WHERE pending.position = ANY(:of_positions) ORDER BY pending.position
""").bindparams(_POSITIONS)
REMOVE_PENDING = text("SELECT remove_pending(:of_positions)").bindparams(_POSITIONS)

SIZE = text('SELECT coalesce(max("index") + 1, 0) AS size FROM log_entries')
TILE = text('SELECT hashes FROM log_tiles WHERE level = :of_level AND "index" = :of_index').bindparams(
    bindparam("of_level", type_=LOG_TILES.c.level.type), bindparam("of_index", type_=BigInteger)
)
TILES = text("""
    SELECT hashes FROM unnest(:of_levels, :of_indexes) WITH ORDINALITY AS wanted (level, "index", place)
    JOIN log_tiles USING (level, "index") ORDER BY place
""").bindparams(
    bindparam("of_levels", type_=ARRAY(LOG_TILES.c.level.type)), bindparam("of_indexes", type_=ARRAY(BigInteger))
)
_TILE = postgresql.insert(LOG_TILES)
WRITES: Mapping[str, Executable] = {
    "entries": insert(LOG_ENTRIES),
    "salts": insert(LOG_SALTS),
    "tiles": _TILE.on_conflict_do_update(
        index_elements=[LOG_TILES.c.level, LOG_TILES.c.index], set_={"hashes": _TILE.excluded.hashes}
    ),
}
"""Each takes rows."""
ADD_CHECKPOINT = insert(LOG_CHECKPOINTS)

DESCRIBE = text("""
    SELECT origin, (SELECT coalesce(max(size), 0) FROM log_checkpoints) AS size,
        (SELECT count(*) FROM log_pending) AS pending,
        (SELECT coalesce(step.at, shown.at, opened_at) FROM (SELECT * FROM log_pending ORDER BY position LIMIT 1) first
            LEFT JOIN version_events step ON step.id = first.event_id
            LEFT JOIN provider_events shown ON shown.id = first.event_id) AS pending_since
    FROM log_state
""")
CHECKPOINT = text("""
    SELECT note || coalesce((
        SELECT string_agg(line, ''::bytea ORDER BY witness) FROM log_cosignatures cosigned
        WHERE cosigned.size = newest.size
    ), ''::bytea) AS note
    FROM log_checkpoints newest ORDER BY size DESC LIMIT 1
""")
_COSIGNATURE = postgresql.insert(LOG_COSIGNATURES)
KEEP_COSIGNATURE = _COSIGNATURE.on_conflict_do_update(
    index_elements=[LOG_COSIGNATURES.c.witness],
    set_={"size": _COSIGNATURE.excluded.size, "line": _COSIGNATURE.excluded.line},
    where=LOG_COSIGNATURES.c.size <= _COSIGNATURE.excluded.size,
).returning(LOG_COSIGNATURES.c.size)
ENTRIES = text(
    'SELECT leaf FROM log_entries WHERE "index" >= :of_start AND "index" < :of_end ORDER BY "index"'
).bindparams(bindparam("of_start", type_=BigInteger), bindparam("of_end", type_=BigInteger))
_CHANGES = """
    SELECT "index", leaf FROM (
        SELECT "index", leaf, sum(octet_length(leaf)) OVER (ORDER BY "index") - octet_length(leaf) AS before FROM (
            SELECT "index", leaf FROM log_entries
            WHERE {of} "index" >= :of_start AND "index" < :of_end
                AND (cardinality(:of_types) = 0 OR type = ANY(:of_types))
            ORDER BY "index" LIMIT :page_limit
        ) page
    ) weighed WHERE before < :max_bytes ORDER BY "index"
"""
_PAGE: list[BindParameter[Any]] = [
    bindparam("of_start", type_=BigInteger),
    bindparam("of_end", type_=BigInteger),
    bindparam("of_types", type_=ARRAY(Text)),
    bindparam("page_limit", type_=Integer),
    bindparam("max_bytes", type_=BigInteger),
]
CHANGES = text(_CHANGES.format(of="")).bindparams(*_PAGE)
CHANGES_OF = text(_CHANGES.format(of="prefix = :of_prefix AND name = :of_name AND")).bindparams(*_PAGE)
_NEWEST = """
    SELECT "index", leaf FROM log_entries
    WHERE {of} "index" >= :of_start AND "index" < :of_end AND type = ANY(:of_types)
    ORDER BY "index" DESC LIMIT :page_limit
"""
NEWEST = text(_NEWEST.format(of="")).bindparams(*_PAGE[:-1])
NEWEST_OF = text(_NEWEST.format(of="prefix = :of_prefix AND name = :of_name AND")).bindparams(*_PAGE[:-1])
PUBLISHED = text("""
    SELECT "index", leaf FROM log_entries
    WHERE prefix = :of_prefix AND name = :of_name AND version = :of_version AND type = :of_type
    ORDER BY "index" LIMIT 1
""")
