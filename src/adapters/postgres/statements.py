"""Statements as the driver runs them."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import ClauseElement
from sqlalchemy.dialects import postgresql

Rows: TypeAlias = Sequence[Mapping[str, Any]]

_DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's


@dataclass(frozen=True, slots=True)
class Statement:
    """What SQLAlchemy makes of a statement, once; asyncpg then prepares the text once on each connection.

    Attributes:
        sql: With the driver's numbered placeholders.
        parameters: Their names, in the order of the numbers.
    """

    sql: str
    parameters: tuple[str, ...]

    @classmethod
    def of(cls, clause: ClauseElement) -> "Statement":
        """Compile a statement all of whose parameters are named, and given at each run."""
        compiled = cast("Any", clause.compile(dialect=_DIALECT))
        return cls(str(compiled), tuple(compiled.positiontup or ()))

    def fetch(
        self, connection: asyncpg.Connection, values: Mapping[str, object], *, timeout: float | None = None
    ) -> Awaitable[Rows]:
        """Run on a connection, with a value for every parameter; others are left alone."""
        given = [values[name] for name in self.parameters]
        return cast("Awaitable[Rows]", connection.fetch(self.sql, *given, timeout=timeout))
