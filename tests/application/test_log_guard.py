"""Keeping the log from signing two histories."""

from datetime import timedelta

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.kept_checkpoint import InMemoryCheckpoint
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from application.errors import CheckpointNotKeptError, LogWouldForkError
from application.use_cases.transparency_log import MeasureLog
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note
from domain.tasks import QueueDepth
from provider_registry_testing.logs import append_to, open_log
from tests.builders import NOW, a_version
from tests.support.stores import put


class _Registry:
    """A store with a log, whose keeper outlives it."""

    def __init__(self, kept: InMemoryCheckpoint) -> None:
        self.store = InMemoryVersionRepository()
        self.log = InMemoryLog(self.store)
        self.kept = kept

    async def publish(self, *numbers: str) -> int:
        await put(self.store, *map(a_version, numbers))
        return await append_to(self.log, self.kept)


async def _registry(kept: InMemoryCheckpoint, *numbers: str) -> _Registry:
    made = _Registry(kept)
    await open_log(made.log)
    await made.publish(*numbers)
    return made


def _size(note: bytes | None) -> int:
    return Checkpoint.parse(Note.parse(note or b"").text).size


@pytest.fixture
def kept() -> InMemoryCheckpoint:
    return InMemoryCheckpoint()


async def test_what_was_signed_last_is_kept(kept: InMemoryCheckpoint) -> None:
    registry = await _registry(kept, "1.0.0")
    assert kept.note == await registry.log.find_checkpoint()

    await registry.publish("2.0.0")

    assert kept.note == await registry.log.find_checkpoint()
    assert _size(kept.note) == 3


@pytest.mark.parametrize("others", [["9.0.0"], ["9.0.0", "9.1.0"], ["9.0.0", "9.1.0", "9.2.0"]])
async def test_a_log_that_went_back_and_grew_otherwise_signs_nothing(
    kept: InMemoryCheckpoint, others: list[str]
) -> None:
    await _registry(kept, "1.0.0", "2.0.0")
    signed = kept.note
    restored = await _registry(InMemoryCheckpoint(), *others)
    restored.kept = kept
    before = await restored.log.find_checkpoint()

    with pytest.raises(LogWouldForkError):
        await restored.publish("3.0.0")

    assert kept.note == signed
    assert await restored.log.find_checkpoint() == before


async def test_an_empty_database_signs_nothing_where_a_log_was_signed(kept: InMemoryCheckpoint) -> None:
    await _registry(kept, "1.0.0")

    with pytest.raises(LogWouldForkError):
        await _registry(kept, "1.0.0")


@pytest.mark.parametrize("count", [1, 2, 300])
async def test_a_log_that_another_process_continued_is_continued(kept: InMemoryCheckpoint, count: int) -> None:
    registry = await _registry(kept, "1.0.0", "2.0.0")
    elsewhere = InMemoryCheckpoint(kept.note)
    await registry.publish(*(f"3.{minor}.0" for minor in range(count)))

    registry.kept = elsewhere
    await registry.publish("4.0.0")

    assert _size(elsewhere.note) == 4 + count


async def test_a_process_that_kept_nothing_continues_what_it_finds(kept: InMemoryCheckpoint) -> None:
    registry = await _registry(InMemoryCheckpoint(), "1.0.0")
    registry.kept = kept

    await registry.publish("2.0.0")

    assert _size(kept.note) == 3


@pytest.mark.parametrize("damaged", [b"", b"\x00" * 100, b"registry.example.com/log\n"])
async def test_a_damaged_file_is_no_reason_to_sign(kept: InMemoryCheckpoint, damaged: bytes) -> None:
    registry = await _registry(kept, "1.0.0")
    kept.note = damaged

    with pytest.raises(CheckpointNotKeptError):
        await registry.publish("2.0.0")


async def test_tiles_that_are_not_those_of_the_checkpoint_are_not_signed(kept: InMemoryCheckpoint) -> None:
    registry = await _registry(kept, "1.0.0", "2.0.0")
    other = await _registry(InMemoryCheckpoint(), "9.0.0", "9.1.0")
    registry.log._edge = other.log._edge

    with pytest.raises(LogWouldForkError):
        await registry.publish("3.0.0")


async def test_the_age_of_the_oldest_event_that_waits_is_measured(kept: InMemoryCheckpoint) -> None:
    registry, clock = await _registry(kept, "1.0.0"), ManualClock(NOW)
    measure = MeasureLog(log=registry.log, clock=clock)
    assert await measure.execute() == QueueDepth(due=0, oldest=timedelta())

    await put(registry.store, a_version("2.0.0"), a_version("3.0.0"))
    clock.advance(seconds=40)

    assert await measure.execute() == QueueDepth(due=2, oldest=timedelta(seconds=40))


async def test_nothing_is_signed_after_what_could_not_be_kept(kept: InMemoryCheckpoint) -> None:
    class Full(InMemoryCheckpoint):
        async def replace(self, note: bytes) -> None:
            raise CheckpointNotKeptError("the disk is full")

    registry = await _registry(kept, "1.0.0")
    registry.kept = Full(kept.note)
    with pytest.raises(CheckpointNotKeptError):
        await registry.publish("2.0.0")

    with pytest.raises(CheckpointNotKeptError):
        await registry.publish("3.0.0")

    assert _size(await registry.log.find_checkpoint()) == 3
