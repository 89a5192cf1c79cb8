"""Alembic's environment: runs the revisions over the engine that the caller configured."""

import asyncio
from typing import TYPE_CHECKING, cast

from advanced_alchemy.base import metadata_registry
from alembic import context
from sqlalchemy import Connection, text

from adapters.postgres import log_tables, webhook_tables  # noqa: F401 -- so that the metadata is whole
from adapters.postgres.migrations import MIGRATION_LOCK

if TYPE_CHECKING:
    from advanced_alchemy.alembic.commands import AlembicCommandConfig
    from sqlalchemy.ext.asyncio import AsyncEngine


def migrate(connection: Connection) -> None:
    """Run the revisions in one transaction, one migrator at a time."""
    config = cast("AlembicCommandConfig", context.config)
    context.configure(
        connection=connection,
        target_metadata=metadata_registry.get(config.bind_key),
        version_table=config.version_table_name,
        version_table_schema=config.version_table_schema,
        compare_type=config.compare_type,
        render_as_batch=config.render_as_batch,
        user_module_prefix=config.user_module_prefix,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


async def migrate_online() -> None:
    engine = cast("AsyncEngine", cast("AlembicCommandConfig", context.config).engine)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(migrate_online())
