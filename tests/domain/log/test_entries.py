"""Entries of the log: one event, one string of bytes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from domain.announcements import validate_entrypoint
from domain.catalog import CatalogMetadata
from domain.history import LifecycleAction
from domain.log.entries import (
    EventType,
    LogEntry,
    Occurrence,
    log_opened,
    provider_metadata,
    read_published,
    salted_digest,
    source_of,
    version_event,
)
from domain.provenance.sent import MAX_ATTESTATIONS
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest, sha256_of
from domain.wheel.url import WheelUrl
from tests.builders import NOW, a_name, a_version
from tests.support.log_vectors import log_vectors

_ORIGIN = "registry.example.com/log"
_MORNING = datetime(2026, 11, 30, 5, tzinfo=UTC)


def _occurred(number: int, hours: int = 0, actor: str = "mch_2x") -> Occurrence:
    at = _MORNING + timedelta(hours=hours)
    return Occurrence(id=f"01938a6e-1c00-7000-8000-00000000000{number}", at=at, actor=actor)


def _version(number: str, sha256: str, size: int) -> ProviderVersion:
    version = a_version(number, wheel_url=WheelUrl.parse(f"https://files.example.net/{_file(number)}"))
    assert version.wheel is not None
    wheel = replace(version.wheel, sha256=Sha256Digest(sha256), size=size, filename=_file(number))
    return replace(version, wheel=wheel, runtime_version="1.0.0")


def _file(number: str) -> str:
    return f"pragmatiks_gcp_provider-{number}-py3-none-any.whl"


def _as_in_the_vectors(entry: LogEntry) -> str:
    return entry.leaf.decode().replace("org.provider-registry.", "com.example.registry.")


def test_the_entries_are_those_of_the_vectors() -> None:
    events = log_vectors()["events"]
    metadata = CatalogMetadata(display_name="Google Cloud", description="Manages Google Cloud.", tags=("cloud", "gcp"))
    first = _version("1.0.0", "ce51df934e544330314bb849e47d500515b0be600c401d1a76d0745055e3178b", 12345)
    second = _version("1.1.0", "b15a2c9ce7de6dc7cb1117578c3e58a3ed0c4cb8c142d13cc453fd19a1ed8bc9", 23456)
    reason = salted_digest(bytes.fromhex(events["salt"]), events["salted_text"])

    entries = [
        provider_metadata(_ORIGIN, _occurred(1), a_name(), metadata),
        version_event(_ORIGIN, _occurred(2), LifecycleAction.PUBLISHED, first),
        version_event(_ORIGIN, _occurred(3, 1), LifecycleAction.PUBLISHED, second),
        version_event(_ORIGIN, _occurred(4, 2), LifecycleAction.YANKED, second, reason=reason),
        version_event(_ORIGIN, _occurred(5, 3, "operator"), LifecycleAction.RESTORED, second),
    ]

    assert [_as_in_the_vectors(entry) for entry in entries] == events["leaves"]
    assert [entry.version for entry in entries[:3]] == [None, first.version, second.version]
    assert {entry.provider for entry in entries} == {a_name()}


def test_the_first_entry_names_the_log() -> None:
    entry = log_opened(_ORIGIN, _occurred(1))

    event = json.loads(entry.leaf)
    assert entry.type is EventType.LOG_OPENED
    assert event["source"] == source_of(_ORIGIN) == "https://registry.example.com"
    assert event["data"] == {"actor": "mch_2x", "origin": _ORIGIN}


def test_what_happened_before_the_log_is_marked() -> None:
    occurred = replace(_occurred(1), is_backfilled=True)

    entry = version_event(_ORIGIN, occurred, LifecycleAction.PUBLISHED, a_version())

    assert json.loads(entry.leaf)["data"]["backfilled"] is True


def test_a_time_is_written_in_utc_with_microseconds() -> None:
    occurred = replace(_occurred(1), at=datetime(2026, 11, 30, 6, tzinfo=timezone(timedelta(hours=1))))

    entry = log_opened(_ORIGIN, occurred)

    assert json.loads(entry.leaf)["time"] == "2026-11-30T05:00:00.000000Z"


def test_no_character_of_an_entry_ends_a_line() -> None:
    metadata = CatalogMetadata(display_name="A", description="a\u2028b\u2029c\nd")

    entry = provider_metadata(_ORIGIN, _occurred(1), a_name(), metadata)

    assert len(entry.leaf.decode().splitlines()) == 1
    assert json.loads(entry.leaf)["data"]["description"] == metadata.description


def test_schemas_and_changelogs_are_logged_as_digests() -> None:
    schema = CanonicalJson.of({"type": "object"})
    resources = ResourceSchemas.of({"bucket": ResourceSchema("bucket", "gcp", "bucket", config_schema=schema)})
    other = ResourceSchemas.of({"bucket": ResourceSchema("bucket", "gcp", "bucket", outputs_schema=schema)})

    def data(**announced: object) -> dict[str, object]:
        entry = version_event(_ORIGIN, _occurred(1), LifecycleAction.PUBLISHED, a_version(**announced))  # type: ignore[arg-type]
        found: dict[str, object] = json.loads(entry.leaf)["data"]
        return found

    assert data(config_schema=schema)["config_schema_sha256"] == data(outputs_schema=schema)["outputs_schema_sha256"]
    assert data(schemas=resources)["schemas_sha256"] not in {None, data(schemas=other)["schemas_sha256"]}
    assert len(str(data(changelog="Better.")["changelog_sha256"])) == 64


def test_the_largest_events_fit_into_an_entry() -> None:
    url = "https://wheels.example.com/" + "a" * 1900 + "/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
    version = a_version(entrypoint=("run", "\u2028" * 8189), wheel_url=WheelUrl.parse(url))
    assert version.wheel is not None
    version = replace(version, wheel=replace(version.wheel, requires_python="<" * 2000))
    metadata = CatalogMetadata(
        display_name="\U0001f600" * 200,
        description="\u2028" * 5000,
        icon_url="https://icons.example.com/" + "a" * 2000,
        tags=tuple("\U0001f600" * 50 for _ in range(50)),
    )

    assert version_event(_ORIGIN, _occurred(1), LifecycleAction.PUBLISHED, version).leaf
    assert len(provider_metadata(_ORIGIN, _occurred(1), a_name(), metadata).leaf) > 40_000


def test_a_version_without_a_wheel_is_not_logged() -> None:
    with pytest.raises(ValueError, match="no wheel"):
        version_event(_ORIGIN, _occurred(1), LifecycleAction.YANKED, replace(a_version(), wheel=None))


def test_a_client_reads_which_wheel_was_published() -> None:
    version = a_version()
    entry = version_event(_ORIGIN, _occurred(1), LifecycleAction.PUBLISHED, version)

    published = read_published(entry.leaf)

    assert published.sha256 == version.wheel_sha256
    assert (published.provider, published.version) == (str(version.name), str(version.version))
    assert SemVer.parse(published.version) == version.version


@pytest.mark.hostile
@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"type":"org.provider-registry.version.published.v1","data":[]}',
        b'{"type":"org.provider-registry.version.published.v1","data":{"prefix":"a","name":"b","version":1}}',
        b"[" * 60_000,
        version_event(_ORIGIN, _occurred(1), LifecycleAction.RESTORED, a_version(at=NOW)).leaf,
    ],
)
def test_an_entry_that_publishes_nothing_is_refused(leaf: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- of any kind
        read_published(leaf)


@pytest.mark.hostile
def test_the_longest_version_that_can_be_registered_has_an_entry() -> None:
    """An event without an entry would hold up all later ones."""
    origin, tail, widest = "https://a.example/", "-1.0.0-py3-none-any.whl", "\N{GRINNING FACE}"
    url = WheelUrl.parse(origin + "a" * (2048 - len(origin) - len(tail)) + tail)
    version = a_version("1.0.0", wheel_url=url)
    assert version.wheel is not None
    wheel = replace(
        version.wheel,
        filename=url.filename.text,
        distribution=url.filename.distribution,
        requires_python="===" + widest * 1997,
    )
    command = validate_entrypoint(["a", "\N{LINE SEPARATOR}" * 8191])
    announcement = replace(version.announcement, entrypoint=command, package_name=widest * 200)
    longest = replace(version, wheel=wheel, announcement=announcement, runtime_version=widest * 200)

    attested = [sha256_of(bytes([number])) for number in range(MAX_ATTESTATIONS)]
    entry = version_event(_ORIGIN, _occurred(1), LifecycleAction.PUBLISHED, longest, attestations=attested)
    event = json.loads(entry.leaf)

    assert event["data"]["attestations_sha256"] == [digest.hex for digest in attested]
    assert event["data"]["entrypoint"] is None
    assert event["data"]["entrypoint_sha256"] == sha256(CanonicalJson.of(list(command)).text.encode()).hexdigest()


def test_an_entry_is_spelt_as_canonical_json() -> None:
    metadata = CatalogMetadata(display_name='\U0001f600 "\uffff', description="a\\b\u2028", tags=("b", "a"))
    version = replace(
        a_version(at=NOW),
        announcement=replace(
            a_version(at=NOW).announcement,
            schemas=ResourceSchemas.of({"z": ResourceSchema("z", "gcp", "\U0001f600", "\u2028", CanonicalJson("{}"))}),
            entrypoint=("x" * 5000,),
        ),
    )
    entries = [
        provider_metadata(_ORIGIN, _occurred(1), a_name(), metadata),
        version_event(_ORIGIN, _occurred(2), LifecycleAction.PUBLISHED, version),
    ]

    for entry in entries:
        spelt = CanonicalJson.of(json.loads(entry.leaf)).text
        assert entry.leaf.decode() == spelt.replace("\u2028", "\\u2028")
    data = json.loads(entries[1].leaf)["data"]
    digest = {
        "resource_type": "z", "provider": "gcp", "resource": "\U0001f600", "description": "\u2028",
        "config_schema_sha256": sha256(b"{}").hexdigest(), "outputs_schema_sha256": None,
    }  # fmt: skip
    assert data["schemas_sha256"] == sha256(CanonicalJson.of([digest]).text.encode()).hexdigest()
    assert data["entrypoint_sha256"] == sha256(CanonicalJson.of(["x" * 5000]).text.encode()).hexdigest()
