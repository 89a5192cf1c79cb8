"""Appending to the transparency log in PostgreSQL."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.postgres import log_statements as statements
from adapters.postgres.engine import Database, Rows, retry, rows_of
from adapters.postgres.version_mapping import read_version
from application.ports.log_writer import LogState, SignedExtension
from domain.catalog import CatalogMetadata
from domain.history import LifecycleAction, LifecycleEvent, MetadataEvent
from domain.log.entries import LogEntry
from domain.log.extension import (
    Extension,
    LogTail,
    PendingEvent,
    PendingMetadata,
    PendingOpening,
    PendingStep,
    UnloggableEventError,
)
from domain.log.tiles import RightEdge, edge_tiles
from domain.names import ProviderName
from domain.wheel.file import Sha256Digest

_MAX_CHARACTERS = 16 * 1024 * 1024
"""Of schemas and changelogs in one transaction."""


class PostgresLogWriter:
    """Appends under the lock of ``log_state``; implements ``application.ports.log_writer.LogWriter``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, origin: str, *, event_id: str, at: datetime) -> str:
        """Open the log in one short transaction that waits for writers."""
        row = {"origin": origin, "event_id": UUID(event_id), "opened_at": at}
        async with self._database.transaction() as connection:
            if not rows_of(await connection.execute(statements.STATE)):
                await connection.execute(statements.LOCK_EVENTS)
                await connection.execute(statements.OPEN, row)
            [state] = rows_of(await connection.execute(statements.STATE))
            await connection.commit()
        opened: str = state["origin"]
        return opened

    async def backfill(self, *, limit: int) -> int:
        """Fill the queue from where it ends, under the lock of ``log_state``."""
        return await retry(lambda: self._backfill(limit))

    async def append(
        self, extend: Callable[[LogTail], SignedExtension], *, limit: int, without: Collection[str] = ()
    ) -> int:
        """Append in one transaction. If its commit is lost, what it appended is not pending any more."""
        if not await self._database.read(statements.ANY_PENDING):
            return 0
        return await retry(lambda: self._append(extend, limit, without))

    async def state(self) -> LogState | None:
        """Return where the log stands."""
        rows = await self._database.read(statements.DESCRIBE)
        return LogState(**rows[0]) if rows else None

    async def _backfill(self, limit: int) -> int:
        async with self._database.transaction() as connection:
            [state] = rows_of(await connection.execute(statements.LOCK_STATE))
            if state["is_backfilled"]:
                return 0
            [row] = rows_of(await connection.execute(statements.LAST_BACKFILLED))
            added = 0
            for end, statement in statements.BACKFILL:
                if not added and (row["position"] is None or row["position"] < end):
                    added = (await connection.execute(statement, {"batch": limit})).rowcount
            if not added:
                await connection.execute(statements.END_BACKFILL)
            await connection.commit()
            return added

    async def _append(self, extend: Callable[[LogTail], SignedExtension], limit: int, without: Collection[str]) -> int:
        async with self._database.transaction() as connection:
            state = rows_of(await connection.execute(statements.TRY_LOCK_STATE))
            if not state or not state[0]["is_backfilled"]:
                return 0
            positions = await _positions(connection, limit, without)
            if not positions:
                return 0
            chosen = {"of_positions": positions}
            events = rows_of(await connection.execute(statements.LOAD_PENDING, chosen))
            tail = LogTail(
                origin=state[0]["origin"],
                opened_at=state[0]["opened_at"],
                edge=await _edge(connection),
                events=[_event(row) for row in events],
            )
            signed = extend(tail)
            for kind, rows in _writes(signed.extension).items():
                if rows:
                    await connection.execute(statements.WRITES[kind], rows)
            checkpoint = {"size": signed.extension.checkpoint.size, "note": signed.checkpoint}
            await connection.execute(statements.ADD_CHECKPOINT, checkpoint)
            await connection.execute(statements.REMOVE_PENDING, chosen)
            await connection.commit()
            return len(positions)


async def _positions(connection: AsyncConnection, limit: int, without: Collection[str]) -> Sequence[int]:
    """Choose the first pending events; at least one, and not so many that they are too large together."""
    rows = rows_of(
        await connection.execute(statements.CHOOSE_PENDING, {"page_limit": limit, "set_aside": list(without)})
    )
    fitting = [row["position"] for row in rows if row["characters"] <= _MAX_CHARACTERS]
    return fitting or [row["position"] for row in rows[:1]]


async def _edge(connection: AsyncConnection) -> RightEdge:
    [row] = rows_of(await connection.execute(statements.SIZE))
    names = edge_tiles(row["size"])
    wanted = {"of_levels": [name.level for name in names], "of_indexes": [name.index for name in names]}
    found = rows_of(await connection.execute(statements.TILES, wanted))
    return RightEdge.of(row["size"], {name: tile["hashes"] for name, tile in zip(names, found, strict=True)})


def _event(row: Mapping[str, Any]) -> PendingEvent:
    event_id = str(row["event_id"])
    try:
        return _read_event(event_id, row)
    except ValueError as problem:
        raise UnloggableEventError(event_id, problem) from problem


def _read_event(event_id: str, row: Mapping[str, Any]) -> PendingEvent:
    if row["prefix"] is None:
        return PendingOpening(event_id, row["event_at"])
    name = ProviderName(row["prefix"], row["name"])
    if row["event_action"] is None:
        metadata = CatalogMetadata(
            display_name=row["display_name"],
            description=row["description"],
            icon_url=row["icon_url"],
            tags=tuple(row["tags"]),
        )
        return PendingMetadata(event_id, name, MetadataEvent(metadata=metadata, at=row["event_at"], actor=row["actor"]))
    event = LifecycleEvent(
        action=LifecycleAction(row["event_action"]), at=row["event_at"], actor=row["actor"], reason=row["reason"]
    )
    return PendingStep(event_id, read_version(name, row), event, [Sha256Digest(each) for each in row["attested"] or ()])


def _writes(extension: Extension) -> Mapping[str, Rows]:
    return {
        "entries": [_entry_row(index, entry) for index, entry in enumerate(extension.entries, extension.start)],
        "salts": [{"event_id": UUID(event), "salt": salt} for event, salt in extension.salts.items()],
        "tiles": [
            {"level": name.level, "index": name.index, "hashes": hashes} for name, hashes in extension.tiles.items()
        ],
    }


def _entry_row(index: int, entry: LogEntry) -> Mapping[str, object]:
    return {
        "index": index,
        "event_id": UUID(entry.event_id),
        "type": entry.type.value,
        "prefix": entry.provider and entry.provider.prefix,
        "name": entry.provider and entry.provider.name,
        "version": entry.version and entry.version.text,
        "leaf": entry.leaf,
    }
