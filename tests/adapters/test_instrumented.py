"""Adapters that are watched do what they did before, and tell what they do."""

from pathlib import Path

import pytest

from adapters.clerk.machine_tokens import ClerkTokenVerifier
from adapters.instrumentation import Stage
from adapters.instrumented import (
    InstrumentedVerifier,
    InstrumentedVersionRepository,
    InstrumentedWheelFetcher,
    InstrumentedWheelReader,
)
from adapters.memory.observer import InMemoryObserver
from adapters.memory.token_verifiers import InMemoryTokenVerifier
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.errors import NotAuthenticatedError
from domain.errors import WheelRefusedError
from domain.registrants import ConsoleMachine
from domain.semver import SemVer
from tests.builders import MACHINE_ID, a_name, a_version, a_wheel, a_wheel_url
from tests.support.clerk import a_realm
from tests.support.stores import writing

VERSION = SemVer.parse("1.0.0")


@pytest.fixture
def seen() -> InMemoryObserver:
    return InMemoryObserver()


async def test_a_verification_is_a_stage_whatever_comes_of_it(seen: InMemoryObserver) -> None:
    inner = InMemoryTokenVerifier()
    verifier = InstrumentedVerifier(inner, seen)

    assert await verifier.verify(inner.issue(ConsoleMachine(MACHINE_ID))) == ConsoleMachine(MACHINE_ID)
    with pytest.raises(NotAuthenticatedError):
        await verifier.verify("mt_never_issued")
    assert (seen.stages, seen.open) == ([Stage.AUTHENTICATE] * 2, [])


async def test_a_fetch_ends_as_a_stage_when_the_bytes_are_there(seen: InMemoryObserver) -> None:
    inner, data = InMemoryWheelFetcher(), a_wheel()
    inner.put(a_wheel_url(), data)
    with await InstrumentedWheelFetcher(inner, seen).fetch(a_wheel_url()) as fetched:
        assert fetched.content == data
        assert (seen.stages, seen.open, seen.wheels) == ([Stage.FETCH], [], [(a_wheel_url().host, len(data))])


async def test_a_fetch_that_fails_is_a_stage_without_a_wheel(seen: InMemoryObserver) -> None:
    with pytest.raises(WheelRefusedError):
        await InstrumentedWheelFetcher(InMemoryWheelFetcher(), seen).fetch(a_wheel_url())

    assert (seen.stages, seen.open, seen.wheels) == ([Stage.FETCH], [], [])


async def test_reading_an_archive_is_a_stage(seen: InMemoryObserver, tmp_path: Path) -> None:
    path = tmp_path / "wheel.whl"
    path.write_bytes(a_wheel())
    observed = await InstrumentedWheelReader(ZipWheelReader(), seen).read(path)

    assert observed == await ZipWheelReader().read(path)
    assert seen.stages == [Stage.INSPECT]


async def test_loads_and_updates_are_stages_and_return_what_the_repository_returns(seen: InMemoryObserver) -> None:
    inner, version = InMemoryVersionRepository(), a_version()
    repository = InstrumentedVersionRepository(inner, seen)

    after = await repository.update(a_name(), version.version, writing(version))
    loaded = await repository.load(a_name(), version.version)

    assert loaded == after == await inner.load(a_name(), version.version)
    assert seen.stages == [Stage.WRITE, Stage.LOAD]


async def test_calls_to_clerk_are_named_without_ids_and_told_whether_they_succeeded(seen: InMemoryObserver) -> None:
    with a_realm() as realm:
        async with ClerkTokenVerifier(realm.settings(), realm.clock, observer=seen) as verifier:
            await verifier.verify(realm.clerk.mint(realm.sender))
            await verifier.verify(realm.clerk.mint(realm.sender, format="jwt"))

    assert seen.calls == [("m2m_tokens", True), ("jwks", True)]


async def test_connections_in_use_go_up_and_down_again(seen: InMemoryObserver, database_dsn: str) -> None:
    database = Database(database_dsn, observer=seen)
    try:
        async with database.transaction(), database.transaction():
            during = seen.connections
        await PostgresVersionRepository(database).ping()
    finally:
        await database.dispose()

    assert (during, seen.connections, seen.pool_size) == (2, 0, database.options.pool_size)
