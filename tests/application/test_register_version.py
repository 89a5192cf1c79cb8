"""The registration use case where writers meet, which no single request shows."""

import asyncio
from dataclasses import replace

import pytest

from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from application.errors import StoreUnavailableError
from application.ports.wheel_fetcher import FetchedWheel
from domain.announcements import Announcement
from domain.errors import NamespaceForbiddenError, VersionConflictError, WheelRefusedError
from domain.names import ProviderName
from domain.registrants import ConsoleMachine, Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.versions import VersionStatus
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.use_cases import UseCases
from tests.builders import MACHINE_ID, a_version, a_wheel, a_wheel_url, some_metadata
from tests.support.stores import writing

GCP = ProviderName.parse("platform/gcp")
V1 = SemVer.parse("1.0.0")


class SlowHost(InMemoryWheelFetcher):
    """Holds every download until it is told to go on, so that a test decides who is where."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()
        self.go_on = asyncio.Event()

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        fetched = await super().fetch(url, namespace=namespace)
        self.arrived.set()
        await self.go_on.wait()
        return fetched


def a_registration(**announced: object) -> Registration:
    fields = {"wheel_url": a_wheel_url(), **announced}
    return Registration(
        registrant=ConsoleMachine(MACHINE_ID),
        name=GCP,
        version=V1,
        announcement=Announcement(**fields),  # type: ignore[arg-type] # a builder
        metadata=some_metadata(),
    )


@pytest.fixture
def adapters() -> MemoryAdapters:
    adapters = MemoryAdapters(fetcher=SlowHost())
    adapters.fetcher.put(a_wheel_url(), a_wheel())
    return adapters


@pytest.fixture
def registry(adapters: MemoryAdapters) -> UseCases:
    return build_registry(adapters)


@pytest.fixture
def host(adapters: MemoryAdapters) -> SlowHost:
    assert isinstance(adapters.fetcher, SlowHost)
    return adapters.fetcher


async def test_a_wheel_is_fetched_for_the_namespace_of_its_provider(registry: UseCases, host: SlowHost) -> None:
    host.go_on.set()
    await registry.dry_run_registration.execute(a_registration())
    await registry.register_version.execute(a_registration())
    assert host.namespaces == ["platform", "platform"]


async def test_a_writer_that_lost_the_race_with_the_same_bytes_reads_the_winners_version(
    registry: UseCases, host: SlowHost
) -> None:
    loser = asyncio.create_task(registry.register_version.execute(a_registration()))
    await host.arrived.wait()
    winner = asyncio.create_task(registry.register_version.execute(a_registration()))
    host.go_on.set()

    outcomes = await asyncio.gather(loser, winner)

    assert sorted(outcome.created for outcome in outcomes) == [False, True]
    assert outcomes[0].version == outcomes[1].version


async def test_a_writer_whose_bytes_differ_from_the_winners_is_in_conflict_although_it_announced_no_digest(
    adapters: MemoryAdapters, registry: UseCases, host: SlowHost
) -> None:
    first = asyncio.create_task(registry.register_version.execute(a_registration()))
    await host.arrived.wait()
    adapters.fetcher.put(a_wheel_url(), a_wheel(files={"gcp_provider/__init__.py": b"replaced = True\n"}))
    second = asyncio.create_task(registry.register_version.execute(a_registration()))
    host.go_on.set()

    outcomes = await asyncio.gather(first, second, return_exceptions=True)

    (conflict,) = [outcome for outcome in outcomes if isinstance(outcome, VersionConflictError)]
    assert conflict.differences == ("sha256",)


async def test_a_refusal_that_comes_late_does_not_touch_what_was_published_meanwhile(
    adapters: MemoryAdapters, registry: UseCases, host: SlowHost
) -> None:
    wrong = a_registration(sha256=Sha256Digest("0" * 64))
    late = asyncio.create_task(registry.register_version.execute(wrong))
    await host.arrived.wait()
    prompt = asyncio.create_task(registry.register_version.execute(a_registration()))
    host.go_on.set()

    outcomes = await asyncio.gather(late, prompt, return_exceptions=True)

    assert isinstance(outcomes[0], WheelRefusedError)
    stored = await adapters.store.find(GCP, V1)
    assert stored is not None
    assert stored.status is VersionStatus.PUBLISHED


async def test_a_store_that_fails_after_the_fetch_leaves_nothing_and_the_retry_succeeds(
    adapters: MemoryAdapters, registry: UseCases, host: SlowHost
) -> None:
    attempt = asyncio.create_task(registry.register_version.execute(a_registration()))
    await host.arrived.wait()
    adapters.store.unavailable = True
    host.go_on.set()

    with pytest.raises(StoreUnavailableError):
        await attempt

    adapters.store.unavailable = False
    assert (await registry.register_version.execute(a_registration())).created


async def test_a_cancelled_registration_leaves_neither_bytes_nor_rows(
    adapters: MemoryAdapters, registry: UseCases, host: SlowHost
) -> None:
    attempt = asyncio.create_task(registry.register_version.execute(a_registration()))
    await host.arrived.wait()
    attempt.cancel()

    with pytest.raises(asyncio.CancelledError):
        await attempt

    stored = await adapters.store.load(GCP, V1)
    assert (stored.provider, stored.version) == (None, None)


async def test_an_operator_may_register_for_a_customer_and_a_machine_may_not(
    registry: UseCases, host: SlowHost
) -> None:
    host.go_on.set()
    customers = replace(a_registration(), name=ProviderName.parse("acme/gcp"))

    with pytest.raises(NamespaceForbiddenError):
        await registry.register_version.execute(customers)

    by_operator = replace(customers, registrant=Operator("operator:ann"))
    assert (await registry.register_version.execute(by_operator)).version.registered_by == "operator:ann"


async def test_the_digest_in_the_urls_fragment_is_verified_like_any_other(registry: UseCases, host: SlowHost) -> None:
    host.go_on.set()
    url = WheelUrl.parse(f"{a_wheel_url()}#sha256={'0' * 64}")

    with pytest.raises(WheelRefusedError, match="digest"):
        await registry.register_version.execute(a_registration(wheel_url=url))


async def test_metadata_that_was_written_while_a_legacy_wheel_was_fetched_is_not_replaced(
    adapters: MemoryAdapters, registry: UseCases, host: SlowHost
) -> None:
    legacy = replace(a_registration(), metadata=None, metadata_from_wheel=True)
    registering = asyncio.create_task(registry.register_version.execute(legacy))
    await host.arrived.wait()
    other = a_version("2.0.0")
    await adapters.store.update(GCP, other.version, writing(other, metadata=some_metadata()))
    host.go_on.set()

    assert (await registering).created
    stored = await adapters.store.load(GCP, V1)
    assert stored.provider is not None
    assert stored.provider.metadata == some_metadata()
