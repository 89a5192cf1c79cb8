"""Origins are found from the versions below, and what was found is kept."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from adapters.memory.version_repository import InMemoryVersionRepository
from application.use_cases import trace_origins
from application.use_cases.trace_origins import TraceOrigins
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from tests.builders import NOW, a_name, a_version
from tests.support.stores import put

LATER = NOW + timedelta(hours=1)


class Watched(InMemoryVersionRepository):
    """Counts the versions whose schemas are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.asked = asyncio.Event()
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def list_schemas(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, ResourceSchemas]:
        self.asked.set()
        await self.is_open.wait()
        self.read += [version.text for version in versions]
        return await super().list_schemas(name, versions)


def schemas_of(*names: str) -> ResourceSchemas | None:
    config = CanonicalJson.of({"properties": {name: {} for name in names}})
    return ResourceSchemas.of({"bucket": ResourceSchema("bucket", "gcp", "bucket", None, config)})


async def publish(store: InMemoryVersionRepository, versions: Mapping[str, str]) -> None:
    """Publish versions with these fields; none at all is no schemas."""
    for number, names in versions.items():
        await put(store, a_version(number, schemas=schemas_of(*names.split()) if names else None))


async def yank(store: InMemoryVersionRepository, number: str) -> None:
    found = await store.find(a_name(), SemVer.parse(number))
    assert found is not None
    await put(store, found.yank("broken", at=LATER))


async def traced(
    trace: TraceOrigins, store: InMemoryVersionRepository, number: str
) -> tuple[str | None, dict[str, str]]:
    """Return since when the bucket is there, and since when its later fields are."""
    version = await store.find(a_name(), SemVer.parse(number))
    assert version is not None
    origins = await trace.execute(version)
    assert origins is not None
    origin = origins.of("bucket")
    fields = {path: since.text for (_, path), since in origins.fields_of("bucket").items()}
    return None if origin is None else origin.since.text, fields


async def test_versions_that_are_yanked_or_have_no_schemas_and_pre_releases_are_passed_over() -> None:
    store = Watched()
    await publish(
        store,
        {"1.0.0": "a", "1.1.0": "", "1.2.0": "a b", "1.3.0-rc.1": "a b c", "1.3.0": "a b c", "1.4.0": "a b c d"},
    )
    await yank(store, "1.2.0")
    trace = TraceOrigins(store)
    assert await traced(trace, store, "1.4.0") == ("1.0.0", {"b": "1.3.0", "c": "1.3.0", "d": "1.4.0"})
    assert await traced(trace, store, "1.3.0-rc.1") == ("1.0.0", {"b": "1.3.0-rc.1", "c": "1.3.0-rc.1"})
    assert await traced(trace, store, "1.2.0") == ("1.0.0", {"b": "1.2.0"})


async def test_what_was_found_is_kept_and_the_next_version_goes_on_from_there() -> None:
    store = Watched()
    await publish(store, {"1.0.0": "a", "1.1.0": "a b", "1.2.0": "a b"})
    trace = TraceOrigins(store)
    for number in ("1.2.0", "1.1.0", "1.2.0", "1.0.0"):
        await traced(trace, store, number)
    assert sorted(store.read) == ["1.0.0", "1.1.0", "1.2.0"]
    store.read.clear()
    await publish(store, {"1.3.0": "", "1.4.0": "a b c"})
    assert await traced(trace, store, "1.4.0") == ("1.0.0", {"b": "1.1.0", "c": "1.4.0"})
    assert store.read == ["1.2.0", "1.3.0", "1.4.0"]


async def test_a_yank_a_restore_and_a_later_release_of_a_lower_version_count() -> None:
    store = Watched()
    await publish(store, {"1.0.0": "a", "1.2.0": "a b", "1.3.0": "a b"})
    trace = TraceOrigins(store)
    assert (await traced(trace, store, "1.3.0"))[1] == {"b": "1.2.0"}
    await yank(store, "1.2.0")
    assert (await traced(trace, store, "1.3.0"))[1] == {"b": "1.3.0"}
    await publish(store, {"1.1.0": "a b"})
    assert (await traced(trace, store, "1.3.0"))[1] == {"b": "1.1.0"}


async def test_of_very_many_versions_the_highest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_origins, "MAX_VERSIONS", 3)
    store = Watched()
    await publish(store, {f"1.{number}.0": "a" if number < 8 else "a b" for number in range(10)})
    trace = TraceOrigins(store)
    assert await traced(trace, store, "1.9.0") == (None, {"b": "1.8.0"})
    assert store.read == ["1.6.0", "1.7.0", "1.8.0", "1.9.0"]
    await publish(store, {"1.10.0": "a b c"})
    assert await traced(trace, store, "1.10.0") == (None, {"b": "1.8.0", "c": "1.10.0"})
    assert store.read[4:] == ["1.9.0", "1.10.0"]


@pytest.mark.hostile
async def test_no_more_is_read_than_so_many_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_origins, "MAX_CHARACTERS", 10_000)
    monkeypatch.setattr(trace_origins, "_READ_AT_ONCE", 1)
    store = Watched()
    large = " ".join(f"field{number}" for number in range(200))
    await publish(store, {f"1.{number}.0": large for number in range(10)})
    assert await traced(TraceOrigins(store), store, "1.9.0") == (None, {})
    assert len(store.read) < 6


@pytest.mark.hostile
async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_origins, "_MAX_KEPT", 1)
    store = Watched()
    await publish(store, {"1.0.0": "a", "1.1.0": "a b"})
    trace = TraceOrigins(store)
    for number in ("1.1.0", "1.0.0", "1.1.0"):
        assert (await traced(trace, store, number))[0] == "1.0.0"
    assert len(store.read) == 5


async def test_no_reader_waits_while_the_origins_of_another_version_are_found() -> None:
    store = Watched()
    await publish(store, {"1.0.0": "a", "1.1.0": "a b"})
    trace = TraceOrigins(store)
    found = await store.find(a_name(), SemVer.parse("1.1.0"))
    assert found is not None
    store.is_open.clear()
    first = asyncio.ensure_future(trace.execute(found))
    await store.asked.wait()
    assert await trace.execute(found) is None
    store.is_open.set()
    assert await first is not None
