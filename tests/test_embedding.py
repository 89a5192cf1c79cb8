"""What docs/embedding.md shows and promises."""

import asyncio
import doctest
import importlib
import re
from pathlib import Path

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from tests.builders import NOW, a_version, a_wheel
from tests.support.stores import put

PAGE = Path("docs/embedding.md")


def test_every_example_does_what_the_page_says(database_dsn: str) -> None:
    asyncio.run(fill(database_dsn))
    given = {"wheel": a_wheel("demo_provider", files={"demo_provider/__init__.py": b""}), "database_url": database_dsn}

    outcome = doctest.testfile(str(PAGE.absolute()), module_relative=False, globs=given, encoding="utf-8")

    assert outcome.attempted > 20
    assert outcome.failed == 0


async def fill(dsn: str) -> None:
    database = Database(dsn)
    try:
        store = PostgresVersionRepository(database)
        await put(store, a_version("1.0.0").yank("Broken.", at=NOW))
        await put(store, a_version("1.1.0"))
    finally:
        await database.dispose()


def test_everything_promised_is_there() -> None:
    promised = {
        "entrypoints.bootstrap": {
            "open_registry",
            "open_admin_use_cases",
            "open_wheel_verification",
            "build_registry",
            "Adapters",
            "MemoryAdapters",
        },
        "entrypoints.environment": {"load_settings", "load_group", "SettingsError"},
    }
    written = set(re.findall(r"`(\w+)(?:\(\w[\w, ]*\))?`", PAGE.read_text()))

    for module, names in promised.items():
        assert names <= written
        assert names <= set(vars(importlib.import_module(module)))
