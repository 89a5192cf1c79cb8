"""Tasks in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    all_,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)

from adapters.postgres.engine import Database
from adapters.postgres.leases import LeaseStatements, held
from adapters.postgres.queries import ONE
from adapters.postgres.tables import TASKS
from domain.tasks import Lease, LeasedTask, QueueDepth, QueuedTask, Task, TaskKind

_IS_OF_KIND = TASKS.c.kind == bindparam("of_kind", type_=TASKS.c.kind.type)
_NAMESPACE: ColumnElement[str] = literal_column("split_part(tasks.key, '/', 1)", Text)
_ONLY: BindParameter[Any] = bindparam("of_only", type_=Text)
_HAS_TURN = and_(
    all_(bindparam("of_others", type_=ARRAY(Text))) != _NAMESPACE, or_(_ONLY.is_(None), _NAMESPACE == _ONLY)
)
LEASES = LeaseStatements(TASKS, TASKS.c.id, condition=and_(_IS_OF_KIND, _HAS_TURN), last_error=TASKS.c.last_error)
COUNT = select(func.count().label("tasks")).select_from(
    select(ONE.label("one"))
    .where(
        _IS_OF_KIND,
        TASKS.c.key >= bindparam("of_first", type_=TASKS.c.key.type),
        TASKS.c.key < bindparam("of_end", type_=TASKS.c.key.type),
    )
    .limit(bindparam("page_limit", type_=BigInteger))
    .subquery("counted")
)
"""Reads no more index entries than the limit: keys are in the order of their bytes."""
MEASURE = select(
    func.count().label("due"), func.coalesce(func.now() - func.min(TASKS.c.due_at), timedelta()).label("oldest")
).where(_IS_OF_KIND, TASKS.c.due_at <= func.now())
LIST_TASKS = select(*TASKS.c).order_by(TASKS.c.due_at).limit(bindparam("page_limit", type_=BigInteger))
MAKE_DUE = (
    update(TASKS)
    .where(
        TASKS.c.id == bindparam("of_id", type_=TASKS.c.id.type),
        or_(TASKS.c.lease.is_(None), TASKS.c.due_at <= func.now()),
    )
    .values(due_at=func.now(), attempts=0, lease=None)
    .returning(ONE)
)


class PostgresTaskQueue:
    """Leases tasks; implements the ports of ``application.ports.task_queue``.

    No transaction is open while a task is worked on, so poolers in transaction mode and lost connections do no harm.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, kind: TaskKind, *, seconds: float, limit: int, without: Collection[str] = (), only: str | None = None
    ) -> Sequence[LeasedTask]:
        token, length = uuid4(), timedelta(seconds=seconds)
        rows = await self._database.write(
            LEASES.claim,
            {
                "of_kind": kind.value,
                "new_lease": token,
                "for_time": length,
                "page_limit": limit,
                "of_others": list(without),
                "of_only": only,
            },
        )
        return [
            LeasedTask(
                _task(row),
                Lease(id=row["id"], token=token, attempt=row["attempts"]),
                age=row["due_at"] - length - row["created_at"],  # the lease began now, by the database's clock
            )
            for row in sorted(rows, key=lambda row: row["created_at"])
        ]

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        return bool(await self._database.write(LEASES.renew, {**held(lease), "for_time": timedelta(seconds=seconds)}))

    async def give_back(self, lease: Lease) -> bool:
        return bool(await self._database.write(LEASES.give_back, held(lease)))

    async def finish(self, lease: Lease) -> bool:
        return bool(await self._database.write(LEASES.finish, held(lease)))

    async def retry(self, lease: Lease, *, after: timedelta, error: str) -> bool:
        return bool(await self._database.write(LEASES.retry, {**held(lease), "for_time": after, "of_error": error}))

    async def count(self, kind: TaskKind, namespace: str, *, limit: int) -> int:
        # "0" is the character after "/".
        keys = {"of_first": f"{namespace}/", "of_end": f"{namespace}0"}
        [row] = await self._database.read(COUNT, {"of_kind": kind.value, "page_limit": limit, **keys})
        return int(row["tasks"])

    async def measure(self, kind: TaskKind) -> QueueDepth:
        [row] = await self._database.read(MEASURE, {"of_kind": kind.value})
        return QueueDepth(due=row["due"], oldest=row["oldest"])

    async def list_tasks(self, *, limit: int) -> Sequence[QueuedTask]:
        return [_queued(row) for row in await self._database.read(LIST_TASKS, {"page_limit": limit})]

    async def make_due(self, task_id: UUID) -> bool:
        return bool(await self._database.write(MAKE_DUE, {"of_id": task_id}))


def write_task(task: Task) -> dict[str, object]:
    """Return the row of a new task."""
    return {
        "id": task.id,
        "kind": task.kind.value,
        "key": task.key,
        "payload": task.payload,
        "request_id": task.request_id,
        "created_at": task.created_at,
    }


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        id=row["id"],
        kind=TaskKind(row["kind"]),
        key=row["key"],
        payload=row["payload"],
        created_at=row["created_at"],
        request_id=row["request_id"],
    )


def _queued(row: Mapping[str, Any]) -> QueuedTask:
    return QueuedTask(
        task=_task(row),
        due_at=row["due_at"],
        attempts=row["attempts"],
        is_leased=row["lease"] is not None,
        last_error=row["last_error"],
    )
