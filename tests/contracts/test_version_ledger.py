"""The contract of a ledger of versions, kept by every adapter."""

import pytest

from adapters.memory.version_ledger import InMemoryVersionLedger
from adapters.memory.version_store import InMemoryVersionStore
from adapters.postgres.engine import Database
from adapters.postgres.version_ledger import PostgresVersionLedger
from adapters.postgres.version_repository import PostgresVersionStore
from application.errors import StoreUnavailableError
from application.ports.version_ledger import VersionLedger
from application.ports.version_store import VersionStore
from domain.canonical_json import CanonicalJson
from domain.errors import WheelFault, WheelRefusedError
from tests.builders import NOW, a_building_version, a_name, a_version
from tests.support.stores import put

REFUSAL = WheelRefusedError(WheelFault.DIGEST_MISMATCH, "the bytes differ")
Kept = tuple[VersionStore, VersionLedger]


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        memory = InMemoryVersionStore()
        return memory, InMemoryVersionLedger(memory)
    database: Database = request.getfixturevalue("database")
    return PostgresVersionStore(database), PostgresVersionLedger(database)


async def test_versions_of_every_status_come_newest_first(kept: Kept) -> None:
    store, ledger = kept
    await put(
        store,
        a_version("1.9.0"),
        a_building_version("1.10.0").fail(REFUSAL, at=NOW),
        a_version("1.10.0-rc.1").yank("broken", at=NOW),
        a_building_version("2.0.0"),
        a_version("3.0.0", name="platform/other"),
    )

    found = [(each.version.text, each.status.value) for each in await ledger.versions_of(a_name())]

    assert found == [("2.0.0", "building"), ("1.10.0", "failed"), ("1.10.0-rc.1", "yanked"), ("1.9.0", "published")]


async def test_a_failed_version_comes_with_its_reason(kept: Kept) -> None:
    store, ledger = kept
    await put(store, a_building_version().fail(REFUSAL, at=NOW))

    [failed] = await ledger.versions_of(a_name())

    assert (failed.error_code, failed.error_message) == ("wheel_digest_mismatch", "the bytes differ")


async def test_versions_are_shown_as_the_store_lists_them(kept: Kept) -> None:
    store, ledger = kept
    await put(store, a_version(config_schema=CanonicalJson.of({"type": "object"})))

    assert list(await ledger.versions_of(a_name())) == list(await store.list_versions(a_name()))


async def test_a_provider_that_nobody_registered_has_none(kept: Kept) -> None:
    assert list(await kept[1].versions_of(a_name())) == []


async def test_an_outage_reaches_the_ledger() -> None:
    memory = InMemoryVersionStore()
    memory.unavailable = True
    database = Database("postgresql://registry@127.0.0.1:1/registry")
    for ledger in (InMemoryVersionLedger(memory), PostgresVersionLedger(database)):
        with pytest.raises(StoreUnavailableError):
            await ledger.versions_of(a_name())
    await database.dispose()
