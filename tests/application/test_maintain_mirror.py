"""Filling, verifying and sweeping the mirror."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.memory.clock import ManualClock
from adapters.memory.wheel_mirror import InMemoryMirrorIndex, InMemoryWheelMirror
from application.errors import MirrorUnavailableError, WheelHostFailedError
from application.ports.wheel_mirror import StoredBytes
from application.use_cases.maintain_mirror import MirrorStep
from domain.announcements import Announcement
from domain.mirror import MirrorPart
from domain.names import ProviderName
from domain.registrants import Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest, sha256_of
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.bootstrap.adapters import MirrorAdapters, OperatorAdapters
from entrypoints.bootstrap.wiring import build_admin_use_cases
from entrypoints.use_cases import MirrorUseCases
from tests.builders import a_wheel, some_metadata

A_DAY = timedelta(days=1)


class World:
    def __init__(self) -> None:
        self.clock = ManualClock(datetime.now(UTC))
        self.adapters = MemoryAdapters(clock=self.clock)
        self.mirror = InMemoryWheelMirror()
        self.index = InMemoryMirrorIndex(self.adapters.store)

    @property
    def use_cases(self) -> MirrorUseCases:
        adapters = OperatorAdapters(
            fetcher=self.adapters.fetcher,
            reader=self.adapters.reader,
            schema_validator=self.adapters.schema_validator,
            new_schema_comparison=self.adapters.new_schema_comparison,
            store=self.adapters.store,
            catalog=self.adapters.catalog,
            owners=None,  # type: ignore[arg-type] # not needed here
            tasks=self.adapters.tasks,
            checks=self.adapters.checks,
            clock=self.clock,
            mirror=MirrorAdapters(mirror=self.mirror, index=self.index),
        )
        found = build_admin_use_cases(adapters).mirror
        assert found is not None
        return found

    async def register(self, name: str) -> Sha256Digest:
        """Register a version without a mirror."""
        data = a_wheel(name, "1.0.0")
        url = WheelUrl.parse(f"https://wheels.example.com/{name}-1.0.0-py3-none-any.whl")
        self.adapters.fetcher.put(url, data)
        registration = Registration(
            registrant=Operator("operator:ann"),
            name=ProviderName("platform", name),
            version=SemVer.parse("1.0.0"),
            announcement=Announcement(wheel_url=url),
            metadata=some_metadata(),
        )
        await build_registry(self.adapters).register_version.execute(registration)
        return sha256_of(data)

    async def backfill(self) -> list[MirrorStep]:
        return [step async for step in self.use_cases.backfill.execute()]

    async def verify(self) -> list[MirrorStep]:
        return [step async for step in self.use_cases.verify.execute(A_DAY)]

    async def sweep(self) -> list[MirrorStep]:
        return [step async for step in self.use_cases.sweep.execute()]


@pytest.fixture
def world() -> World:
    return World()


def outcomes(steps: list[MirrorStep]) -> dict[Sha256Digest, str]:
    return {step.sha256: step.outcome.value for step in steps}


async def test_a_backfill_keeps_what_there_is_no_copy_of_and_a_repeat_only_what_failed(world: World) -> None:
    one, other = await world.register("one"), await world.register("other")
    url = WheelUrl.parse("https://wheels.example.com/other-1.0.0-py3-none-any.whl")
    world.adapters.fetcher.fail_with(url, WheelHostFailedError("the host is away"))
    steps = await world.backfill()
    assert outcomes(steps) == {one: "kept", other: "failed"}
    assert {step.code for step in steps} == {None, "wheel_host_failed"}
    world.adapters.fetcher.put(url, a_wheel("other", "1.0.0"))
    assert outcomes(await world.backfill()) == {other: "kept"}
    assert await world.backfill() == []
    assert {digest for digest, _ in world.mirror.files} == {one, other}


async def test_a_backfill_takes_no_other_bytes_than_were_registered(world: World) -> None:
    digest = await world.register("one")
    url = WheelUrl.parse("https://wheels.example.com/one-1.0.0-py3-none-any.whl")
    world.adapters.fetcher.put(url, a_wheel("one", "1.0.0", files={"one/other.py": b"other"}))
    [step] = await world.backfill()
    assert (step.sha256, step.outcome.value, step.code) == (digest, "failed", "wheel_digest_mismatch")
    assert world.mirror.files == {}


@pytest.mark.faults
async def test_a_copy_that_is_damaged_or_gone_is_repaired_from_its_host(world: World) -> None:
    digests = [await world.register(name) for name in ("intact", "damaged", "gone", "cut")]
    await world.backfill()
    intact, damaged, gone, cut = digests
    good = dict(world.mirror.files)
    data, at = good[damaged, MirrorPart.WHEEL]
    world.mirror.files[damaged, MirrorPart.WHEEL] = (data[:-1] + bytes([data[-1] ^ 1]), at)
    await world.mirror.delete(gone)
    world.mirror.files[cut, MirrorPart.METADATA] = (b"Name: cut", at)
    assert await world.verify() == []  # kept today
    world.clock.advance(seconds=2 * A_DAY.total_seconds())
    steps = await world.verify()
    assert outcomes(steps) == {intact: "intact", damaged: "repaired", gone: "repaired", cut: "repaired"}
    assert {step.code for step in steps if step.outcome.value == "repaired"} == {"mirror_corrupt"}
    assert {key: data for key, (data, _) in world.mirror.files.items()} == {
        key: data for key, (data, _) in good.items()
    }
    assert await world.verify() == []


@pytest.mark.faults
async def test_a_copy_that_cannot_be_repaired_is_tried_again_by_the_next_verification(world: World) -> None:
    digest = await world.register("one")
    await world.backfill()
    world.clock.advance(seconds=2 * A_DAY.total_seconds())
    world.mirror.unavailable = True
    for _ in range(2):
        [step] = await world.verify()
        assert (step.sha256, step.outcome.value, step.code) == (digest, "failed", "mirror_unavailable")
    world.mirror.unavailable = False
    assert outcomes(await world.verify()) == {digest: "intact"}


class MirrorAwayForAMoment(InMemoryWheelMirror):
    """Everything works but reading."""

    async def read(
        self, sha256: Sha256Digest, part: MirrorPart, *, start: int = 0, end: int | None = None
    ) -> StoredBytes:
        raise MirrorUnavailableError("the storage reset the connection")


@pytest.mark.faults
async def test_a_copy_that_could_not_be_read_for_a_moment_is_neither_called_damaged_nor_replaced(world: World) -> None:
    digest = await world.register("one")
    await world.backfill()
    world.clock.advance(seconds=2 * A_DAY.total_seconds())
    kept, world.mirror = world.mirror, MirrorAwayForAMoment()
    world.mirror.files = before = dict(kept.files)
    [step] = await world.verify()
    assert (step.outcome.value, step.code, step.detail) == (
        "failed",
        "mirror_unavailable",
        "the storage reset the connection",
    )
    assert world.mirror.files == before
    world.mirror = kept
    assert outcomes(await world.verify()) == {digest: "intact"}


async def test_a_sweep_removes_old_copies_of_no_version_and_nothing_else(world: World) -> None:
    kept = await world.register("one")
    await world.backfill()
    orphan, new = sha256_of(b"orphan"), sha256_of(b"new")
    for digest in (orphan, new):
        for part in MirrorPart:
            await world.mirror.put(digest, part, b"data")
    now = datetime.now(UTC)
    old = now - 2 * A_DAY
    world.mirror.files = {key: (data, now if key[0] == new else old) for key, (data, _) in world.mirror.files.items()}
    assert outcomes(await world.sweep()) == {orphan: "removed"}
    assert {digest for digest, _ in world.mirror.files} == {kept, new}
    assert await world.sweep() == []
