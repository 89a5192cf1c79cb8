"""What checks of a wheel on its host come to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import (
    Availability,
    CheckSchedule,
    Fetched,
    FileSignature,
    Looked,
    NotHad,
    Observation,
    OriginVerdict,
    first_check,
    origin_event,
)
from domain.wheel.file import Sha256Digest
from tests.builders import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCHEDULE = CheckSchedule()
RIGHT, OTHER, THIRD = (Sha256Digest(letter * 64) for letter in "abc")
SEEN = FileSignature(size=5, tag='"a"')


def after(*steps: tuple[timedelta, Observation], first: Availability | None = None) -> Availability:
    """Return what is known after checks at those times."""
    known = first or Availability()
    for later, observation in steps:
        known = known.after(observation, RIGHT, SCHEDULE, at=NOW + later)
    return known


INTACT = after((timedelta(), Fetched(RIGHT, SEEN)))


def test_registered_bytes_are_intact_since_they_were_found_first() -> None:
    again = after((DAY, Fetched(RIGHT, SEEN)), first=INTACT)
    assert (again.verdict, again.since, again.verified_at) == (OriginVerdict.INTACT, NOW, NOW + DAY)


def test_other_bytes_are_no_verdict_until_a_second_fetch_agrees_on_them() -> None:
    once = after((DAY, Fetched(OTHER)), first=INTACT)
    assert (once.verdict, once.next_check(SCHEDULE)) == (OriginVerdict.INTACT, SCHEDULE.confirm_after)
    assert once.wants_whole(SEEN, SCHEDULE, at=NOW + DAY)
    twice = after((DAY + HOUR, Fetched(OTHER)), first=once)
    assert (twice.verdict, twice.since) == (OriginVerdict.DRIFTED, NOW + DAY + HOUR)
    assert twice.next_check(SCHEDULE) == SCHEDULE.look_every


def test_two_fetches_that_disagree_say_nothing_yet() -> None:
    known = after((DAY, Fetched(OTHER)), (DAY + HOUR, Fetched(THIRD)), first=INTACT)
    assert (known.verdict, known.other_sha256) == (OriginVerdict.INTACT, THIRD)


def test_a_wheel_that_came_back_is_intact_again() -> None:
    drifted = after((DAY, Fetched(OTHER)), (DAY + HOUR, Fetched(OTHER)), first=INTACT)
    back = after((2 * DAY, Fetched(RIGHT, SEEN)), first=drifted)
    assert (back.verdict, back.since, back.other_sha256) == (OriginVerdict.INTACT, NOW + 2 * DAY, None)


def test_a_wheel_is_unreachable_after_days_since_its_first_failure_and_not_after_one() -> None:
    failing = after((DAY, NotHad("wheel_host_failed")), (3 * DAY, NotHad("wheel_not_found")), first=INTACT)
    assert (failing.verdict, failing.failure) == (OriginVerdict.INTACT, "wheel_not_found")
    assert failing.next_check(SCHEDULE) == SCHEDULE.retry_after
    gone = after((4 * DAY, NotHad("wheel_not_found")), first=failing)
    assert (gone.verdict, gone.since) == (OriginVerdict.UNREACHABLE, NOW + DAY)
    assert after((9 * DAY, NotHad("wheel_not_found")), first=gone).since == NOW + DAY


def test_an_answer_between_failures_starts_the_days_anew() -> None:
    known = after(
        (DAY, NotHad("wheel_host_failed")),
        (2 * DAY, Looked(SEEN)),
        (5 * DAY, NotHad("wheel_host_failed")),
        first=INTACT,
    )
    assert (known.verdict, known.failing_since) == (OriginVerdict.INTACT, NOW + 5 * DAY)


def test_a_look_proves_nothing_after_a_failure_so_the_whole_wheel_is_wanted() -> None:
    gone = after((timedelta(), NotHad("x")), (4 * DAY, NotHad("x")), first=INTACT)
    looked = after((5 * DAY, Looked(SEEN)), first=gone)
    assert looked.verdict is OriginVerdict.UNREACHABLE
    assert looked.wants_whole(SEEN, SCHEDULE, at=NOW + 5 * DAY)


def test_other_bytes_end_unreachable_without_a_verdict() -> None:
    gone = after((timedelta(), NotHad("x")), (4 * DAY, NotHad("x")), first=INTACT)
    assert after((5 * DAY, Fetched(OTHER)), first=gone).verdict is None


def test_a_drift_and_its_end_are_events_of_the_history() -> None:
    once = after((DAY, Fetched(OTHER)), first=INTACT)
    drifted = after((DAY + HOUR, Fetched(OTHER)), first=once)
    back = after((2 * DAY, Fetched(RIGHT, SEEN)), first=drifted)
    assert origin_event(INTACT, once) is None
    event = origin_event(once, drifted)
    assert event is not None
    assert (event.verdict, event.at, event.other_sha256) == (OriginVerdict.DRIFTED, NOW + DAY + HOUR, OTHER)
    event = origin_event(drifted, back)
    assert event is not None
    assert (event.verdict, event.at, event.other_sha256) == (OriginVerdict.INTACT, NOW + 2 * DAY, None)
    assert origin_event(back, after((3 * DAY, Looked(SEEN)), first=back)) is None


def test_an_event_of_a_wheel_that_is_gone_says_when_that_was_found_and_since_when_it_is() -> None:
    failing = after((DAY, NotHad("wheel_not_found")), first=INTACT)
    gone = after((4 * DAY, NotHad("wheel_not_found")), first=failing)
    event = origin_event(failing, gone)
    assert event is not None
    assert (event.verdict, event.at, event.since) == (OriginVerdict.UNREACHABLE, NOW + 4 * DAY, NOW + DAY)
    assert event.failure == "wheel_not_found"


def test_a_first_verdict_is_an_event_only_if_something_is_wrong() -> None:
    failed_once = after((timedelta(), NotHad("wheel_host_failed")))
    other_once = after((timedelta(), Fetched(OTHER)))
    for before in (Availability(), failed_once):
        assert origin_event(before, after((HOUR, Fetched(RIGHT)), first=before)) is None
    for before, check in ((other_once, Fetched(OTHER)), (failed_once, NotHad("x")), (other_once, Fetched(RIGHT))):
        assert origin_event(before, after((4 * DAY, check), first=before)) is not None


@given(st.lists(st.sampled_from([Fetched(RIGHT), Fetched(OTHER), NotHad("x")]), max_size=30))
def test_the_last_event_is_the_verdict_whenever_there_is_one(
    checks: list[Observation],
) -> None:
    known, events = INTACT, [OriginVerdict.INTACT]
    for number, check in enumerate(checks):
        before, known = known, known.after(check, RIGHT, SCHEDULE, at=NOW + number * DAY)
        event = origin_event(before, known)
        if event is not None:
            assert before.verdict is None or events[-1] is not event.verdict
            events.append(event.verdict)
        assert known.verdict in {None, events[-1]}


@pytest.mark.parametrize(
    ("known", "seen", "later", "is_wanted"),
    [
        (INTACT, SEEN, DAY, False),
        (INTACT, SEEN, 30 * DAY, True),
        (INTACT, replace(SEEN, size=6), DAY, True),
        (INTACT, replace(SEEN, tag='"b"'), DAY, True),
        (INTACT, None, DAY, True),
        (replace(INTACT, signature=FileSignature(size=5)), FileSignature(size=5), DAY, True),
        (Availability(), SEEN, DAY, True),
    ],
    ids=["unchanged", "monthly", "another size", "another tag", "not said", "no tag", "never checked"],
)
def test_a_whole_fetch_is_for_every_month_and_for_changes(
    known: Availability, seen: FileSignature | None, later: timedelta, *, is_wanted: bool
) -> None:
    assert known.wants_whole(seen, SCHEDULE, at=NOW + later) == is_wanted


observations = st.one_of(
    st.sampled_from([RIGHT, OTHER, THIRD]).map(Fetched), st.just(Looked(SEEN)), st.just(NotHad("wheel_host_failed"))
)


@given(st.lists(observations, max_size=30))
def test_a_verdict_of_drift_takes_two_fetches_in_a_row_that_agree(checks: list[Observation]) -> None:
    known, fetched = Availability(), list[Sha256Digest]()
    for number, check in enumerate(checks):
        before = known.verdict
        known = known.after(check, RIGHT, SCHEDULE, at=NOW + number * HOUR)
        fetched += [check.sha256] if isinstance(check, Fetched) else []
        if known.verdict is OriginVerdict.DRIFTED is not before:
            assert fetched[-1] == fetched[-2] != RIGHT


@given(st.text(max_size=50))
def test_the_first_check_of_a_version_is_always_at_the_same_time_within_the_first_period(key: str) -> None:
    assert timedelta() <= first_check(key, SCHEDULE) < SCHEDULE.look_every
    assert first_check(key, SCHEDULE) == first_check(key, SCHEDULE)


def test_first_checks_are_spread_over_the_period() -> None:
    hours = [first_check(f"platform/p{number}@1.0.0", SCHEDULE) // HOUR for number in range(2400)]
    assert {hours.count(hour) // 50 for hour in range(24)} <= {1, 2}
