"""The contract of what keeps attestations and decisions about publishers, kept by every adapter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.memory.provenance import InMemoryProvenance
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.provenance import PostgresProvenance
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from domain.provenance.admission import Admitted
from domain.provenance.attestations import Attestation, RecordedAttestation
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord
from domain.provenance.statements import SLSA_V1
from domain.semver import SemVer
from domain.version_state import Attest, Publish, VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from entrypoints.bootstrap.adapters import ProvenanceStore
from provider_registry_testing.writes import VersionStore, event_of
from tests.builders import NOW, a_building_version, a_name, a_version, some_metadata
from tests.domain.provenance.test_publishers import RELEASE
from tests.support.statements import PUBLISH_V1
from tests.support.stores import put

Stores = tuple[VersionStore, ProvenanceStore]
LATER = NOW + timedelta(hours=1)
POLICY = PublisherPolicy.pinned_to(RELEASE)
FIRST = Attestation(
    sent='{"note": "naïve \\u0000 \\\\", "version":  1}'.encode(),
    predicate_type=PUBLISH_V1,
    claims=RELEASE,
    log_index=2**40,
    logged_at=NOW,
)
SECOND = replace(FIRST, sent=b'{"version": 1}', predicate_type=SLSA_V1, log_index=0, logged_at=None)
PINNED = PublisherEvent(
    action=PublisherAction.PINNED,
    at=NOW,
    actor="mch_1",
    policy=replace(POLICY, triggers=frozenset({"release", "push"})),
    version=SemVer.parse("1.0.0"),
    request_id="r-1",
)
SET = PublisherEvent(action=PublisherAction.SET, at=LATER, actor="operator:ann", policy=POLICY, reason="as agreed")


def admitted(*attestations: Attestation, events: tuple[PublisherEvent, ...] = ()) -> Admitted:
    return Admitted(attestations=attestations, events=events, added_by="mch_1", detail="")


@pytest.fixture(params=["memory", "postgres"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        memory = InMemoryVersionRepository()
        return memory, InMemoryProvenance(memory)
    database = request.getfixturevalue("database")
    return PostgresVersionRepository(database), PostgresProvenance(database)


async def publish(store: VersionStore, version: ProviderVersion, provenance: Admitted) -> VersionSnapshot:
    def decide(state: VersionSnapshot) -> tuple[VersionWrite, VersionSnapshot]:
        write = Publish(version=version, event=event_of(version), metadata=some_metadata(), provenance=provenance)
        return write, state.after(write)

    return await store.update(version.name, version.version, decide)


async def attest(store: VersionStore, version: ProviderVersion, provenance: Admitted) -> VersionSnapshot:
    def decide(state: VersionSnapshot) -> tuple[VersionWrite, VersionSnapshot]:
        write = Attest(at=LATER, version=version, provenance=provenance)
        return write, state.after(write)

    return await store.update(version.name, version.version, decide)


async def test_attestations_come_back_byte_for_byte_in_their_order(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()

    await publish(store, version, admitted(FIRST, SECOND))

    assert await provenance.list_attestations(version.name, version.version) == [
        RecordedAttestation(attestation=each, added_at=event_of(version).at, added_by="mch_1")
        for each in (FIRST, SECOND)
    ]


async def test_a_version_without_attestations_has_none(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()
    await put(store, version)

    assert await provenance.list_attestations(version.name, version.version) == []
    assert await provenance.list_attestations(version.name, SemVer.parse("9.9.9")) == []


async def test_later_attestations_are_added_and_those_that_are_there_are_left_as_they_are(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()
    await publish(store, version, admitted(FIRST))

    await attest(store, version, replace(admitted(FIRST, SECOND), added_by="mch_2"))

    found = await provenance.list_attestations(version.name, version.version)
    assert [(each.attestation, each.added_by) for each in found] == [(FIRST, "mch_1"), (SECOND, "mch_2")]
    stored = await store.load(version.name, version.version)
    assert stored.version == version
    assert stored.provider is not None
    assert stored.provider.updated_at == LATER


async def test_attestations_of_versions_that_are_not_public_are_not_shown(stores: Stores) -> None:
    store, provenance = stores
    version = a_building_version()
    await put(store, version)

    assert await provenance.list_attestations(version.name, version.version) == []


async def test_what_a_version_pins_is_loaded_with_the_next_one(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()

    after = await publish(store, version, admitted(FIRST, events=(PINNED,)))

    expected = PublisherRecord(policy=PINNED.policy, first_verified=version.version)
    wheel = version.announcement.wheel_url.filename
    assert after.publishers == expected
    assert (await store.load(version.name, version.version)).publishers == expected
    assert (await store.load(version.name, SemVer.parse("2.0.0"), wheel=wheel)).publishers == expected
    assert await provenance.history(version.name) == [PINNED]


async def test_an_operator_may_decide_before_there_is_a_provider(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()
    assert await provenance.list_providers() == []

    await provenance.add(version.name, SET)

    loaded = await store.load(version.name, version.version, wheel=version.announcement.wheel_url.filename)
    assert loaded.publishers == PublisherRecord(policy=POLICY)
    assert loaded.provider is None
    assert await provenance.list_providers() == [version.name]
    assert await provenance.history(a_name("platform/other")) == []


async def test_decisions_come_back_in_their_order(stores: Stores) -> None:
    _, provenance = stores
    events = [
        SET,
        replace(SET, action=PublisherAction.EXCEPTED, policy=None, version=SemVer.parse("1.0.0-rc.1+build.7")),
        replace(SET, action=PublisherAction.CLEARED, policy=None),
    ]
    for event in events:
        await provenance.add(a_name(), event)

    assert await provenance.history(a_name()) == events


async def test_a_writer_who_decided_before_an_operator_decides_again(stores: Stores) -> None:
    store, provenance = stores
    await put(store, a_version("1.0.0"))
    version = a_version("2.0.0")
    seen = await store.load(version.name, version.version)
    await provenance.add(version.name, SET)
    decided_on = []

    def decide(state: VersionSnapshot) -> tuple[VersionWrite, None]:
        decided_on.append(state.publishers.policy)
        return Publish(version=version, event=event_of(version)), None

    await store.update(version.name, version.version, decide, seen=seen)

    assert decided_on[-1] == POLICY


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["attestations", "publisher_events"])
async def test_the_database_refuses_to_change_what_was_kept(database: Database, table: str, statement: str) -> None:
    version = a_version()
    await publish(PostgresVersionRepository(database), version, admitted(FIRST, events=(PINNED,)))
    column = "added_by" if table == "attestations" else "actor"

    with pytest.raises(StoreUnavailableError) as refusal:
        async with database.transaction() as connection:
            await connection.execute(text(statement.format(table).replace("actor", column)))
    assert "only ever added to" in str(refusal.value.__cause__)
