"""What operators see and find out, and nobody else does."""

import pytest

from adapters.memory.clock import ManualClock
from application.errors import WheelHostTimeoutError
from application.use_cases.operator_queries import InspectVersion, ListRecordedVersions
from application.use_cases.queries import FindVersion
from application.use_cases.reverify_version import ReverifyVersion
from domain.errors import ProviderNotFoundError, VersionNotFoundError, WheelRefusedError
from domain.registrants import Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.versions import VersionStatus
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap import MemoryAdapters, build_registry
from provider_registry_testing.writes import steps_of
from tests.builders import NOW, a_name, a_wheel, a_wheel_url, an_announcement, some_metadata

V1 = SemVer.parse("1.0.0")


@pytest.fixture
def adapters() -> MemoryAdapters:
    return MemoryAdapters(clock=ManualClock(NOW))


def reverify(adapters: MemoryAdapters) -> ReverifyVersion:
    verify_wheel = build_registry(adapters).verify_wheel
    return ReverifyVersion(find_version=FindVersion(adapters.store), verify_wheel=verify_wheel, clock=adapters.clock)


async def register(adapters: MemoryAdapters, *, wheel: bytes, sha256: Sha256Digest | None = None) -> None:
    adapters.fetcher.put(a_wheel_url(), wheel)
    registration = Registration(
        registrant=Operator("operator:ann"),
        name=a_name(),
        version=V1,
        announcement=an_announcement(sha256=sha256),
        metadata=some_metadata(),
    )
    await build_registry(adapters).register_version.execute(registration)


async def test_a_failed_version_is_found_with_its_history(adapters: MemoryAdapters) -> None:
    with pytest.raises(WheelRefusedError):
        await register(adapters, wheel=b"no archive")

    inspected = await InspectVersion(adapters.store, adapters.store).execute(a_name(), V1)

    assert inspected.version.status is VersionStatus.FAILED
    assert [event.reason for event in steps_of(inspected.history)] == [inspected.version.error_message]


async def test_a_failed_version_is_listed_and_is_not_the_latest(adapters: MemoryAdapters) -> None:
    with pytest.raises(WheelRefusedError):
        await register(adapters, wheel=b"no archive")

    [listed] = await ListRecordedVersions(adapters.store).execute(a_name())
    with pytest.raises(VersionNotFoundError, match="its list has failed and yanked ones too"):
        await InspectVersion(adapters.store, adapters.store).execute(a_name(), None)

    assert (listed.version, listed.status) == (V1, VersionStatus.FAILED)


async def test_what_was_never_heard_of_is_not_found(adapters: MemoryAdapters) -> None:
    with pytest.raises(VersionNotFoundError, match="not even a failed one"):
        await InspectVersion(adapters.store, adapters.store).execute(a_name(), V1)
    with pytest.raises(VersionNotFoundError):
        await InspectVersion(adapters.store, adapters.store).execute(a_name(), None)
    with pytest.raises(ProviderNotFoundError, match="not even a failed one"):
        await ListRecordedVersions(adapters.store).execute(a_name())


async def test_the_computed_digest_counts_where_none_was_announced(adapters: MemoryAdapters) -> None:
    await register(adapters, wheel=a_wheel())
    adapters.fetcher.put(a_wheel_url(), a_wheel(files={"gcp_provider/__init__.py": b"import os\n"}))

    reverified = await reverify(adapters).execute(a_name(), V1)

    assert reverified.code == "wheel_digest_mismatch"
    assert not reverified.verification.passed


async def test_the_verdict_of_the_registration_stays(adapters: MemoryAdapters) -> None:
    await register(adapters, wheel=a_wheel())
    before = await adapters.store.load(a_name(), V1)
    adapters.fetcher.put(a_wheel_url(), b"other bytes")

    await reverify(adapters).execute(a_name(), None)

    assert await adapters.store.load(a_name(), V1) == before


async def test_a_wheel_is_fetched_again_for_the_namespace_of_its_provider(adapters: MemoryAdapters) -> None:
    await register(adapters, wheel=a_wheel())
    await reverify(adapters).execute(a_name(), V1)
    assert adapters.fetcher.namespaces == [a_name().prefix] * 2


async def test_a_host_that_does_not_answer_says_nothing_about_the_wheel(adapters: MemoryAdapters) -> None:
    await register(adapters, wheel=a_wheel())
    adapters.fetcher.fail_with(a_wheel_url(), WheelHostTimeoutError("too slow"))

    with pytest.raises(WheelHostTimeoutError):
        await reverify(adapters).execute(a_name(), V1)
