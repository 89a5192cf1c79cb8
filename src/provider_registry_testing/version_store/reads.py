"""What version stores promise to readers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.compatibility.assessment import PublicVersion, neighbours_of
from domain.errors import WheelProblem, WheelRefusedError
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.version_state import Publish, VersionSnapshot, VersionWrite, as_public
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import Sha256Digest
from domain.wheel.metadata import Readme
from provider_registry_testing.builders import NOW, a_building_version, a_comparison, a_name, a_proven_wheel, a_version
from provider_registry_testing.writes import VersionStore, event_of, numbers, put, writing

LATER = NOW + timedelta(hours=1)
A_BUILD = replace(a_building_version(), registration_id=UUID(int=1))
REFUSAL = WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "the bytes differ")


def a_full_version() -> ProviderVersion:
    document = CanonicalJson.of({"ü\u2028": [1e-7, 10**300, "\\u0000", None, {"b": 1, "a": "'\"\t"}], "": 0.1})
    schemas = ResourceSchemas.of(
        {
            "bucket": ResourceSchema("bucket", "gcp", "storage/bucket", "Keeps\nobjects €", document, document),
            "empty": ResourceSchema("empty", "gcp", "empty", "", CanonicalJson.of({}), CanonicalJson.of(None)),
            "bare": ResourceSchema("bare", "gcp", "bare"),
        }
    )
    version = a_version(
        "1.2.3-rc.1+build.7",
        sha256=Sha256Digest("a" * 64),
        package_name="gcp_provider",
        entrypoint=("python", "-m", "gcp provider", '"{}\\', ""),
        schemas=schemas,
        config_schema=document,
        outputs_schema=CanonicalJson.of([]),
        changelog="# Änderungen\r\n\t¶ 'quoted' \\ {curly}, \u2028 and \U0001f600 '); DROP TABLE providers; --",
    )
    log = VerificationLog()
    with log.check("digest") as check:
        check.detail, check.is_partial = "computed ü, none was announced", True
    return replace(version, source_hash="legacy", verification=log.verdict(at=LATER))


def a_bare_version() -> ProviderVersion:
    wheel = replace(a_proven_wheel(package_name=None), requires_python=None, summary=None)
    return a_building_version("1.0.0").publish(wheel, at=NOW)


def published(number: str) -> ProviderVersion:
    """Build a version whose number need not have a PEP 440 equal."""
    return replace(a_version("1.0.0"), version=SemVer.parse(number))


class ReadsContract:
    """What version stores promise to readers."""

    async def test_a_comparison_comes_back_as_it_was_and_its_result_with_the_version(self, store: VersionStore) -> None:
        put_first, version = a_version("1.0.0"), a_version("1.1.0")
        await put(store, put_first)
        compared = a_comparison(version.version, PublicVersion(put_first.version))
        version = replace(version, compatibility=compared.summary)

        def decide(_: VersionSnapshot) -> tuple[VersionWrite, None]:
            return Publish(version=version, event=event_of(version), compatibility=compared), None

        await store.update(version.name, version.version, decide)

        assert await store.find_compatibility(version.name, version.version) == compared
        assert await store.find_compatibility(version.name, put_first.version) is None
        found = await store.find(version.name, version.version)
        assert found is not None
        assert found.compatibility == compared.summary

    @pytest.mark.parametrize("number", ["1.0.0", "1.2.0", "1.3.0-rc.1", "1.9.0", "2.0.0", "2.0.0+build.9", "0.1.0"])
    async def test_with_a_wheel_the_neighbours_of_a_version_are_loaded(self, store: VersionStore, number: str) -> None:
        described: dict[str, Any] = {"config_schema": CanonicalJson.of({})}
        versions = [
            a_version("1.1.0", **described),
            a_version("1.2.0"),
            a_version("1.3.0", **described),
            a_version("1.4.0-rc.1", **described),
            a_version("1.10.0", **described),
            a_version("2.0.0", **described),
        ]
        await put(store, *versions, a_building_version("3.0.0").fail(REFUSAL, at=NOW))
        versions[2] = versions[2].yank("A reason to yank it", at=LATER)
        await put(store, versions[2])
        version = SemVer.parse(number)

        loaded = await store.load(versions[0].name, version, wheel=versions[0].announcement.wheel_url.filename)

        assert loaded.neighbours == neighbours_of(version, map(as_public, versions))

    @pytest.mark.parametrize(
        "version",
        [
            a_full_version(),
            a_bare_version(),
            a_version("1.0.0", changelog="", package_name=None),
            a_version("1.0.0").yank("leaks\nsecrets", at=LATER),
            replace(a_version("1.0.0").yank("x", at=LATER), yanked_reason=""),
            a_version("1.0.0").yank("by mistake", at=LATER).restore(at=LATER),
            a_version("1.0.0", at=datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ],
        ids=["full", "bare", "empty texts", "yanked", "yanked without words", "restored", "last microsecond"],
    )
    async def test_a_public_version_comes_back_as_it_was(self, store: VersionStore, version: ProviderVersion) -> None:
        after = await store.update(version.name, version.version, writing(version))
        assert after.version == version
        assert (await store.load(version.name, version.version)).version == version
        assert await store.find(version.name, version.version) == version

    async def test_the_readme_of_a_public_version_is_read_apart(self, store: VersionStore) -> None:
        readme = Readme("# Änderungen", "text/markdown")
        old, new = (a_building_version(number) for number in ("1.0.0", "1.1.0"))
        old = old.publish(replace(a_proven_wheel(), readme=readme), at=NOW).yank("broken", at=LATER)
        await put(store, old, new.publish(a_proven_wheel(), at=NOW), a_building_version("2.0.0").fail(REFUSAL, at=NOW))

        numbered = {each: await store.find_readme(old.name, SemVer.parse(each)) for each in ("1.0.0", "1.1.0", "2.0.0")}

        assert numbered == {"1.0.0": readme, "1.1.0": None, "2.0.0": None}
        found = await store.find(old.name, old.version)
        assert found is not None
        assert found.wheel is not None
        assert found.wheel.readme is None

    async def test_the_schemas_of_several_versions_are_read_at_once_where_there_are_some(
        self, store: VersionStore
    ) -> None:
        full, failed = a_full_version(), a_building_version("3.0.0").fail(REFUSAL, at=NOW)
        yanked = replace(full, version=SemVer.parse("2.0.0")).yank("broken", at=LATER)
        await put(store, full, yanked, a_version("1.0.0"), failed)
        versions = [full.version, yanked.version, *map(SemVer.parse, ("1.0.0", "3.0.0", "9.0.0"))]

        found = await store.list_schemas(full.name, versions)

        schemas = full.announcement.schemas
        assert found == {full.version: schemas, yanked.version: schemas}
        assert await store.list_schemas(full.name, []) == {}
        assert await store.list_schemas(full.name, versions[1:2]) == {yanked.version: schemas}

    @pytest.mark.parametrize("version", [A_BUILD, a_building_version().fail(REFUSAL, at=LATER)])
    async def test_a_version_that_is_not_public_comes_back_to_writers_only(
        self, store: VersionStore, version: ProviderVersion
    ) -> None:
        await put(store, version)
        stored = await store.load(version.name, version.version)
        assert stored.version == version
        assert stored.newest is None
        assert await store.find(version.name, version.version) is None
        assert await store.find_latest(version.name) is None
        assert await store.list_versions(version.name) == []

    async def test_schemas_come_back_byte_for_byte(self, store: VersionStore) -> None:
        version = a_full_version()
        await put(store, version)
        found = await store.find(version.name, version.version)
        assert found is not None
        assert found.announcement.schemas is not None
        assert version.announcement.schemas is not None
        texts = [schema.config_schema.text for schema in version.announcement.schemas if schema.config_schema]
        assert [schema.config_schema.text for schema in found.announcement.schemas if schema.config_schema] == texts

    async def test_times_come_back_in_utc(self, store: VersionStore) -> None:
        await put(store, a_version("1.0.0"))
        found = await store.find(a_name(), SemVer.parse("1.0.0"))
        assert found is not None
        assert found.created_at.utcoffset() == timedelta(0)
        assert found.created_at.isoformat() == NOW.isoformat()

    async def test_nothing_is_found_where_nothing_was_written(self, store: VersionStore) -> None:
        name, version = a_name("platform/unknown"), SemVer.parse("1.0.0")
        assert await store.load(name, version) == VersionSnapshot()
        assert await store.find(name, version) is None
        assert await store.find_latest(name) is None
        assert await store.list_versions(name) == []

    async def test_versions_of_other_names_and_numbers_stay_apart(self, store: VersionStore) -> None:
        await put(store, a_version("1.0.0", name="platform/a"), a_version("1.0.0", name="acme/a"))
        assert await store.find(a_name("platform/b"), SemVer.parse("1.0.0")) is None
        assert await store.find(a_name("platform/a"), SemVer.parse("1.0.0+build")) is None
        mine = await store.find(a_name("acme/a"), SemVer.parse("1.0.0"))
        assert mine is not None
        assert mine.name == a_name("acme/a")

    async def test_lists_are_newest_first_by_precedence(self, store: VersionStore) -> None:
        newest_first = [
            "10.0.0",
            "2.0.0",
            "2.0.0-rc.11",
            "2.0.0-rc.2",
            "2.0.0-rc",
            "2.0.0-alpha.beta",
            "2.0.0-alpha.1",
            "2.0.0-2",
            "1.10.0+b",
            "1.10.0+a",
            "1.10.0",
            "1.9.0",
        ]
        scrambled = sorted(newest_first)
        await put(store, *(published(number) for number in scrambled))
        await put(store, a_building_version("11.0.0").fail(REFUSAL, at=LATER), a_building_version("12.0.0"))
        assert numbers(await store.list_versions(a_name())) == newest_first

    async def test_lists_leave_the_schemas_out_and_keep_the_rest(self, store: VersionStore) -> None:
        version = a_full_version()
        await put(store, version)
        without = replace(version.announcement, schemas=None, config_schema=None, outputs_schema=None, changelog=None)
        assert await store.list_versions(version.name) == [replace(version, announcement=without, verification=None)]

    async def test_lists_show_yanked_versions(self, store: VersionStore) -> None:
        await put(store, a_version("1.0.0").yank("broken", at=LATER))
        assert [version.status for version in await store.list_versions(a_name())] == [VersionStatus.YANKED]

    @pytest.mark.parametrize(
        ("published_numbers", "yanked_numbers", "expected"),
        [
            (["1.0.0", "10.0.0", "9.0.0"], [], "10.0.0"),
            (["1.0.0", "2.0.0-rc.1"], [], "1.0.0"),
            (["2.0.0-rc.1", "2.0.0-rc.2"], [], "2.0.0-rc.2"),
            (["1.0.0"], ["2.0.0"], "1.0.0"),
            (["2.0.0-rc.1"], ["1.0.0"], "2.0.0-rc.1"),
            ([], ["1.0.0"], None),
            (["1.0.0", "1.0.0+b", "1.0.0+a"], [], "1.0.0+b"),
        ],
    )
    async def test_latest_is_the_highest_installable_stable_version(
        self, store: VersionStore, published_numbers: list[str], yanked_numbers: list[str], expected: str | None
    ) -> None:
        await put(store, *(published(number) for number in published_numbers))
        await put(store, *(published(number).yank("broken", at=LATER) for number in yanked_numbers))
        await put(store, a_building_version("99.0.0"), a_building_version("98.0.0").fail(REFUSAL, at=LATER))
        found = await store.find_latest(a_name())
        assert (found.version.text if found else None) == expected

    async def test_latest_comes_with_its_schemas(self, store: VersionStore) -> None:
        version = a_full_version()
        await put(store, version)
        assert await store.find_latest(version.name) == version

    async def test_newest_counts_yanked_and_pre_release_versions_but_no_failed_ones(self, store: VersionStore) -> None:
        await put(store, a_version("1.0.0"), a_version("2.0.0-rc.1").yank("broken", at=LATER))
        await put(store, a_building_version("3.0.0").fail(REFUSAL, at=LATER))
        stored = await store.load(a_name(), SemVer.parse("1.0.0"))
        assert stored.newest == SemVer.parse("2.0.0-rc.1")

    async def test_a_store_that_can_serve_passes_its_check(self, store: VersionStore) -> None:
        await store.ping()
