"""Statements are what SQLAlchemy would run, without what it would do around them."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import event

from adapters.postgres.migrations import unpooled_config
from adapters.postgres.rows import write_provider, write_version
from adapters.postgres.statements import Statement
from adapters.postgres.updates import key
from adapters.postgres.writes import (
    ADD_EVENT,
    ADD_PROVIDER,
    ADD_VERSION,
    REPLACE_PROVIDER,
    REPLACE_VERSION,
    TOUCH_PROVIDER,
    Write,
    together,
)
from domain.catalog import Provider
from tests.builders import NOW, a_name, a_version, some_metadata

_PROVIDER = Provider(name=a_name(), metadata=some_metadata(), created_at=NOW, updated_at=NOW)
_ROWS: Mapping[str, Mapping[str, object]] = {
    "provider": write_provider(_PROVIDER),
    "version": {"id": "01890a5d-ac96-774b-bcce-b302099a8057", **write_version(a_version("1.0.0"))},
}
_VALUES = {f"{part}_{column}": value for part, row in _ROWS.items() for column, value in row.items()} | key(
    a_name(), a_version("1.0.0").version
)


@pytest.mark.parametrize(
    "write",
    [ADD_PROVIDER, REPLACE_PROVIDER, TOUCH_PROVIDER, ADD_VERSION, REPLACE_VERSION],
    ids=["ADD_PROVIDER", "REPLACE_PROVIDER", "TOUCH_PROVIDER", "ADD_VERSION", "REPLACE_VERSION"],
)
async def test_a_statement_is_what_sqlalchemy_would_run(database_dsn: str, write: Write) -> None:
    engine = unpooled_config(database_dsn).get_engine()
    run: list[tuple[str, Any]] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *told: run.append((told[2], told[3])))
    async with engine.connect() as connection:
        for one in dict.fromkeys((ADD_PROVIDER, write)):
            await connection.execute(one.clause, _VALUES)
    statement = Statement.of(write.clause)
    assert run[-1] == (statement.sql, tuple(_VALUES[name] for name in statement.parameters))


def test_statements_that_write_the_same_kinds_of_rows_are_compiled_once() -> None:
    assert together(TOUCH_PROVIDER, ADD_VERSION, ADD_EVENT) is together(TOUCH_PROVIDER, ADD_VERSION, ADD_EVENT)
