"""Every clock tells aware times in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.memory.clock import ManualClock
from adapters.system_clock import SystemClock
from application.ports.clock import Clock


@pytest.fixture(params=[SystemClock, ManualClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


def test_a_clock_tells_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_a_clock_never_runs_backwards(clock: Clock) -> None:
    assert clock.now() <= clock.now()


def test_the_system_clock_tells_the_present() -> None:
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock()
    start = clock.now()
    assert clock.now() == start
    clock.advance(seconds=1.5)
    assert clock.now() == start + timedelta(seconds=1.5)


def test_a_manual_clock_is_set_to_any_aware_time() -> None:
    clock = ManualClock()
    clock.set(datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_manual_clock_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 5, 1))  # noqa: DTZ001 - the point
