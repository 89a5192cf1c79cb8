"""Yanking and restoring where no HTTP request comes first."""

import asyncio
from dataclasses import replace

import pytest

from adapters.memory.clock import ManualClock
from domain.errors import IllegalTransitionError, InvalidTextError, NamespaceForbiddenError, VersionNotFoundError
from domain.history import LifecycleAction
from domain.lifecycle import Restoration, Yank
from domain.registrants import ConsoleMachine, Operator
from domain.semver import SemVer
from domain.versions import VersionStatus
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.use_cases import UseCases
from provider_registry_testing.writes import steps_of
from tests.builders import MACHINE_ID, NOW, a_building_version, a_name, a_version
from tests.support.stores import put

V1 = SemVer.parse("1.0.0")
OPERATOR = Operator("operator:ann")
YANK = Yank(registrant=OPERATOR, name=a_name(), version=V1, reason="Broken.")
RESTORATION = Restoration(registrant=OPERATOR, name=a_name(), version=V1)


@pytest.fixture
def adapters() -> MemoryAdapters:
    return MemoryAdapters(clock=ManualClock(NOW))


@pytest.fixture
def registry(adapters: MemoryAdapters) -> UseCases:
    return build_registry(adapters)


async def test_a_step_without_a_request_is_kept_under_its_actors_name(
    adapters: MemoryAdapters, registry: UseCases
) -> None:
    await put(adapters.store, a_version("1.0.0"))

    yanked = await registry.yank_version.execute(YANK)
    restored = await registry.restore_version.execute(RESTORATION)

    assert (yanked.status, yanked.yanked_reason) == (VersionStatus.YANKED, "Broken.")
    assert restored == a_version("1.0.0")
    _, *events = steps_of(await registry.read_history.execute(a_name(), V1))
    assert [(event.action, event.actor, event.request_id, event.reason) for event in events] == [
        (LifecycleAction.YANKED, "operator:ann", None, "Broken."),
        (LifecycleAction.RESTORED, "operator:ann", None, None),
    ]


async def test_an_operator_yanks_for_a_customer_and_a_machine_does_not(
    adapters: MemoryAdapters, registry: UseCases
) -> None:
    await put(adapters.store, a_version("1.0.0", name="acme/gcp"))
    machine, acme = ConsoleMachine(MACHINE_ID), a_name("acme/gcp")

    with pytest.raises(NamespaceForbiddenError):
        await registry.yank_version.execute(replace(YANK, registrant=machine, name=acme))
    with pytest.raises(NamespaceForbiddenError):
        await registry.restore_version.execute(replace(RESTORATION, registrant=machine, name=acme))

    assert (await registry.yank_version.execute(replace(YANK, name=acme))).status is VersionStatus.YANKED


async def test_a_namespace_is_refused_before_anything_in_it_is_shown(registry: UseCases) -> None:
    machine, acme = ConsoleMachine(MACHINE_ID), a_name("acme/unknown")

    with pytest.raises(NamespaceForbiddenError):
        await registry.yank_version.execute(replace(YANK, registrant=machine, name=acme))


@pytest.mark.parametrize("status", ["unknown", "building"])
async def test_what_was_never_published_is_neither_yanked_nor_restored(
    adapters: MemoryAdapters, registry: UseCases, status: str
) -> None:
    refusal: type[Exception] = VersionNotFoundError
    if status == "building":
        await put(adapters.store, a_building_version("1.0.0"))
        refusal = IllegalTransitionError

    before = await adapters.store.history(a_name(), V1)

    with pytest.raises(refusal):
        await registry.yank_version.execute(YANK)
    with pytest.raises(refusal):
        await registry.restore_version.execute(RESTORATION)

    assert await adapters.store.history(a_name(), V1) == before


async def test_a_reason_that_breaks_its_rule_yanks_nothing(adapters: MemoryAdapters, registry: UseCases) -> None:
    await put(adapters.store, a_version("1.0.0"))

    with pytest.raises(InvalidTextError):
        await registry.yank_version.execute(replace(YANK, reason=" "))

    assert (await registry.find_version.execute(a_name(), V1)).status is VersionStatus.PUBLISHED


async def test_of_two_who_yank_at_once_the_first_gives_the_reason(adapters: MemoryAdapters, registry: UseCases) -> None:
    await put(adapters.store, a_version("1.0.0"))
    yanks = [replace(YANK, reason=f"Reason {number}.") for number in range(5)]

    answers = await asyncio.gather(*(registry.yank_version.execute(yank) for yank in yanks))

    _, event = steps_of(await registry.read_history.execute(a_name(), V1))
    assert {answer.yanked_reason for answer in answers} == {event.reason}
