"""The contract of what stores the transparency log."""

import json
from hashlib import sha256

import pytest

from application.errors import LogOriginError
from application.use_cases.log_guard import LogGuard
from application.use_cases.transparency_log import AppendToLog, DescribeLog
from domain.history import LifecycleAction, LifecycleEvent
from domain.log import proofs
from domain.log.checkpoints import Checkpoint
from domain.log.entries import EventType
from domain.log.merkle import leaf_hash
from domain.log.notes import Note, SigningKey, VerifierKey
from domain.log.tiles import RightEdge, tiles_of
from domain.provenance.admission import Admitted
from domain.provenance.attestations import Attestation
from domain.provenance.claims import SignerClaims
from domain.semver import SemVer
from domain.version_state import Attest, Publish, VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from provider_registry_testing.builders import NOW, a_building_version, a_name, a_version, some_metadata
from provider_registry_testing.logs import (
    KEY,
    LATER,
    ORIGIN,
    KeptInMemory,
    LogStore,
    append_to,
    events_in,
    open_log,
    sign,
)
from provider_registry_testing.writes import VersionStore, event_of, put, writing

MANY = 10**9


async def _kinds(log: LogStore) -> list[tuple[str, str]]:
    return [(event["type"].removeprefix("org.provider-registry."), event["subject"]) for event in await events_in(log)]


async def _show(store: VersionStore, version: ProviderVersion, display_name: str) -> None:
    metadata = some_metadata(display_name=display_name)
    await store.update(version.name, version.version, writing(metadata=metadata, at=NOW))


def _step(action: LifecycleAction, reason: str | None = None) -> LifecycleEvent:
    return LifecycleEvent(action=action, at=NOW, actor="operator", reason=reason)


async def _live(store: VersionStore, name: str = "platform/gcp") -> ProviderVersion:
    """Publish, yank and restore a version, show it otherwise, and fail another."""
    version = a_version(name=name)
    await store.update(version.name, version.version, writing(version, some_metadata()))
    yanked, yanking = version.yank("broken", at=NOW), _step(LifecycleAction.YANKED, "broken")
    await store.update(version.name, version.version, writing(yanked, event=yanking))
    await store.update(version.name, version.version, writing(version, event=_step(LifecycleAction.RESTORED)))
    await _show(store, version, "Cloud")
    await _show(store, version, "Cloud")
    await put(store, a_building_version("9.0.0", name=name).fail(LogOriginError("no"), at=NOW))
    return version


def _life(name: str = "platform/gcp") -> list[tuple[str, str]]:
    """What ``_live`` leaves in the log."""
    return [
        ("provider.metadata.v1", name),
        ("version.published.v1", f"{name}@1.0.0"),
        ("version.yanked.v1", f"{name}@1.0.0"),
        ("version.restored.v1", f"{name}@1.0.0"),
        ("provider.metadata.v1", name),
    ]


