"""What pages say of each version: in the list of versions, and since which one a field is there."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.attestation_verifier import InMemoryAttestationVerifier
from adapters.memory.clock import ManualClock
from application.ports.version_mark_queries import VersionMarkQueries
from domain.availability import Availability, CheckSchedule, OriginVerdict
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_marks import VersionMarks
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import NOW
from tests.entrypoints.http.conftest import Service, serving
from tests.entrypoints.http.test_pages import read
from tests.support.catalogs import signed_statement

PROVIDER = "/catalog/platform/gcp"
REPOSITORY = "github.com/example/gcp-provider"


class CountedMarks:
    """Counts how often marks are read."""

    def __init__(self, marks: VersionMarkQueries) -> None:
        self._marks = marks
        self.reads: list[int] = []

    async def list_marks(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, VersionMarks]:
        self.reads.append(len(versions))
        return await self._marks.list_marks(name, versions)


def rows_of(page: str) -> dict[str, str]:
    """Return the rows of the list of versions by their numbers."""
    listed = page.partition('<h2 id="versions">')[2].partition("</section>")[0]
    return {match[1]: row for row in listed.split("<li>")[1:] if (match := re.search(r">([^<]+)</a>", row))}


async def check_wheels(adapters: MemoryAdapters, **verdicts: OriginVerdict) -> None:
    await adapters.checks.enrol(CheckSchedule(look_every=timedelta()), limit=100)
    for check in await adapters.checks.claim(seconds=60, limit=100):
        verdict = verdicts.get(f"v{check.wheel.version.release[0]}", OriginVerdict.INTACT)
        known = Availability(verdict=verdict, since=NOW, checked_at=NOW)
        await adapters.checks.record(check.lease, known, after=timedelta(days=1))


async def test_each_row_says_whether_it_is_latest_yanked_verified_available_and_who_built_it() -> None:
    names = InMemoryAttestationVerifier()
    adapters = MemoryAdapters(clock=ManualClock(NOW)).with_provenance(names)
    async with serving(adapters) as service:
        await service.publish("1.0.0")
        attested = service.upload("2.0.0")
        names.put(b'{"version":1}', signed_statement(attested))
        assert (await service.post(attested | {"attestations": [{"version": 1}]})).status_code == 201
        yank = "/console/providers/platform/gcp/versions/1.0.0/yank"
        await service.client.put(yank, json={"reason": "Deletes too much."}, headers=service.authorised())
        unchecked = rows_of(await read(service, PROVIDER))
        await check_wheels(adapters, v1=OriginVerdict.DRIFTED)
        rows = rows_of(await read(service, PROVIDER))
    assert "available" not in unchecked["2.0.0"]
    shown = {number: set(re.findall(r">([^<>\n]+)</span>", row)) for number, row in rows.items()}
    assert shown["2.0.0"] == {"Latest", "verified", "available", f"built by {REPOSITORY}"}
    assert shown["1.0.0"] == {"Yanked", "verified", "Drifted"}


async def test_where_attestations_are_off_no_row_says_who_built_a_version(service: Service) -> None:
    await service.publish()
    assert "built by" not in rows_of(await read(service, PROVIDER))["1.0.0"]


async def test_the_marks_of_all_rows_are_read_at_once_and_old_versions_are_folded() -> None:
    adapters = MemoryAdapters()
    counted = CountedMarks(adapters.marks)
    object.__setattr__(adapters, "marks", counted)
    async with serving(adapters) as service:
        for number in range(30):
            await service.publish(f"1.{number}.0")
        page = await read(service, PROVIDER)
    assert counted.reads == [30]
    in_sight, folded = page.split("<summary>22 older versions</summary>")
    assert list(rows_of(in_sight + "</section>")) == [f"1.{number}.0" for number in range(29, 21, -1)]
    assert folded.count('class="mark-good">verified') == 22


def outline_of(page: str) -> list[str]:
    """Return what the list of versions shows from top to bottom: names of lines, numbers and what is folded."""
    listed = re.split("</section>|<nav", page.partition('<h2 id="versions">')[2])[0]
    return re.findall(r'(?:<h3 class="line">|<summary>|<a href="/catalog/[^"]+/[^"]+">)([^<]+)<', listed)


async def test_latest_is_first_then_come_minor_lines_and_pre_releases_are_folded(service: Service) -> None:
    for number in ("1.3.0", "1.4.0", "1.4.1", "1.4.2", "1.5.0"):
        await service.publish(number)
    for candidate in (1, 2):
        await service.publish(f"2.0.0rc{candidate}", version=f"2.0.0-rc.{candidate}")
    yank = "/console/providers/platform/gcp/versions/1.5.0/yank"
    await service.client.put(yank, json={"reason": "Deletes too much."}, headers=service.authorised())
    page = await read(service, PROVIDER)
    lines = ["1.4.2", "1.5.x", "1.5.0", "1.4.x", "1.4.1", "1.4.0", "1.3.x", "1.3.0"]
    assert outline_of(page) == [*lines, "2 pre-releases", "2.0.0-rc.2", "2.0.0-rc.1"]
    assert "Latest" in rows_of(page)["1.4.2"]


async def test_versions_that_are_alone_in_their_lines_need_no_names_of_lines(service: Service) -> None:
    for number in ("1.3.0", "1.4.0"):
        await service.publish(number)
    assert outline_of(await read(service, PROVIDER)) == ["1.4.0", "1.3.0"]


async def test_latest_is_first_even_below_a_page_of_pre_releases(service: Service) -> None:
    await service.publish("1.0.0")
    for candidate in range(31):
        await service.publish(f"2.0.0rc{candidate}", version=f"2.0.0-rc.{candidate}")
    first = await read(service, PROVIDER)
    assert outline_of(first)[:3] == ["1.0.0", "30 pre-releases", "2.0.0-rc.30"]
    assert "Latest" in rows_of(first)["1.0.0"]
    assert "verified" in rows_of(first)["1.0.0"]
    following = await read(service, f"{PROVIDER}?cursor=2.0.0-rc.1")
    assert outline_of(following) == ["1.0.0", "1 pre-release", "2.0.0-rc.0"]


async def test_a_pre_release_that_is_latest_is_not_folded(service: Service) -> None:
    for candidate in (1, 2):
        await service.publish(f"2.0.0rc{candidate}", version=f"2.0.0-rc.{candidate}")
    assert outline_of(await read(service, PROVIDER)) == ["2.0.0-rc.2", "1 pre-release", "2.0.0-rc.1"]


def fields(*names: str) -> dict[str, Any]:
    config = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {"bucket": {"config_schema": config}}


def sinces_of(page: str) -> dict[str, str]:
    """Return since when fields are there, by their anchors; the resource type has none."""
    rows = re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    found = {"": re.search(r'class="since">since ([^<]+)<', page)}
    found |= {anchor: re.search(r'class="mark-since">since ([^<]+)<', row) for anchor, row in rows}
    return {anchor: match[1] for anchor, match in found.items() if match}


async def test_a_resource_page_says_since_when_the_resource_and_its_later_fields_are_there(service: Service) -> None:
    await service.publish("1.0.0")
    await service.publish("1.1.0", schemas=fields("name"))
    await service.publish("1.2.0", schemas=fields("name", "size"))
    await service.publish("1.3.0", schemas=fields("name", "size", "owner"))
    page = await read(service, f"{PROVIDER}/1.3.0/bucket")
    assert sinces_of(page) == {"": "1.1.0", "arguments.size": "1.2.0", "arguments.owner": "1.3.0"}
    assert sinces_of(await read(service, f"{PROVIDER}/1.1.0/bucket")) == {"": "1.1.0"}


async def test_a_page_that_was_cached_follows_a_yank_of_the_version_that_brought_a_field(service: Service) -> None:
    for number, names in (("1.0.0", "a"), ("1.1.0", "a b"), ("1.2.0", "a b")):
        await service.publish(number, schemas=fields(*names.split()))
    before = await read(service, f"{PROVIDER}/1.2.0/bucket")
    yank = "/console/providers/platform/gcp/versions/1.1.0/yank"
    await service.client.put(yank, json={"reason": "Deletes too much."}, headers=service.authorised())
    after = await read(service, f"{PROVIDER}/1.2.0/bucket")
    assert [sinces_of(page)["arguments.b"] for page in (before, after)] == ["1.1.0", "1.2.0"]


@pytest.mark.hostile
async def test_many_versions_of_large_schemas_cost_a_page_no_more_bytes(service: Service) -> None:
    for number in range(3):
        schemas = fields(*(f"field{each}{'x' * 100}" for each in range(100 * (number + 1))))
        await service.publish(f"1.{number}.0", schemas=schemas)
    assert len((await read(service, f"{PROVIDER}/1.2.0/bucket")).encode()) < 100_000


def checks_of(page: str) -> dict[str, str]:
    """Return what the checks of a version's page say of themselves, by their names."""
    return dict(re.findall(r'<li class="\w+"><strong>([^<]+)</strong> <span class="verdict">([^<]+)<', page))


async def test_a_digest_that_was_not_announced_is_a_note_and_opens_the_checks(service: Service) -> None:
    await service.publish("1.0.0")
    page = await read(service, f"{PROVIDER}/1.0.0")
    assert set(checks_of(page).values()) == {"passed"}
    assert "  <details>\n  <summary>10 checks passed, <" in page
    await service.publish("1.1.0", sha256=None)
    page = await read(service, f"{PROVIDER}/1.1.0")
    assert [name for name, outcome in checks_of(page).items() if outcome == "note"] == ["Digest"]
    assert re.search(r"<details open>\s*<summary>1[01] checks passed, 1 with a note, <", page)
