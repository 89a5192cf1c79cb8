"""The contract of a version store on the names that wheels hold: who gets them, and that each goes to one only."""

import asyncio

import pytest

from domain.distributions import ClaimedFile, Distribution, WheelNames
from domain.errors import (
    ConflictError,
    DistributionConflictError,
    WheelFilenameConflictError,
    WheelProblem,
    WheelRefusedError,
)
from domain.version_state import VersionSnapshot
from domain.versions import ProviderVersion
from provider_registry_testing.writes import VersionStore
from tests.builders import NOW, a_building_version
from tests.support.stores import Decided, writing
from tests.support.wheel_names import TOOLS, a_publication, filename_of, publish, publishing

ACME = a_publication("acme/a")


@pytest.fixture
def store(version_store: VersionStore) -> VersionStore:
    return version_store


async def names_of(store: VersionStore, version: ProviderVersion) -> WheelNames:
    names = (await store.load(version.name, version.version, wheel=filename_of(version))).names
    assert names is not None
    return names


async def owner(store: VersionStore, version: ProviderVersion = ACME) -> Distribution | None:
    return (await names_of(store, version)).distribution


async def test_names_are_free_until_a_version_is_published(store: VersionStore) -> None:
    assert await names_of(store, ACME) == WheelNames()
    after = await publish(store, ACME, "org_acme")
    assert ACME.wheel is not None
    assert after.names == WheelNames(
        distribution=Distribution(name=ACME.wheel.distribution, prefix="acme", organization_id="org_acme"),
        file=ClaimedFile(filename=TOOLS, sha256=ACME.wheel.sha256, provider=ACME.name, version=ACME.version),
    )
    assert await store.load(ACME.name, ACME.version, wheel=filename_of(ACME)) == after


async def test_names_are_looked_at_only_where_a_wheel_is_asked_about(store: VersionStore) -> None:
    await publish(store, ACME)
    assert (await store.load(ACME.name, ACME.version)).names is None
    assert (await store.update(ACME.name, ACME.version, writing())).names is None


async def test_a_failed_version_claims_nothing(store: VersionStore) -> None:
    failed = a_building_version(name="acme/a", wheel_url=ACME.announcement.wheel_url).fail(
        WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ"), at=NOW
    )
    await store.update(failed.name, failed.version, writing(failed), wheel=filename_of(failed))
    assert await names_of(store, failed) == WheelNames()
    await publish(store, ACME)
    assert await owner(store) is not None


@pytest.mark.parametrize("is_yanked", [False, True])
@pytest.mark.parametrize(
    ("provider", "version", "filename"),
    [
        ("acme/b", "1.0.0", TOOLS),
        ("acme/a", "1.0.0-rc.1", TOOLS),
        ("acme/b", "1.0.0", "Tools-1.0.0-py3-none-any.whl"),
        ("acme/b", "1.0.0", "tools-1.0-py3-none-any.whl"),
    ],
    ids=["another provider", "another version", "another case", "another spelling of the version"],
)
async def test_a_file_name_keeps_its_digest_for_ever(
    store: VersionStore, is_yanked: bool, provider: str, version: str, filename: str
) -> None:
    await publish(store, ACME)
    if is_yanked:
        await store.update(ACME.name, ACME.version, writing(ACME.yank("broken", at=NOW)))
    same = a_publication(provider, filename, version=version)
    other = a_publication(provider, filename, data=b"other", version=version)

    with pytest.raises(WheelFilenameConflictError, match=r"acme/a 1\.0\.0"):
        await publish(store, other)
    assert (await store.load(other.name, other.version)).version is None

    after = await publish(store, same)
    assert after.version == same
    assert after.names is not None
    assert after.names.file is not None
    assert after.names.file.provider == ACME.name


async def test_a_file_name_on_one_index_is_free_on_another(store: VersionStore) -> None:
    await publish(store, ACME)
    await publish(store, a_publication("platform/a", data=b"other"))
    assert (await names_of(store, ACME)).file != (await names_of(store, a_publication("platform/a"))).file


async def test_a_restored_version_needs_no_name(store: VersionStore) -> None:
    await publish(store, ACME)
    yanked = ACME.yank("broken", at=NOW)
    await store.update(ACME.name, ACME.version, writing(yanked))
    await store.update(ACME.name, ACME.version, writing(yanked.restore(at=NOW)))
    found = await store.find(ACME.name, ACME.version)
    assert found is not None
    assert found.status == "published"


