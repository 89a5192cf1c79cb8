"""Statements are what SQLAlchemy would run, without what it would do around them."""

from collections.abc import Mapping
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from sqlalchemy import event

from adapters.postgres.mapping import (
    write_claimed_file,
    write_distribution,
    write_distribution_event,
    write_event,
    write_provider,
    write_version,
)
from adapters.postgres.schema import unpooled_config
from adapters.postgres.updates import key
from adapters.postgres.writes import (
    ADD_DISTRIBUTION,
    ADD_EVENT,
    ADD_FILE,
    ADD_OWNERSHIP,
    ADD_PROVIDER,
    ADD_VERSION,
    CHANGE_OWNER,
    REPLACE_PROVIDER,
    REPLACE_VERSION,
    TOUCH_PROVIDER,
    Write,
    joined,
    together,
)
from domain.catalog import Provider
from domain.digests import Sha256Digest
from domain.distributions import Distribution, DistributionAction, DistributionEvent
from domain.history import LifecycleAction, LifecycleEvent
from domain.semver import SemVer
from domain.wheel_names import ClaimedFile
from tests.builders import NOW, a_name, a_version, some_metadata

_PROVIDER = Provider(name=a_name(), metadata=some_metadata(), created_at=NOW, updated_at=NOW)
_EVENT = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=NOW, actor="mch_ci")
_OWNER = Distribution(name=canonicalize_name("tools"), prefix="platform")
_OWNERSHIP = DistributionEvent(action=DistributionAction.CLAIMED, owner=_OWNER, at=NOW, actor="mch_ci")
_FILE = ClaimedFile(
    filename="tools-1.0.0-py3-none-any.whl",
    sha256=Sha256Digest("0" * 64),
    provider=a_name(),
    version=SemVer.parse("1.0.0"),
)
_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
_ROWS: Mapping[str, Mapping[str, object]] = {
    "provider": write_provider(_PROVIDER),
    "version": {"id": _ID, **write_version(a_version("1.0.0"))},
    "event": {"id": _ID, **write_event(_EVENT)},
    "distribution": write_distribution(_OWNER),
    "ownership": {"id": _ID, **write_distribution_event(_OWNERSHIP)},
    "file": write_claimed_file(_FILE),
}
_VALUES = (
    {f"{part}_{column}": value for part, row in _ROWS.items() for column, value in row.items()}
    | key(a_name(), a_version("1.0.0").version)
    | {"of_revision": 0}
)


@pytest.mark.parametrize(
    "writes",
    [
        (ADD_PROVIDER, ADD_VERSION, ADD_EVENT),
        (REPLACE_PROVIDER, REPLACE_VERSION, ADD_EVENT),
        (TOUCH_PROVIDER, ADD_VERSION),
        (REPLACE_PROVIDER,),
        (ADD_PROVIDER, ADD_DISTRIBUTION, ADD_OWNERSHIP, ADD_FILE, ADD_VERSION, ADD_EVENT),
        (TOUCH_PROVIDER, CHANGE_OWNER, ADD_OWNERSHIP, ADD_VERSION, ADD_EVENT),
    ],
    ids=["first", "again", "touching", "metadata", "claiming", "taking over"],
)
async def test_a_statement_is_what_sqlalchemy_would_run(database_dsn: str, writes: tuple[Write, ...]) -> None:
    engine = unpooled_config(database_dsn).get_engine()
    run: list[tuple[str, Any]] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *told: run.append((told[2], told[3])))
    async with engine.connect() as connection:
        await connection.execute(joined(*writes), _VALUES)
    statement = together(*writes)
    assert run[-1] == (statement.sql, tuple(_VALUES[name] for name in statement.parameters))


def test_statements_that_write_the_same_kinds_of_rows_are_compiled_once() -> None:
    assert together(TOUCH_PROVIDER, ADD_VERSION, ADD_EVENT) is together(TOUCH_PROVIDER, ADD_VERSION, ADD_EVENT)
