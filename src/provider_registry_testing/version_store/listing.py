"""What version stores promise about versions of every status."""

from domain.errors import WheelProblem, WheelRefusedError
from domain.schemas import CanonicalJson
from provider_registry_testing.builders import NOW, a_building_version, a_name, a_version
from provider_registry_testing.writes import VersionStore, put

REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")


class ListingContract:
    """What version stores promise about versions of every status."""

    async def test_versions_of_every_status_come_newest_first(self, store: VersionStore) -> None:
        await put(
            store,
            a_version("1.9.0"),
            a_building_version("1.10.0").fail(REFUSAL, at=NOW),
            a_version("1.10.0-rc.1").yank("broken", at=NOW),
            a_building_version("2.0.0"),
            a_version("3.0.0", name="platform/other"),
        )

        found = [(each.version.text, each.status.value) for each in await store.list_all(a_name())]

        assert found == [
            ("2.0.0", "building"),
            ("1.10.0", "failed"),
            ("1.10.0-rc.1", "yanked"),
            ("1.9.0", "published"),
        ]

    async def test_a_failed_version_comes_with_its_reason(self, store: VersionStore) -> None:
        await put(store, a_building_version().fail(REFUSAL, at=NOW))

        [failed] = await store.list_all(a_name())

        assert (failed.error_code, failed.error_message) == ("wheel_digest_mismatch", "the bytes differ")

    async def test_all_versions_are_shown_as_public_ones_are_listed(self, store: VersionStore) -> None:
        await put(store, a_version(config_schema=CanonicalJson.of({"type": "object"})))

        assert list(await store.list_all(a_name())) == list(await store.list_versions(a_name()))

    async def test_an_unknown_provider_has_no_versions(self, store: VersionStore) -> None:
        assert list(await store.list_all(a_name())) == []
