"""Receivers of webhooks in PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from msgspec import json
from sqlalchemy import (
    ColumnElement,
    Interval,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.engine import Database, retry, rows_of
from adapters.postgres.leases import LeaseStatements, held
from adapters.postgres.log_tables import LOG_CHECKPOINTS
from adapters.postgres.queries import ONE
from adapters.postgres.webhook_tables import WEBHOOK_RECEIVERS
from application.ports.webhook_queue import LeasedReceiver
from domain.log.entries import EventType
from domain.names import ProviderName
from domain.tasks import Lease
from domain.webhooks.receivers import Attempt, Progress, Receiver, ReceiverUrl, SealedSecrets, Stop, Subscription

_C = WEBHOOK_RECEIVERS.c
_ZERO: ColumnElement[int] = literal_column("0")
_PROGRESS = ("cursor", "moved_at", "failures", "stop", "last_attempts")
_DESCRIPTION = ("url", "types", "provider", "secret", "previous_secret", "previous_until", *_PROGRESS)
_IS_NAMED = _C.name == bindparam("of_name", type_=_C.name.type)
_IS_HELD = and_(_C.id == bindparam("of_id", type_=_C.id.type), _C.lease == bindparam("of_lease", type_=_C.lease.type))


def _given(names: Sequence[str]) -> dict[str, Any]:
    return {name: bindparam(f"given_{name}", type_=_C[name].type) for name in names}


_LOG_SIZE = select(func.coalesce(func.max(LOG_CHECKPOINTS.c.size), _ZERO)).scalar_subquery()
LEASES = LeaseStatements(WEBHOOK_RECEIVERS, _C.id, condition=and_(_C.stop.is_(None), _C.cursor < _LOG_SIZE))
RECORD = update(WEBHOOK_RECEIVERS).where(_IS_HELD).values(_given(_PROGRESS)).returning(ONE)
RELEASE = (
    update(WEBHOOK_RECEIVERS)
    .where(_IS_HELD)
    .values(
        **_given(_PROGRESS),
        lease=null(),
        attempts=_ZERO,
        due_at=func.now() + bindparam("for_time", type_=Interval),
    )
    .returning(ONE)
)
ADD = (
    insert(WEBHOOK_RECEIVERS)
    .values(_given(("id", "name", *_DESCRIPTION)))
    .on_conflict_do_nothing(index_elements=[_C.name])
    .returning(ONE)
)
LIST = select(*_C).order_by(_C.name)
FIND = select(*_C).where(_IS_NAMED)
LOCK = FIND.with_for_update()
CHANGE = (
    update(WEBHOOK_RECEIVERS)
    .where(_IS_NAMED)
    .values(
        **_given(_DESCRIPTION),
        lease=null(),
        attempts=_ZERO,
        due_at=case((_C.lease.is_(None), func.now()), else_=func.greatest(_C.due_at, func.now())),
    )
    .returning(ONE)
)
REMOVE = delete(WEBHOOK_RECEIVERS).where(_IS_NAMED).returning(ONE)


class PostgresWebhookReceivers:
    """Holds and leases receivers; implements the ports ``WebhookReceivers`` and ``WebhookQueue``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, receiver: Receiver) -> bool:
        row = {"id": uuid4(), "name": receiver.name, **_row(receiver)}
        return bool(await self._database.write(ADD, _as_given(row)))

    async def find(self, name: str) -> Receiver | None:
        rows = await self._database.read(FIND, {"of_name": name})
        return _receiver(rows[0]) if rows else None

    async def list_receivers(self) -> Sequence[Receiver]:
        return [_receiver(row) for row in await self._database.read(LIST)]

    async def change(self, name: str, change: Callable[[Receiver], Receiver]) -> Receiver | None:
        return await retry(lambda: self._change(name, change))

    async def remove(self, name: str) -> bool:
        return bool(await self._database.write(REMOVE, {"of_name": name}))

    async def claim(self, *, seconds: float, limit: int) -> Sequence[LeasedReceiver]:
        token = uuid4()
        terms = {"new_lease": token, "for_time": timedelta(seconds=seconds), "page_limit": limit}
        rows = await self._database.write(LEASES.claim, terms)
        return [
            LeasedReceiver(_receiver(row), Lease(id=row["id"], token=token, attempt=row["attempts"])) for row in rows
        ]

    async def record(self, lease: Lease, progress: Progress, *, release_after: timedelta | None = None) -> bool:
        given = {**held(lease), **_as_given(_progress_row(progress))}
        if release_after is None:
            return bool(await self._database.write(RECORD, given))
        return bool(await self._database.write(RELEASE, {**given, "for_time": release_after}))

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        return bool(await self._database.write(LEASES.renew, {**held(lease), "for_time": timedelta(seconds=seconds)}))

    async def give_back(self, lease: Lease) -> bool:
        return bool(await self._database.write(LEASES.give_back, held(lease)))

    async def _change(self, name: str, change: Callable[[Receiver], Receiver]) -> Receiver | None:
        async with self._database.transaction() as connection:
            rows = rows_of(await connection.execute(LOCK, {"of_name": name}))
            if not rows:
                return None
            changed = change(_receiver(rows[0]))
            await connection.execute(CHANGE, {"of_name": name, **_as_given(_row(changed))})
            await connection.commit()
            return changed


def _as_given(row: Mapping[str, object]) -> dict[str, object]:
    return {f"given_{name}": value for name, value in row.items()}


def _row(receiver: Receiver) -> Mapping[str, object]:
    wanted, secrets = receiver.subscription, receiver.secrets
    return {
        "url": wanted.url.text,
        "types": [each.value for each in wanted.types],
        "provider": wanted.provider and wanted.provider.canonical,
        "secret": secrets.current,
        "previous_secret": secrets.previous,
        "previous_until": secrets.previous_until,
        **_progress_row(receiver.progress),
    }


def _progress_row(progress: Progress) -> Mapping[str, object]:
    return {
        "cursor": progress.cursor,
        "moved_at": progress.moved_at,
        "failures": progress.failures,
        "stop": progress.stop and progress.stop.value,
        "last_attempts": json.encode(progress.attempts).decode(),
    }


def _receiver(row: Mapping[str, Any]) -> Receiver:
    return Receiver(
        name=row["name"],
        subscription=Subscription(
            url=ReceiverUrl.parse(row["url"]),
            types=tuple(map(EventType, row["types"])),
            provider=None if row["provider"] is None else ProviderName.parse(row["provider"]),
        ),
        secrets=SealedSecrets(
            current=row["secret"], previous=row["previous_secret"], previous_until=row["previous_until"]
        ),
        progress=Progress(
            cursor=row["cursor"],
            moved_at=row["moved_at"],
            failures=row["failures"],
            stop=None if row["stop"] is None else Stop(row["stop"]),
            attempts=json.decode(row["last_attempts"], type=tuple[Attempt, ...]),
        ),
    )
