"""Registrations that are accepted, and done later by whoever claims their tasks."""

from dataclasses import replace
from uuid import UUID

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from application.errors import LeaseLostError, StoreUnavailableError, TooManyRegistrationsError, WheelHostFailedError
from application.ports.wheel_fetcher import FetchedWheel
from application.registration_payload import read_payload, write_payload
from application.use_cases.build_version import BuildOutcome
from domain.announcements import Announcement
from domain.compatibility.gate import AcceptedBreak
from domain.customers import Customer
from domain.errors import (
    MetadataRequiredError,
    NamespaceForbiddenError,
    RegistrationNotFoundError,
    SchemaRefusedError,
    VersionConflictError,
    WheelRefusedError,
)
from domain.names import ProviderName
from domain.registrants import ConsoleMachine, Operator, Registrant
from domain.registration import Registration
from domain.schemas import CanonicalJson
from domain.semver import SemVer
from domain.tasks import LeasedTask, TaskKind
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, build_registry
from provider_registry_testing.writes import steps_of
from tests.builders import MACHINE_ID, NOW, a_building_version, a_wheel, a_wheel_url, some_metadata

GCP = ProviderName.parse("platform/gcp")
V1 = SemVer.parse("1.0.0")
A_CUSTOMER = Customer(
    id="user_1",
    user_id="user_1",
    organization_id="org_1",
    organization_slug="acme",
    organization_name="Acme",
    role="admin",
    permissions=frozenset({"org:publish"}),
    impersonator="user_2",
)


