"""The contract of what keeps attestations and decisions about publishers, kept by every adapter."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.memory.attestation_verifier import InMemoryAttestationVerifier
from adapters.memory.clock import ManualClock
from adapters.memory.provenance import InMemoryProvenance
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.postgres.engine import Database
from adapters.postgres.provenance import PostgresProvenance
from adapters.postgres.version_repository import PostgresVersionRepository
from application.errors import StoreUnavailableError
from application.use_cases.provenance import AddAttestations, VerifyAttestations
from domain.attesting import Addition
from domain.provenance.admission import Admitted, AttestationMode, CheckedProvenance, Step
from domain.provenance.attestations import Attestation, RecordedAttestation, SignedStatement
from domain.provenance.errors import InvalidAttestationsError, PublisherMismatchError
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord
from domain.provenance.sent import MAX_ATTESTATIONS, MAX_KEPT
from domain.provenance.statements import SLSA_V1, STATEMENT_V1
from domain.registrants import Operator
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


@pytest.mark.hostile
async def test_of_two_publishers_whose_first_versions_come_at_once_one_is_pinned(stores: Stores) -> None:
    store, provenance = stores
    attempts = [
        _first_version(
            store, number, replace(FIRST, sent=b'{"n": %d}' % owner, claims=replace(RELEASE, owner_id=str(owner)))
        )
        for owner, number in enumerate(["1.0.0", "1.1.0", "1.2.0", "1.3.0"])
    ]

    outcomes = await asyncio.gather(*attempts, return_exceptions=True)

    history = await provenance.history(a_name())
    assert [type(each) for each in outcomes if each is not None] == [PublisherMismatchError] * 3
    assert [each.action for each in history] == [PublisherAction.PINNED]
    published = await store.list_versions(a_name())
    assert [each.version for each in published] == [history[0].version]


async def _first_version(store: VersionStore, number: str, attestation: Attestation) -> None:
    version = a_version(number)
    seen = await store.load(version.name, version.version)
    checked = CheckedProvenance(mode=AttestationMode.RECORD, attestations=(attestation,))

    def decide(state: VersionSnapshot) -> tuple[VersionWrite, None]:
        admitted = checked.admit(state.publishers, version.version, Step(at=NOW, actor="mch_1"))
        return Publish(version=version, event=event_of(version), metadata=some_metadata(), provenance=admitted), None

    await store.update(version.name, version.version, decide, seen=seen)


@pytest.mark.hostile
async def test_a_version_keeps_no_more_attestations_than_it_may_however_many_come_at_once(stores: Stores) -> None:
    store, provenance = stores
    version = a_version()
    await put(store, version)
    verifier = InMemoryAttestationVerifier()
    wheel = version.wheel
    assert wheel is not None
    subject = {"name": wheel.filename, "digest": {"sha256": wheel.sha256.hex}}
    statement = {"_type": STATEMENT_V1, "subject": [subject], "predicateType": PUBLISH_V1, "predicate": None}
    sent = [b'{"n": %d}' % number for number in range(6 * MAX_ATTESTATIONS)]
    for each in sent:
        signed = SignedStatement(payload=json.dumps(statement).encode(), claims=RELEASE, log_index=0)
        verifier.put(each, signed)
    clock = ManualClock()
    adding = AddAttestations(
        versions=store,
        queries=provenance,
        verify=VerifyAttestations(verifier, clock, AttestationMode.RECORD),
        clock=clock,
    )
    requests = [
        Addition(
            registrant=Operator("operator:ann"),
            name=version.name,
            version=version.version,
            attestations=tuple(sent[start : start + MAX_ATTESTATIONS]),
        )
        for start in range(0, len(sent), MAX_ATTESTATIONS)
    ]

    outcomes = await asyncio.gather(*map(adding.execute, requests), return_exceptions=True)

    kept = await provenance.list_attestations(version.name, version.version)
    assert len(kept) == MAX_KEPT
    assert sum(isinstance(each, InvalidAttestationsError) for each in outcomes) == 2


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
