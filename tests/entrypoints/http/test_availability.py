"""Whether a wheel is still on its host, over HTTP and on pages."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

from adapters.memory.clock import ManualClock
from domain.availability import Availability, CheckSchedule, OriginVerdict, origin_event
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap import MemoryAdapters
from tests.builders import NOW, a_version
from tests.entrypoints.http.conftest import Service, serving
from tests.support.stores import put

AT_ONCE = CheckSchedule(look_every=timedelta())
VERSION = "/providers/platform/gcp/versions/1.0.0"
PAGE = "/catalog/platform/gcp/1.0.0"
DRIFTED = Availability(verdict=OriginVerdict.DRIFTED, since=NOW, checked_at=NOW, other_sha256=Sha256Digest("b" * 64))


async def found(service: Service) -> Any:
    response = await service.client.get(f"{VERSION}/availability")
    assert response.status_code == 200
    return response.json()


async def came_to(adapters: MemoryAdapters, known: Availability) -> None:
    await adapters.checks.enrol(AT_ONCE, limit=10)
    [check] = await adapters.checks.claim(seconds=60, limit=10)
    event = origin_event(check.known, known)
    assert await adapters.checks.record(check.lease, known, after=timedelta(), event=event)


async def test_a_version_is_unchecked_until_a_check_came_to_a_verdict() -> None:
    adapters = MemoryAdapters(clock=ManualClock(NOW))
    async with serving(adapters) as service:
        await put(adapters.store, a_version())
        before = await found(service)
        await came_to(adapters, DRIFTED)
        after = await found(service)
        missing = await service.client.get(f"{VERSION.replace('1.0.0', '9.9.9')}/availability")
    assert (before["status"], before["since"]) == ("unchecked", None)
    assert (after["status"], after["other_sha256"]) == ("drifted", "b" * 64)
    assert after["since"] is not None
    assert (missing.status_code, missing.json()["code"]) == (404, "version_not_found")


async def test_a_page_that_was_cached_says_that_the_wheel_drifted_and_when_it_is_back() -> None:
    adapters = MemoryAdapters(clock=ManualClock(NOW))
    async with serving(adapters) as service:
        await service.publish()
        pages = [(await service.client.get(PAGE)).text]
        for known in (
            DRIFTED,
            replace(DRIFTED, verdict=OriginVerdict.UNREACHABLE),
            replace(DRIFTED, verdict=OriginVerdict.INTACT),
        ):
            await came_to(adapters, known)
            pages.append((await service.client.get(PAGE)).text)
    assert ["serves other bytes" in page for page in pages] == [False, True, False, False]
    assert ["cannot be had from its host" in page for page in pages] == [False, False, True, False]


async def test_the_history_has_every_other_verdict_with_a_sentence_and_so_has_the_page() -> None:
    adapters = MemoryAdapters(clock=ManualClock(NOW))
    gone = replace(DRIFTED, verdict=OriginVerdict.UNREACHABLE, failure="wheel_not_found", other_sha256=None)
    async with serving(adapters) as service:
        await service.publish()
        pages = [(await service.client.get(PAGE)).text]
        for known in (DRIFTED, gone, replace(gone, verdict=OriginVerdict.INTACT, failure=None)):
            await came_to(adapters, known)
            pages.append((await service.client.get(PAGE)).text)
        history = (await service.client.get(f"{VERSION}/history")).json()
        page_of_two = (await service.client.get(f"{VERSION}/history?limit=2&cursor=1")).json()
    sentences = [
        f"The wheel's host answered with other bytes, of SHA-256 {'b' * 64}.",
        f"The wheel could not be had from its host since {NOW:%Y-%m-%d %H:%M} UTC (wheel_not_found).",
        "The wheel's host answered with the registered bytes again.",
    ]
    assert [event["action"] for event in history] == ["published", "drifted", "unreachable", "intact"]
    assert [event["reason"] for event in history[1:]] == sentences
    assert {event["actor"] for event in history[1:]} == {"registry"}
    assert page_of_two == history[1:3]
    shown = [[sentence in unescape(page) for sentence in sentences] for page in pages]
    assert shown == [[number < after for number in range(3)] for after in range(4)]
