"""Asking witnesses, and what is signed once one knows more."""

from dataclasses import dataclass, field

import pytest

from adapters import ed25519
from adapters.memory.kept_checkpoint import InMemoryCheckpoint
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.witness import InMemoryWitness
from application.errors import LogWouldForkError
from application.use_cases.ask_witnesses import AskWitnesses, WitnessOutcome
from application.use_cases.log_guard import WitnessedSizes
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note
from domain.log.witnesses import Accepted, Declined, OtherSize, WitnessReply, cosignature_of
from provider_registry_testing.logs import ORIGIN, append_to, open_log
from tests.builders import a_version
from tests.support.stores import put
from tests.support.witness import WITNESS, a_witness

W1, W2 = "witness.example.org/w1", "witness.example.org/w2"


@dataclass
class World:
    """A log in memory with two witnesses."""

    witnesses: list[InMemoryWitness] = field(default_factory=lambda: [a_witness(W1), a_witness(W2)])
    sizes: WitnessedSizes = field(default_factory=WitnessedSizes)
    store: InMemoryVersionRepository = field(default_factory=InMemoryVersionRepository)

    def __post_init__(self) -> None:
        self.log = InMemoryLog(self.store)
        self._kept = InMemoryCheckpoint()

    async def publish(self, *numbers: str) -> None:
        await put(self.store, *map(a_version, numbers))
        await append_to(self.log, self._kept, self.sizes)

    async def ask(self) -> list[str]:
        asking = AskWitnesses(
            log=self.log,
            cosignatures=self.log,
            witnesses=self.witnesses,
            sizes=self.sizes,
            verify=ed25519.verify,
        )
        return [each.outcome.value for each in await asking.execute()]

    async def served(self) -> Note:
        return Note.parse(await self.log.find_checkpoint() or b"")

    async def signers(self) -> list[str]:
        return [each.name for each in (await self.served()).signatures]


async def _world(*numbers: str) -> World:
    made = World()
    await open_log(made.log)
    if numbers:
        await made.publish(*numbers)
    return made


async def test_no_one_is_asked_before_there_is_a_checkpoint() -> None:
    world = await _world()

    assert await world.ask() == []
    assert [witness.asked for witness in world.witnesses] == [[], []]


async def test_cosignatures_are_served_with_the_checkpoint_that_they_are_over_and_with_no_other() -> None:
    world = await _world("1.0.0")

    assert await world.ask() == ["cosigned", "cosigned"]
    note = await world.served()
    assert [each.name for each in note.signatures] == [ORIGIN, W1, W2]
    line = f"{note.signatures[1].line}\n".encode()
    assert cosignature_of(WITNESS, note.text, line, ed25519.verify) == line
    await world.publish("2.0.0")
    assert await world.signers() == [ORIGIN]
    assert await world.ask() == ["cosigned", "cosigned"]
    assert await world.signers() == [ORIGIN, W1, W2]


async def test_a_witness_is_asked_from_the_size_that_it_has_on() -> None:
    world = await _world("1.0.0")
    for number in range(3):
        await world.ask()
        await world.publish(*(f"2.{number}.{patch}" for patch in range(100)))
    await world.ask()
    await world.ask()

    assert world.witnesses[0].asked == [0, 2, 102, 202, 302]


async def test_a_process_that_remembers_nothing_believes_the_size_that_it_is_told() -> None:
    world = await _world("1.0.0")
    await world.ask()
    await world.publish("2.0.0")
    world.sizes = WitnessedSizes()

    assert await world.ask() == ["cosigned", "cosigned"]
    assert world.witnesses[0].asked == [0, 0, 2]


async def test_a_cosignature_is_renewed_while_nothing_is_appended() -> None:
    world = await _world("1.0.0")
    await world.ask()
    before = await world.served()
    world.witnesses = [a_witness(W1)]
    world.witnesses[0].checkpoint = Checkpoint.parse(before.text)
    world.witnesses[0].time += 3600
    await world.ask()
    after = await world.served()

    assert [each.name for each in after.signatures] == [ORIGIN, W1, W2]
    assert [new != old for new, old in zip(after.signatures, before.signatures, strict=True)] == [False, True, False]


@pytest.mark.faults
@pytest.mark.parametrize(
    "answer",
    [
        Declined("it is unreachable"),
        Accepted(b""),
        Accepted(b"\xff\n"),
        Accepted("\N{EM DASH} witness.example.org/w1 SA4spQAAAABrDQLQ\n".encode()),
        OtherSize(0),
        OtherSize(1),
    ],
)
async def test_a_witness_that_fails_or_lies_holds_up_neither_another_one_nor_the_log(answer: WitnessReply) -> None:
    world = await _world("1.0.0")
    world.witnesses[0].answer = answer

    assert await world.ask() == ["failed", "cosigned"]
    await world.publish("2.0.0")
    assert await world.ask() == ["failed", "cosigned"]
    assert await world.signers() == [ORIGIN, W2]


@pytest.mark.hostile
async def test_the_cosignature_of_another_checkpoint_is_not_served() -> None:
    world = await _world("1.0.0")
    await world.ask()
    line = f"{(await world.served()).signatures[1].line}\n".encode()
    await world.publish("2.0.0")
    world.witnesses[0].answer = Accepted(line)

    assert await world.ask() == ["failed", "cosigned"]
    assert await world.signers() == [ORIGIN, W2]


@pytest.mark.faults
async def test_nothing_is_signed_once_a_witness_has_more_than_the_store() -> None:
    ahead, back = await _world("1.0.0", "2.0.0"), await _world("1.0.0")
    await ahead.ask()
    back.witnesses = ahead.witnesses
    before = await back.served()

    assert await back.ask() == ["ahead", "ahead"]
    with pytest.raises(LogWouldForkError, match=W1):
        await back.publish("9.0.0")
    assert await back.served() == before


@pytest.mark.faults
async def test_a_store_that_goes_back_while_the_process_runs_is_noticed_before_it_asks_again() -> None:
    ahead, back = await _world("1.0.0", "2.0.0"), await _world("1.0.0")
    await ahead.ask()
    back.sizes = ahead.sizes

    with pytest.raises(LogWouldForkError):
        await back.publish("9.0.0")


async def test_a_witness_that_corrects_itself_does_not_stop_the_log_for_ever() -> None:
    world = await _world("1.0.0")
    world.witnesses[0].answer = OtherSize(10**9)
    assert await world.ask() == ["ahead", "cosigned"]
    with pytest.raises(LogWouldForkError):
        await world.publish("2.0.0")

    world.witnesses[0].answer = None
    assert await world.ask() == ["cosigned", "cosigned"]
    await world.publish("3.0.0")

    assert Checkpoint.parse((await world.served()).text).size == 4


@pytest.mark.faults
async def test_a_log_that_grew_otherwise_is_not_cosigned() -> None:
    one, other = await _world("1.0.0", "2.0.0"), await _world("9.0.0", "9.1.0", "9.2.0")
    await one.ask()
    other.witnesses = one.witnesses

    assert await other.ask() == ["failed", "failed"]
    assert await other.signers() == [ORIGIN]


@pytest.mark.faults
async def test_a_store_that_is_unreachable_is_a_failure_of_asking_and_no_more() -> None:
    world = await _world("1.0.0")
    world.store.unavailable = True

    assert await world.ask() == [WitnessOutcome.FAILED, WitnessOutcome.FAILED]
