"""Statements that lease rows of a table.

Its columns are ``due_at``, ``attempts`` and ``lease`` beside the key. A row can be claimed once it is due; while it is
leased, it is due when the lease ends. So nothing has to look for leases that have ended. All times are the database's.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Interval,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    null,
    select,
    true,
    update,
)

from adapters.postgres.queries import ONE
from domain.tasks import Lease

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningDelete


class LeaseStatements:
    """The statements for one table. Each returns a row for each row that it changed.

    ``claim`` takes what ``claimed`` returns, the others what ``held`` returns; ``renew`` and ``retry`` take
    ``for_time`` as well, and ``retry`` takes ``of_error`` if the table has a column for it.

    Args:
        table: Has the columns.
        key: Its primary key, a UUID.
        condition: Which rows are claimed together; its parameters are the caller's.
        last_error: Where the end of an attempt is recorded.
    """

    def __init__(
        self,
        table: Table,
        key: Column[Any],
        *,
        condition: ColumnElement[bool] | None = None,
        last_error: Column[Any] | None = None,
    ) -> None:
        columns = table.c
        is_held = and_(key == bindparam("of_id", type_=key.type), columns.lease == bindparam("of_lease"))
        self._later = func.now() + bindparam("for_time", type_=Interval)
        due = (
            select(key)
            .where(true() if condition is None else condition, columns.due_at <= func.now())
            .order_by(columns.due_at)
            .limit(bindparam("page_limit", type_=BigInteger))
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED")  # evaluated once, so that it takes no more rows than its limit
        )
        self.claim: Update = (
            update(table)
            .where(key.in_(select(due.c[key.name])))
            .values(lease=bindparam("new_lease"), due_at=self._later, attempts=columns.attempts + ONE)
            .returning(*columns)
        )
        self.lock: Select[int] = select(ONE).select_from(table).where(is_held).with_for_update()
        self.renew: Update = update(table).where(is_held).values(due_at=self._later).returning(ONE)
        self.give_back: Update = (
            update(table)
            .where(is_held)
            .values(
                lease=null(), due_at=func.now(), attempts=func.greatest(columns.attempts - ONE, literal_column("0"))
            )
            .returning(ONE)
        )
        error = {} if last_error is None else {last_error.name: bindparam("of_error", type_=last_error.type)}
        self.retry: Update = (
            update(table).where(is_held).values(**error, lease=null(), due_at=self._later).returning(ONE)
        )
        self.finish: ReturningDelete[int] = delete(table).where(is_held).returning(ONE)


def held(lease: Lease) -> dict[str, object]:
    """Return the parameters that name a lease."""
    return {"of_id": lease.id, "of_lease": lease.token}
