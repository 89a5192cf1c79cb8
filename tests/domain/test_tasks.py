"""When a task is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tasks import RetryPolicy

POLICY = RetryPolicy(
    max_attempts=3, deadline=timedelta(hours=1), first_delay=timedelta(seconds=10), longest_delay=timedelta(minutes=1)
)


@pytest.mark.parametrize(("attempt", "allowed"), [(1, True), (3, True), (4, False), (100, False)])
def test_there_are_as_many_attempts_as_the_policy_says(attempt: int, *, allowed: bool) -> None:
    assert POLICY.allows(attempt, timedelta()) is allowed


@pytest.mark.parametrize(("seconds", "allowed"), [(-1, True), (0, True), (3600, True), (3601, False), (10**9, False)])
def test_no_attempt_begins_after_the_deadline_however_few_there_were(seconds: int, *, allowed: bool) -> None:
    assert {POLICY.allows(attempt, timedelta(seconds=seconds)) for attempt in (1, 2, 3)} == {allowed}


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 10), (2, 20), (3, 40), (4, 60), (5, 60), (10_000, 60)])
def test_the_longest_delay_doubles_up_to_the_cap(attempt: int, seconds: int) -> None:
    assert POLICY.delay(attempt, 1.0) == timedelta(seconds=seconds)


@given(st.integers(1, 10**9), st.floats(0, 1), st.floats(0, 1))
def test_a_delay_is_anything_from_nothing_to_the_longest(attempt: int, less: float, more: float) -> None:
    low, high = sorted((less, more))
    assert timedelta() <= POLICY.delay(attempt, low) <= POLICY.delay(attempt, high) <= POLICY.delay(attempt, 1.0)