async def test_a_distribution_is_refused_to_other_namespaces_and_nothing_is_written(store: VersionStore) -> None:
    await publish(store, ACME, "org_acme")
    other = a_publication("evil/a", "tools-9999-py3-none-any.whl", version="9999.0.0")
    with pytest.raises(DistributionConflictError):
        await publish(store, other, "org_evil")
    assert await store.load(other.name, other.version) == VersionSnapshot()
    assert (await names_of(store, other)).file is None


async def test_the_platform_takes_a_distribution_over_and_keeps_it(store: VersionStore) -> None:
    await publish(store, ACME, "org_acme")
    after = await publish(store, a_publication("platform/a"))
    assert after.names is not None
    assert after.names.distribution is not None
    assert (after.names.distribution.prefix, after.names.distribution.organization_id) == ("platform", None)
    with pytest.raises(DistributionConflictError):
        await publish(store, a_publication("acme/b", "tools-2.0.0-py3-none-any.whl", version="2.0.0"), "org_acme")
    assert await store.find(ACME.name, ACME.version) is not None


async def test_the_first_organisation_to_publish_a_distribution_of_none_keeps_it(store: VersionStore) -> None:
    await publish(store, ACME)
    await publish(store, a_publication("acme/b"), "org_acme")
    with pytest.raises(DistributionConflictError, match="another organisation"):
        await publish(store, a_publication("acme/c"), "org_heir")


async def test_a_change_that_is_refused_claims_nothing(store: VersionStore) -> None:
    def refuse(stored: VersionSnapshot) -> Decided:
        raise LookupError

    with pytest.raises(LookupError):
        await store.update(ACME.name, ACME.version, refuse, wheel=filename_of(ACME))
    assert await names_of(store, ACME) == WheelNames()


async def race(store: VersionStore, *versions: ProviderVersion) -> list[VersionSnapshot | BaseException]:
    """Publish all at once, each having found its names free."""
    seen = [await store.load(each.name, each.version, wheel=filename_of(each)) for each in versions]
    return await asyncio.gather(
        *(
            store.update(
                each.name, each.version, publishing(each, each.name.prefix), seen=before, wheel=filename_of(each)
            )
            for each, before in zip(versions, seen, strict=True)
        ),
        return_exceptions=True,
    )


async def test_of_ten_namespaces_that_claim_a_distribution_at_once_one_gets_it(store: VersionStore) -> None:
    versions = [a_publication(f"org-{number}/a") for number in range(10)]
    outcomes = await race(store, *versions)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, VersionSnapshot)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, DistributionConflictError)]
    assert len(losers) == 9
    assert winner.version is not None
    assert {winner.version.name.prefix in loser.detail for loser in losers} == {True}
    found = [await store.find(each.name, each.version) for each in versions]
    assert [each for each in found if each is not None] == [winner.version]


async def test_of_ten_digests_that_claim_a_file_name_at_once_one_gets_it(store: VersionStore) -> None:
    versions = [a_publication(f"acme/p{number}", data=bytes([number])) for number in range(10)]
    outcomes = await race(store, *versions)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, VersionSnapshot)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, WheelFilenameConflictError)]
    assert len(losers) == 9
    assert winner.version is not None
    assert {f"{winner.version.name} 1.0.0" in loser.detail for loser in losers} == {True}


async def test_versions_of_one_file_that_are_published_at_once_all_land(store: VersionStore) -> None:
    versions = [a_publication(f"acme/p{number}") for number in range(10)]
    outcomes = await race(store, *versions)
    assert [outcome for outcome in outcomes if isinstance(outcome, BaseException)] == []
    assert [each for each in versions if await store.find(each.name, each.version) is None] == []


async def test_the_platform_wins_every_race_for_a_distribution(store: VersionStore) -> None:
    rivals = [a_publication(f"org-{number}/a") for number in range(5)]
    outcomes = await race(store, *rivals, a_publication("platform/a"))
    assert isinstance(outcomes[-1], VersionSnapshot)
    assert all(isinstance(outcome, VersionSnapshot | ConflictError) for outcome in outcomes)
    held = await owner(store)
    assert held is not None
    assert held.prefix == "platform"
