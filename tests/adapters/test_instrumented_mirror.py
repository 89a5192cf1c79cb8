"""A mirror that is watched does what it did before, and tells of its operations."""

import pytest

from adapters.instrumentation import Stage
from adapters.instrumented import InstrumentedWheelMirror
from adapters.memory.observer import InMemoryObserver
from adapters.memory.wheel_mirror import InMemoryWheelMirror
from application.errors import MirrorUnavailableError
from application.ports.wheel_mirror import WheelMirror
from domain.mirror import MirrorPart
from provider_registry_testing.wheel_mirror import WheelMirrorContract, digest_of


class TestInstrumentedMirror(WheelMirrorContract):
    @pytest.fixture
    def mirror(self) -> WheelMirror:
        return InstrumentedWheelMirror(InMemoryWheelMirror(), InMemoryObserver())


async def test_each_operation_is_told_with_its_outcome_and_a_put_is_a_stage() -> None:
    inner, seen, digest = InMemoryWheelMirror(), InMemoryObserver(), digest_of(b"wheel")
    mirror = InstrumentedWheelMirror(inner, seen)
    await mirror.put(digest, MirrorPart.WHEEL, b"wheel")
    await mirror.find(digest, MirrorPart.WHEEL)
    await mirror.read(digest, MirrorPart.WHEEL)
    await mirror.link(digest, MirrorPart.WHEEL)
    await mirror.delete(digest)
    inner.unavailable = True
    with pytest.raises(MirrorUnavailableError):
        await mirror.put(digest, MirrorPart.WHEEL, b"wheel")

    told = [(operation, True) for operation in ("put", "find", "read", "link", "delete")]
    assert seen.mirror_operations == [*told, ("put", False)]
    assert seen.stages == [Stage.MIRROR] * 2
