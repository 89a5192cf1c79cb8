"""Lists and ``latest`` agree with the domain, whatever versions there are."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.version_repository import InMemoryVersionRepository
from domain.catalog import latest
from domain.errors import WheelProblem, WheelRefusedError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion, VersionStatus
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_building_version, a_version
from tests.support.stores import put

NUMBERS = st.integers(0, 3) | st.sampled_from([10, 99, 100, 10**12])
IDENTIFIERS = st.sampled_from(["0", "1", "2", "10", "a", "A", "a-", "-", "alpha", "rc", "1a", "x" * 10])
DOTTED = st.lists(IDENTIFIERS, min_size=1, max_size=3).map(".".join)


@st.composite
def versions(draw: st.DrawFn) -> SemVer:
    text = ".".join(str(draw(NUMBERS)) for _ in range(3))
    text += f"-{draw(DOTTED)}" if draw(st.booleans()) else ""
    text += f"+{draw(DOTTED)}" if draw(st.integers(0, 3)) == 0 else ""
    return SemVer.parse(text)


CATALOGS = st.dictionaries(versions(), st.sampled_from(VersionStatus), max_size=12)


def a_version_of(name: ProviderName, number: SemVer, status: VersionStatus) -> ProviderVersion:
    by_status: dict[VersionStatus, Callable[[], ProviderVersion]] = {
        VersionStatus.BUILDING: a_building_version,
        VersionStatus.PUBLISHED: a_version,
        VersionStatus.FAILED: lambda: a_building_version().fail(
            WheelRefusedError(WheelProblem.NOT_FOUND, "gone"), at=NOW
        ),
        VersionStatus.YANKED: lambda: a_version().yank("broken", at=NOW),
    }
    return replace(by_status[status](), name=name, version=number)


async def agrees_with_the_domain(store: VersionStore, catalog: Mapping[SemVer, VersionStatus]) -> None:
    name = ProviderName("platform", uuid4().hex)
    await put(store, *(a_version_of(name, number, status) for number, status in catalog.items()))
    public = [number for number, status in catalog.items() if status.is_public]
    installable = [number for number, status in catalog.items() if status is VersionStatus.PUBLISHED]
    found = await store.find_latest(name)
    newest_first = sorted(public, reverse=True)
    assert [version.version for version in await store.list_versions(name)] == newest_first
    for number in (*catalog, SemVer.parse("2.0.0")):
        page = await store.list_versions(name, limit=3, before=number)
        assert [version.version for version in page] == [other for other in newest_first if other < number][:3]
    assert (found.version if found else None) == latest(installable)
    assert (await store.load(name, SemVer.parse("1.0.0"))).newest == max(public, default=None)


@given(catalog=CATALOGS)
@settings(max_examples=50)
def test_order_and_latest_in_memory_agree_with_the_domain(catalog: Mapping[SemVer, VersionStatus]) -> None:
    asyncio.run(agrees_with_the_domain(InMemoryVersionRepository(), catalog))


@given(catalog=CATALOGS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_order_and_latest_in_postgres_agree_with_the_domain(
    postgres_store: VersionStore, catalog: Mapping[SemVer, VersionStatus]
) -> None:
    await agrees_with_the_domain(postgres_store, catalog)
