"""When a delivery is tried again, and when not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.webhooks.delivery import SCHEDULE, Answer, Reply, next_attempt
from domain.webhooks.receivers import Progress, Stop
from tests.builders import NOW

FAILED = Answer(Reply.FAILED, "500")
SECONDS, MINUTES, HOURS = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))


def after(failures: int) -> Progress:
    return Progress(cursor=0, moved_at=NOW, failures=failures)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        (1, 5 * SECONDS),
        (2, 5 * MINUTES),
        (3, 30 * MINUTES),
        (4, 2 * HOURS),
        (5, 5 * HOURS),
        (6, 10 * HOURS),
        (7, 14 * HOURS),
        (8, 20 * HOURS),
        (9, 24 * HOURS),
        (10, Stop.EXHAUSTED),
        (11, Stop.EXHAUSTED),
    ],
)
def test_waits_are_those_of_the_specification_and_then_it_stops(failures: int, wait: timedelta | Stop) -> None:
    assert next_attempt(after(failures), FAILED, chance=0) == wait


def test_all_attempts_at_one_event_take_75_hours_and_35_minutes() -> None:
    assert sum(SCHEDULE, timedelta()) == 75 * HOURS + 35 * MINUTES + 5 * SECONDS


def test_chance_adds_a_fifth_at_most() -> None:
    assert next_attempt(after(2), FAILED, chance=1) == 6 * MINUTES
    assert next_attempt(after(2), FAILED, chance=0.5) == 5.5 * MINUTES


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(), 5 * MINUTES),
        (1 * SECONDS, 5 * MINUTES),
        (1 * HOURS, 1 * HOURS),
        (24 * HOURS, 24 * HOURS),
        (timedelta(days=365), 24 * HOURS),
    ],
)
def test_a_receiver_may_ask_for_a_longer_wait_within_a_day(asked: timedelta, wait: timedelta) -> None:
    assert next_attempt(after(2), replace(FAILED, wait=asked), chance=0) == wait


@pytest.mark.parametrize("failures", [1, 10])
def test_one_that_is_gone_gets_no_other_attempt(failures: int) -> None:
    assert next_attempt(after(failures), Answer(Reply.GONE, "410"), chance=0) is Stop.GONE