class TroubledHost(InMemoryWheelFetcher):
    """Raises what is set, as often as it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.troubles: list[Exception] = []

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        if self.troubles:
            raise self.troubles.pop()
        return await super().fetch(url, namespace=namespace)


class World:
    def __init__(self) -> None:
        self.clock, self.host = ManualClock(NOW), TroubledHost()
        self.host.put(a_wheel_url(), a_wheel())
        self.adapters = MemoryAdapters(clock=self.clock, fetcher=self.host)
        self.registry = build_registry(self.adapters)

    async def accept(self, registration: Registration | None = None) -> ProviderVersion:
        return (await self.registry.accept_registration.execute(registration or a_registration())).version

    async def claim(self, *, seconds: float = 30) -> LeasedTask:
        [leased] = await self.adapters.tasks.claim(TaskKind.REGISTRATION, seconds=seconds, limit=1)
        return leased

    async def build(self) -> BuildOutcome:
        return await self.registry.build_version.execute(await self.claim())

    async def version(self) -> ProviderVersion:
        found = (await self.adapters.store.load(GCP, V1)).version
        assert found is not None
        return found

    async def is_idle(self) -> bool:
        return not await self.adapters.tasks.list_tasks(limit=1)


@pytest.fixture
def world() -> World:
    return World()


def a_registration(**announced: object) -> Registration:
    fields = {"wheel_url": a_wheel_url(), **announced}
    return Registration(
        registrant=ConsoleMachine(MACHINE_ID),
        name=GCP,
        version=V1,
        announcement=Announcement(**fields),  # type: ignore[arg-type] # a builder
        metadata=some_metadata(),
        request_id="req-1",
    )


async def test_what_is_accepted_is_built_later_and_shows_nowhere_before(world: World) -> None:
    accepted = await world.accept()
    assert accepted.status is VersionStatus.BUILDING
    assert not world.host.fetches
    assert await world.adapters.store.find(GCP, V1) is None
    assert await world.build() is BuildOutcome.DONE
    published = await world.version()
    assert published.status is VersionStatus.PUBLISHED
    assert published.registration_id == accepted.registration_id
    assert await world.is_idle()
    [event] = steps_of(await world.adapters.store.history(GCP, V1))
    assert (event.actor, event.request_id) == (MACHINE_ID, "req-1")


async def test_a_registration_is_found_by_its_id_alone(world: World) -> None:
    accepted = await world.accept()
    assert accepted.registration_id is not None
    assert await world.registry.find_registration.execute(accepted.registration_id) == accepted
    with pytest.raises(RegistrationNotFoundError):
        await world.registry.find_registration.execute(UUID(int=1))


async def test_a_repeat_while_it_is_built_is_the_same_registration_and_other_content_a_conflict(world: World) -> None:
    first = await world.accept()
    assert await world.accept() == first
    with pytest.raises(VersionConflictError) as conflict:
        await world.accept(a_registration(package_name="other"))
    assert (conflict.value.status, conflict.value.differences) == ("building", ("package_name",))
    with pytest.raises(VersionConflictError):
        await world.registry.register_version.execute(a_registration(package_name="other"))
    assert len(await world.adapters.tasks.list_tasks(limit=10)) == 1


async def test_a_repeat_of_what_is_public_is_answered_at_once(world: World) -> None:
    await world.registry.register_version.execute(a_registration())
    accepted = await world.registry.accept_registration.execute(a_registration())
    assert (accepted.created, accepted.version.status) == (False, VersionStatus.PUBLISHED)
    assert await world.is_idle()


async def test_what_needs_no_wheel_is_refused_at_once(world: World) -> None:
    with pytest.raises(NamespaceForbiddenError):
        await world.accept(replace(a_registration(), name=ProviderName.parse("acme/gcp")))
    with pytest.raises(MetadataRequiredError):
        await world.accept(replace(a_registration(), metadata=None))
    with pytest.raises(WheelRefusedError):
        await world.accept(replace(a_registration(), version=SemVer.parse("2.0.0")))
    with pytest.raises(SchemaRefusedError):
        await world.accept(a_registration(config_schema=CanonicalJson.of({"type": "nonsense"})))
    assert await world.is_idle()
    assert not world.host.fetches
    assert (await world.version()).status is VersionStatus.FAILED


async def test_a_wheel_that_is_refused_fails_the_version_with_its_code_and_sentence(world: World) -> None:
    await world.accept(a_registration(sha256=Sha256Digest("0" * 64)))
    assert await world.build() is BuildOutcome.REFUSED
    failed = await world.version()
    assert (failed.status, failed.error_code) == (VersionStatus.FAILED, "wheel_digest_mismatch")
    assert failed.error_message
    assert failed.registration_id is not None
    assert await world.is_idle()


async def test_a_failed_version_is_accepted_again_under_another_id(world: World) -> None:
    first = await world.accept(a_registration(sha256=Sha256Digest("0" * 64)))
    await world.build()
    second = await world.accept()
    assert second.status is VersionStatus.BUILDING
    assert second.registration_id not in {None, first.registration_id}
    assert await world.build() is BuildOutcome.DONE


async def test_a_conflict_that_only_the_wheel_shows_is_a_failure(world: World) -> None:
    first = replace(a_registration(), name=ProviderName.parse("acme/gcp"), registrant=A_CUSTOMER)
    stranger = replace(A_CUSTOMER, organization_id="org_2", organization_slug="other")
    await world.accept(first)
    await world.registry.register_version.execute(
        replace(first, name=ProviderName.parse("other/gcp"), registrant=stranger)
    )
    assert await world.build() is BuildOutcome.REFUSED
    failed = (await world.adapters.store.load(first.name, V1)).version
    assert failed is not None
    assert (failed.status, failed.error_code) == (VersionStatus.FAILED, "distribution_conflict")
    assert await world.is_idle()


async def test_a_host_in_trouble_is_asked_again_later(world: World) -> None:
    world.host.troubles = [WheelHostFailedError("the host answered 500")]
    await world.accept()
    assert await world.build() is BuildOutcome.RETRIED
    [queued] = await world.adapters.tasks.list_tasks(limit=1)
    assert queued.last_error == "wheel_host_failed: the host answered 500"
    world.clock.advance(seconds=60)
    assert await world.build() is BuildOutcome.DONE


async def test_after_three_attempts_the_build_is_abandoned_and_says_why(world: World) -> None:
    world.host.troubles = [WheelHostFailedError("the host answered 500") for _ in range(9)]
    await world.accept()
    outcomes = []
    for _ in range(3):
        outcomes.append(await world.build())
        world.clock.advance(seconds=3_600)
    assert outcomes == [BuildOutcome.RETRIED, BuildOutcome.RETRIED, BuildOutcome.ABANDONED]
    failed = await world.version()
    assert (failed.status, failed.error_code) == (VersionStatus.FAILED, "build_abandoned")
    assert failed.error_message is not None
    assert "the host answered 500" in failed.error_message
    assert await world.is_idle()


async def test_a_task_that_killed_three_workers_is_given_up_before_a_fourth_touches_it(world: World) -> None:
    await world.accept()
    for _ in range(3):
        await world.claim(seconds=0)  # and the worker dies
    assert await world.build() is BuildOutcome.ABANDONED
    assert not world.host.fetches
    assert (await world.version()).error_code == "build_abandoned"
    assert await world.is_idle()


async def test_a_task_that_was_given_back_for_a_day_is_given_up_before_another_worker_touches_it(world: World) -> None:
    await world.accept()
    for _ in range(24):
        leased = await world.claim()
        assert leased.lease.attempt == 1
        await world.adapters.tasks.give_back(leased.lease)
        world.clock.advance(seconds=3_600)
    assert (await world.version()).status is VersionStatus.BUILDING
    world.clock.advance(seconds=1)
    assert await world.build() is BuildOutcome.ABANDONED
    assert not world.host.fetches
    failed = await world.version()
    assert (failed.status, failed.error_code) == (VersionStatus.FAILED, "build_abandoned")
    assert "not built within 86400 seconds" in (failed.error_message or "")
    assert await world.is_idle()


async def test_an_attempt_that_could_not_begin_before_the_deadline_is_not_waited_for(world: World) -> None:
    world.host.troubles = [WheelHostFailedError("the host answered 500")]
    await world.accept()
    world.clock.advance(seconds=86_400)
    assert await world.build() is BuildOutcome.ABANDONED
    failed = await world.version()
    assert "gave up after 1 attempts: at last wheel_host_failed" in (failed.error_message or "")
    assert await world.is_idle()


async def test_a_worker_that_froze_publishes_nothing(world: World) -> None:
    await world.accept()
    frozen, current = await world.claim(seconds=0), await world.claim()
    with pytest.raises(LeaseLostError):
        await world.registry.build_version.execute(frozen)
    with pytest.raises(LeaseLostError):
        await world.registry.build_version.fail(frozen, "a defect")
    assert (await world.version()).status is VersionStatus.BUILDING
    assert await world.registry.build_version.execute(current) is BuildOutcome.DONE
    with pytest.raises(LeaseLostError):
        await world.registry.build_version.execute(frozen)


async def test_a_defect_is_tried_again_and_named_in_the_end(world: World) -> None:
    await world.accept()
    leased = await world.claim()
    assert await world.registry.build_version.fail(leased, "a defect (TypeError)") is BuildOutcome.RETRIED
    world.clock.advance(seconds=3_600)
    for _ in range(2):
        leased = await world.claim(seconds=0)
    assert await world.registry.build_version.fail(leased, "a defect (TypeError)") is BuildOutcome.ABANDONED
    assert "TypeError" in ((await world.version()).error_message or "")


async def test_a_task_that_cannot_be_read_blocks_its_version_no_longer_than_others(world: World) -> None:
    accepted = await world.accept()
    assert accepted.registration_id is not None
    held = world.adapters.store.tasks[accepted.registration_id]
    held.task = replace(held.task, payload='{"of": "a later release"}')
    leased = await world.claim()
    with pytest.raises(KeyError):
        await world.registry.build_version.execute(leased)
    held.attempts = 3
    world.clock.advance(seconds=3_600)
    assert await world.build() is BuildOutcome.ABANDONED
    assert (await world.version()).error_code == "build_abandoned"
    assert await world.is_idle()


async def test_a_customer_may_have_a_hundred_registrations_waiting_and_others_are_not_in_its_way(world: World) -> None:
    crm = replace(a_registration(), registrant=A_CUSTOMER, name=ProviderName.parse("acme/crm"))
    for number in range(100):
        await world.accept(_numbered(crm, number))
    first = await world.accept(_numbered(crm, 0))
    assert first.status is VersionStatus.BUILDING
    with pytest.raises(TooManyRegistrationsError, match="100 registrations of acme wait already"):
        await world.accept(_numbered(crm, 100))
    assert (await world.accept()).status is VersionStatus.BUILDING
    await world.build()
    assert (await world.accept(_numbered(crm, 100))).status is VersionStatus.BUILDING


def _numbered(registration: Registration, number: int) -> Registration:
    version = f"1.{number}.0"
    announcement = Announcement(wheel_url=a_wheel_url(version))
    return replace(registration, version=SemVer.parse(version), announcement=announcement)


async def test_who_registers_at_once_meanwhile_publishes_and_the_task_ends_without_a_fetch(world: World) -> None:
    accepted = await world.accept()
    registered = await world.registry.register_version.execute(a_registration())
    assert registered.created
    assert registered.version.registration_id == accepted.registration_id
    fetches = world.host.fetches.total()
    assert await world.build() is BuildOutcome.DONE
    assert world.host.fetches.total() == fetches
    assert await world.is_idle()


async def test_an_outage_is_no_end_of_a_task(world: World) -> None:
    await world.accept()
    leased = await world.claim()
    world.adapters.store.unavailable = True
    with pytest.raises(StoreUnavailableError):
        await world.registry.build_version.execute(leased)
    world.adapters.store.unavailable = False
    world.clock.advance(seconds=60)
    assert await world.build() is BuildOutcome.DONE


@pytest.mark.parametrize("registrant", [ConsoleMachine("mch_1"), Operator("operator:ann"), A_CUSTOMER])
@pytest.mark.parametrize("changes", [None, frozenset({"b", "a"})])
def test_a_payload_says_who_registers_and_with_what(registrant: Registrant, changes: frozenset[str] | None) -> None:
    registration = replace(
        a_registration(),
        registrant=registrant,
        metadata_from_wheel=True,
        accept_breaking=AcceptedBreak("It was never read.", changes),
    )
    version = replace(a_building_version(), announcement=registration.announcement)
    read = read_payload(write_payload(registration), version)
    assert replace(read, registrant=registrant) == registration
    for field in ("id", "actor", "organization_id", "organization_name"):
        assert getattr(read.registrant, field, None) == getattr(registrant, field, None)
    read.registrant.authorise(ProviderName.parse("acme/gcp" if registrant is A_CUSTOMER else "platform/gcp"))
