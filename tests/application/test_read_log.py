"""Reading the transparency log."""

import pytest

from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import CursorAheadError, LogEmptyError, NotLoggedYetError, TileNotFoundError
from application.use_cases import read_log
from application.use_cases.queries import FindVersion
from application.use_cases.read_log import ListChanges, ReadCheckpoint, ReadProof, ReadTile
from domain.errors import NotFoundError
from domain.log.checkpoints import Checkpoint
from domain.log.entries import EventType, read_published
from domain.log.merkle import leaf_hash, verify_inclusion
from domain.log.notes import Note
from domain.log.proof_file import ProofFile
from domain.log.tiles import BundleName, TileName, read_bundle
from domain.semver import SemVer
from provider_registry_testing.logs import ORIGIN, append_to, open_log
from tests.builders import NOW, a_name, a_version
from tests.support.stores import put


class _Registry:
    """A store with some versions, and its log."""

    def __init__(self) -> None:
        self.store = InMemoryVersionRepository()
        self.log = InMemoryLog(self.store)
        self.read_proof = ReadProof(self.log, FindVersion(self.store))

    async def publish(self, *numbers: str, name: str = "platform/gcp") -> None:
        await put(self.store, *(a_version(number, name=name) for number in numbers))
        await append_to(self.log)


@pytest.fixture
async def registry() -> _Registry:
    made = _Registry()
    await open_log(made.log)
    return made


async def test_a_log_that_was_never_opened_has_nothing_to_read() -> None:
    log = _Registry().log

    for read in (ReadCheckpoint(log).execute(), ListChanges(log).execute(0, limit=1)):
        with pytest.raises(LogEmptyError):
            await read
    with pytest.raises(TileNotFoundError):
        await ReadTile(log).execute(TileName(0, 0, 1))
    assert await ListChanges(log).head() == 0


@pytest.mark.parametrize("count", [1, 2, 5, 300])
async def test_a_published_version_has_a_proof_that_a_client_verifies(registry: _Registry, count: int) -> None:
    await registry.publish(*(f"1.{number}.0" for number in range(count)))

    for number in {0, count // 2, count - 1}:
        version = SemVer.parse(f"1.{number}.0")
        proof = ProofFile.parse(bytes(await registry.read_proof.execute(a_name(), version)))
        checkpoint = Checkpoint.parse(Note.parse(proof.checkpoint).text)
        assert proof.extra is not None
        assert read_published(proof.extra).version == str(version)
        verify_inclusion(
            leaf_hash(proof.extra), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
        )


async def test_a_version_that_is_not_appended_yet_says_so(registry: _Registry) -> None:
    await registry.publish("1.0.0")
    await put(registry.store, a_version("2.0.0"))

    with pytest.raises(NotLoggedYetError):
        await registry.read_proof.execute(a_name(), SemVer.parse("2.0.0"))
    with pytest.raises(NotFoundError) as refused:
        await registry.read_proof.execute(a_name(), SemVer.parse("3.0.0"))
    assert refused.value.code == "version_not_found"


async def test_tiles_are_read_in_every_width_up_to_the_checkpoint(registry: _Registry) -> None:
    await registry.publish("1.0.0", "2.0.0")
    entries = list(await registry.log.list_entries(0, 3))

    for width in (1, 2, 3):
        tile = await ReadTile(registry.log).execute(TileName(0, 0, width))
        bundle = await ReadTile(registry.log).execute(BundleName(0, width))
        assert tile == b"".join(map(leaf_hash, entries[:width]))
        assert read_bundle(bundle) == entries[:width]
    for name in (TileName(0, 0, 4), TileName(0, 0), BundleName(0, 4), TileName(1, 0, 1), TileName(0, 1, 1)):
        with pytest.raises(TileNotFoundError):
            await ReadTile(registry.log).execute(name)


async def test_changes_are_read_page_by_page_to_the_head(registry: _Registry) -> None:
    await registry.publish("1.0.0", "2.0.0", "3.0.0")
    changes = ListChanges(registry.log)

    seen, after = list[int](), 0
    while after < await changes.head():
        page = await changes.execute(after, limit=3)
        assert (page.origin, page.head) == (ORIGIN, 4)
        seen += [item.index for item in page.items]
        after = page.next

    assert seen == [0, 1, 2, 3]
    assert (await changes.execute(4, limit=3)).items == []


async def test_a_cursor_passes_what_a_filter_leaves_out(registry: _Registry) -> None:
    await registry.publish("1.0.0", "2.0.0")
    changes = ListChanges(registry.log)

    none = await changes.execute(0, limit=5, types=[EventType.VERSION_YANKED])
    first = await changes.execute(0, limit=1, types=[EventType.VERSION_PUBLISHED], provider=a_name())
    await put(registry.store, a_version().yank("broken", at=NOW))
    await append_to(registry.log)

    assert (none.items, none.next) == ([], 3)
    assert ([item.index for item in first.items], first.next) == ([1], 2)
    later = await changes.execute(none.next, limit=5, types=[EventType.VERSION_YANKED])
    assert [item.index for item in later.items] == [3]


@pytest.mark.hostile
async def test_a_page_of_some_types_looks_at_a_bounded_part_of_the_log(
    registry: _Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registry.publish("1.0.0", "2.0.0", "3.0.0")
    monkeypatch.setattr(read_log, "MAX_LOOKED_AT", 2)
    changes = ListChanges(registry.log)

    none = await changes.execute(0, limit=5, types=[EventType.VERSION_YANKED])
    later = await changes.execute(1, limit=5, types=[EventType.VERSION_PUBLISHED])
    of_one = await changes.execute(0, limit=5, types=[EventType.VERSION_PUBLISHED], provider=a_name())

    assert (none.items, none.next, none.head) == ([], 2, 4)
    assert ([item.index for item in later.items], later.next) == ([1, 2], 3)
    assert ([item.index for item in of_one.items], of_one.next) == ([1, 2, 3], 4)


@pytest.mark.hostile
async def test_a_page_has_a_bounded_size(registry: _Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    await registry.publish("1.0.0", "2.0.0", "3.0.0")
    monkeypatch.setattr(read_log, "MAX_BYTES", 1)
    changes = ListChanges(registry.log)

    pages = [await changes.execute(after, limit=5) for after in range(4)]

    assert [([item.index for item in page.items], page.next) for page in pages] == [
        ([0], 1),
        ([1], 2),
        ([2], 3),
        ([3], 4),
    ]


async def test_a_cursor_beyond_the_head_is_refused(registry: _Registry) -> None:
    await registry.publish("1.0.0")

    with pytest.raises(CursorAheadError):
        await ListChanges(registry.log).execute(3, limit=1)