@pytest.mark.anyio
class TransparencyLogContract:
    """What every ``LogWriter`` and its ``LogQueries`` promise.

    A subclass has the fixtures ``store`` and ``log``, which return empty adapters for the same versions.
    """

    async def test_a_log_that_was_never_opened_stays_empty(self, store: VersionStore, log: LogStore) -> None:
        await _live(store)
        assert await append_to(log) == 0
        assert await DescribeLog(log=log).execute() is None
        assert await log.find_checkpoint() is None
        assert await log.find_tile(0, 0) is None
        assert await events_in(log) == []
        assert await log.list_changes(0, 100, limit=10, max_bytes=MANY) == []
        assert await log.find_published(a_name(), SemVer.parse("1.0.0")) is None

    async def test_every_change_is_appended_once(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await _live(store)
        assert await append_to(log) == 6
        assert await append_to(log) == 0
        assert sorted(await _kinds(log)) == sorted([("log.opened.v1", ORIGIN), *_life()])

    async def test_a_publication_names_the_attestations_that_it_came_with(
        self, store: VersionStore, log: LogStore
    ) -> None:
        version, other = a_version(), a_version("2.0.0")
        claims = SignerClaims(issuer="i", identity="i", repository="r", repository_id="1", workflow="w")
        first, second, later = (
            Attestation(sent=b'{"n": %d}' % number, predicate_type="p", claims=claims, log_index=number)
            for number in range(3)
        )

        def publish(state: VersionSnapshot) -> tuple[VersionWrite, VersionSnapshot]:
            write = Publish(
                version=version,
                event=event_of(version),
                metadata=some_metadata(),
                provenance=Admitted(attestations=(first, second), added_by="mch_1", detail=""),
            )
            return write, state.after(write)

        def attest(state: VersionSnapshot) -> tuple[VersionWrite, VersionSnapshot]:
            write = Attest(
                at=LATER, version=version, provenance=Admitted(attestations=(later,), added_by="mch_1", detail="")
            )
            return write, state.after(write)

        await open_log(log)
        await store.update(version.name, version.version, publish)
        await store.update(version.name, version.version, attest)
        await store.update(other.name, other.version, writing(other))
        await append_to(log)

        published = [event["data"] for event in await events_in(log) if event["subject"].startswith("platform/gcp@")]
        assert published[0]["attestations_sha256"] == [first.sha256.hex, second.sha256.hex]
        assert "attestations_sha256" not in published[1]

    async def test_steps_of_a_version_keep_their_order(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await _live(store)
        await append_to(log)
        steps = [kind for kind, _ in await _kinds(log) if kind.startswith("version")]
        assert steps == ["version.published.v1", "version.yanked.v1", "version.restored.v1"]
        shown = [event["data"] for event in await events_in(log) if "metadata" in event["type"]]
        assert [data["display_name"] for data in shown] == ["Google Cloud", "Cloud"]

    async def test_the_first_entry_opens_the_log(self, store: VersionStore, log: LogStore) -> None:
        await _live(store)
        await open_log(log)
        await append_to(log)
        first, *_ = await events_in(log)
        assert (first["subject"], first["time"]) == (ORIGIN, "2026-01-03T03:04:05.678901Z")

    async def test_what_was_registered_before_is_appended_and_marked(self, store: VersionStore, log: LogStore) -> None:
        await _live(store)
        await open_log(log)
        await _live(store, "acme/gcp")
        await append_to(log)
        assert sorted(await _kinds(log)) == sorted([("log.opened.v1", ORIGIN), *_life(), *_life("acme/gcp")])
        marked = [event["subject"] for event in await events_in(log) if event["data"].get("backfilled")]
        assert len(marked) == 10  # the builders' versions are all from before

    async def test_what_happens_after_the_opening_is_not_marked(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await put(store, a_version(at=LATER))
        await append_to(log)
        assert ["backfilled" in event["data"] for event in await events_in(log)] == [False, False]

    async def test_an_entry_says_what_the_wheel_is_and_by_whom(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        version = await _live(store)
        await append_to(log)
        found = await log.find_published(version.name, version.version)
        assert found is not None
        data = json.loads(found.leaf)["data"]
        assert (data["wheel"]["sha256"], data["actor"]) == (str(version.wheel_sha256), version.registered_by)
        assert (await log.list_entries(found.index, found.index + 1)) == [found.leaf]
        assert await log.find_published(version.name, SemVer.parse("9.0.0")) is None

    async def test_a_reason_is_not_in_the_log(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await _live(store)
        await append_to(log)
        [yanked] = [event for event in await events_in(log) if event["type"].endswith("yanked.v1")]
        assert len(yanked["data"]["reason_sha256"]) == 64
        assert yanked["data"]["reason_sha256"] != sha256(b"broken").hexdigest()
        assert "broken" not in json.dumps(await events_in(log))

    async def test_the_checkpoint_is_over_the_tree_of_all_entries(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        for number in range(3):
            await put(store, a_version(f"1.{number}.0"))
            await append_to(log)
            leaves = await log.list_entries(0, 1000)
            edge = RightEdge()
            edge.append([leaf_hash(leaf) for leaf in leaves])
            note = Note.parse(await log.find_checkpoint() or b"")
            assert Checkpoint.parse(note.text) == Checkpoint(ORIGIN, len(leaves), edge.root)
            assert [signature.name for signature in note.signatures] == [ORIGIN]

    async def test_tiles_are_full_and_partial_as_the_tree_grows(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        for number in range(130):
            version = a_version(f"1.{number}.0")
            await put(store, version, version.yank("broken", at=NOW))
            if number in {60, 127, 128}:
                await append_to(log)
        await append_to(log)
        leaves = await log.list_entries(0, 1000)
        assert len(leaves) == 261
        edge = RightEdge()
        expected = edge.append([leaf_hash(leaf) for leaf in leaves])
        tiles = {name: await log.find_tile(name.level, name.index) for name in tiles_of(len(leaves))}
        assert tiles == {name: expected[name] for name in tiles}
        assert proofs.roots(proofs.whole(261), {name: hashes or b"" for name, hashes in tiles.items()}) == [edge.root]

    async def test_changes_are_read_in_pages_by_type_and_by_provider(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        for name in ("platform/gcp", "acme/gcp"):
            version = a_version(name=name)
            await put(store, version, version.yank("broken", at=NOW))
        await append_to(log)
        every = await log.list_changes(0, 5, limit=10, max_bytes=MANY)
        assert [each.index for each in every] == [0, 1, 2, 3, 4]
        assert [each.leaf for each in every] == list(await log.list_entries(0, 5))
        assert await log.list_changes(1, 4, limit=2, max_bytes=MANY) == every[1:3]
        assert await log.list_changes(0, 4, limit=10, max_bytes=MANY, types=[EventType.VERSION_YANKED]) == [every[2]]
        assert await log.list_changes(0, 5, limit=10, max_bytes=MANY, provider=a_name("acme/gcp")) == every[3:]
        wanted = [EventType.VERSION_YANKED, EventType.LOG_OPENED]
        only = await log.list_changes(0, 5, limit=10, max_bytes=MANY, types=wanted, provider=a_name("acme/gcp"))
        assert only == every[4:]

    async def test_a_page_of_changes_ends_with_the_entry_that_fills_it(
        self, store: VersionStore, log: LogStore
    ) -> None:
        await open_log(log)
        await put(store, a_version(), a_version("2.0.0"))
        await append_to(log)
        every = await log.list_changes(0, 4, limit=10, max_bytes=MANY)
        two = sum(len(each.leaf) for each in every[:2])
        assert await log.list_changes(0, 4, limit=10, max_bytes=1) == every[:1]
        assert await log.list_changes(0, 4, limit=10, max_bytes=two) == every[:2]
        assert await log.list_changes(0, 4, limit=10, max_bytes=two + 1) == every[:3]
        assert await log.list_changes(1, 4, limit=10, max_bytes=1, provider=a_name()) == every[1:2]

    async def test_the_newest_entries_are_read_from_the_end(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        for name in ("platform/gcp", "acme/gcp"):
            version = a_version(name=name)
            await put(store, version, version.yank("broken", at=NOW))
        await append_to(log)
        steps = [EventType.VERSION_PUBLISHED, EventType.VERSION_YANKED]
        every = await log.list_newest(0, 5, limit=10, types=steps)
        assert [each.index for each in every] == [4, 3, 2, 1]
        assert [each.leaf for each in reversed(every)] == list(await log.list_entries(1, 5))
        assert await log.list_newest(2, 4, limit=10, types=steps) == every[1:3]
        assert await log.list_newest(0, 5, limit=1, types=steps[:1]) == every[1:2]
        assert await log.list_newest(0, 5, limit=10, types=steps, provider=a_name()) == every[2:]

    async def test_it_says_what_is_pending(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await append_to(log)
        await put(store, a_version(), a_version("2.0.0", at=LATER))
        state = await DescribeLog(log=log).execute()
        assert state is not None
        assert (state.origin, state.size, state.pending, state.pending_since) == (ORIGIN, 1, 2, NOW)
        await append_to(log)
        state = await DescribeLog(log=log).execute()
        assert state is not None
        assert (state.size, state.pending, state.pending_since) == (3, 0, None)

    async def test_opening_again_changes_nothing(self, store: VersionStore, log: LogStore) -> None:
        await _live(store)
        await open_log(log)
        await open_log(log)
        assert await append_to(log) == 6
        await open_log(log)
        assert await append_to(log) == 0

    async def test_a_log_keeps_its_origin(self, log: LogStore) -> None:
        await open_log(log)
        with pytest.raises(LogOriginError):
            await open_log(log, "registry.example.com/log/2")
        other = SigningKey(VerifierKey("registry.example.com/log/2", bytes(32)), bytes(32))
        with pytest.raises(LogOriginError):
            await AppendToLog(log=log, guard=LogGuard(log=log, kept=KeptInMemory()), keys=[other], sign=sign).execute()
        assert await log.find_checkpoint() is None

    async def test_what_cannot_be_signed_stays_pending(self, store: VersionStore, log: LogStore) -> None:
        await open_log(log)
        await put(store, a_version())

        def fail(_seed: bytes, _message: bytes) -> bytes:
            raise RuntimeError("the key is out of reach")

        with pytest.raises(RuntimeError):
            await AppendToLog(log=log, guard=LogGuard(log=log, kept=KeptInMemory()), keys=[KEY], sign=fail).execute()
        assert await events_in(log) == []
        assert await append_to(log) == 2
