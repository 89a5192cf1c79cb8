"""What a role needs to serve from a database that another role owns, and no more."""

import asyncio
from collections.abc import Mapping, Sequence

from advanced_alchemy.base import metadata_registry
from sqlalchemy import Text, column, func, not_, select, values

from adapters.postgres.connecting import connect
from adapters.postgres.engine import DEFAULTS
from adapters.postgres.error_mapping import translate_final_errors
from adapters.postgres.log_tables import (
    CHANGE_NOTIFICATIONS,
    LOG_CHECKPOINTS,
    LOG_ENTRIES,
    LOG_PENDING,
    LOG_SALTS,
    LOG_STATE,
    PROVIDER_EVENTS,
)
from adapters.postgres.migrations import MIGRATION_LOCK, VERSION_TABLE
from adapters.postgres.provenance_tables import ATTESTATIONS, PUBLISHER_EVENTS
from adapters.postgres.release_tables import RELEASES
from adapters.postgres.resource_tables import RESOURCE_TYPES
from adapters.postgres.tables import (
    BIND_KEY,
    DISTRIBUTION_EVENTS,
    EVENTS,
    ORIGIN_EVENTS,
    PROVIDERS,
    REPORTS,
    TASKS,
    WHEEL_FILES,
)
from adapters.postgres.webhook_tables import WEBHOOK_RECEIVERS

_PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(metadata_registry.get(BIND_KEY).tables, ("SELECT", "INSERT", "UPDATE")),
    **dict.fromkeys(  # histories are only added to
        (EVENTS.name, DISTRIBUTION_EVENTS.name, PROVIDER_EVENTS.name, ORIGIN_EVENTS.name), ("SELECT", "INSERT")
    ),
    **dict.fromkeys(
        (LOG_PENDING.name, LOG_ENTRIES.name, LOG_CHECKPOINTS.name, LOG_SALTS.name, CHANGE_NOTIFICATIONS.name),
        ("SELECT", "INSERT"),
    ),
    RELEASES.name: ("SELECT",),  # the owner's trigger writes it
    LOG_STATE.name: ("SELECT", "UPDATE"),  # to lock the row; the owner opens the log
    WHEEL_FILES.name: ("SELECT", "INSERT"),  # a file name keeps its digest
    **dict.fromkeys((ATTESTATIONS.name, PUBLISHER_EVENTS.name), ("SELECT", "INSERT")),
    REPORTS.name: ("SELECT", "INSERT"),  # a version is compared once
    **dict.fromkeys(
        (TASKS.name, WEBHOOK_RECEIVERS.name, RESOURCE_TYPES.name), ("SELECT", "INSERT", "UPDATE", "DELETE")
    ),
    VERSION_TABLE: ("SELECT",),
}
_NEEDS = values(column("place", Text), column("needed", Text), name="needs", literal_binds=True).data(
    [(table, needed) for table, all_needed in _PRIVILEGES.items() for needed in all_needed]
)

LACKING = select(_NEEDS).where(not_(func.has_table_privilege(_NEEDS.c.place, _NEEDS.c.needed)))
"""A row for each privilege that the connected role lacks."""

_SCHEMA = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = $1::regclass"
_OWNS = """
    SELECT FROM pg_class JOIN pg_roles role ON role.rolname = $2
    WHERE pg_class.oid = $1::regclass AND (role.rolsuper OR pg_has_role(role.oid, relowner, 'MEMBER'))
"""


def grant(dsn: str, role: str) -> None:
    """Leave a role with what serving needs, whatever it had before. Safe to repeat. Connect as the tables' owner.

    Raises:
        LookupError: There is no such role, or nothing can be kept from it.
        StoreUnavailableError: The database is unreachable, or the caller does not own the tables.
    """
    with translate_final_errors():
        asyncio.run(_grant(dsn, role))


async def _grant(dsn: str, role: str) -> None:
    connection = await connect(dsn=dsn, timeout=DEFAULTS.connect_timeout)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
            if not await connection.fetch("SELECT FROM pg_roles WHERE rolname = $1", role):
                raise LookupError(f"there is no role {role!r}; make it first: CREATE ROLE {_quoted(role)} LOGIN")
            if await connection.fetch(_OWNS, PROVIDERS.name, role):
                raise LookupError(f"nothing can be kept from {role!r}: it is a superuser, or acts as the tables' owner")
            for statement in _grants(_quoted(role), await connection.fetchval(_SCHEMA, PROVIDERS.name)):
                await connection.execute(statement)
    finally:
        await connection.close()


def _grants(role: str, schema: str) -> Sequence[str]:
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"REVOKE ALL ON {', '.join(_PRIVILEGES)} FROM {role}",
        *(f"GRANT {', '.join(needed)} ON {table} TO {role}" for table, needed in _PRIVILEGES.items()),
    ]


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
