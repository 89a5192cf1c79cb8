"""What a receiver is, and how far it is."""

from datetime import timedelta

import pytest

from domain.errors import InvalidReceiverNameError, InvalidReceiverUrlError
from domain.webhooks.receivers import (
    KEPT_ATTEMPTS,
    Progress,
    ReceiverUrl,
    SealedSecrets,
    Stop,
    require_receiver_name,
)
from provider_registry_testing.webhook_receivers import an_attempt
from tests.builders import NOW

A_DAY = timedelta(days=1)
START = Progress(cursor=5, moved_at=NOW)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("https://ci.example.com", "https://ci.example.com/"),
        ("HTTPS://CI.example.com:443/hooks", "https://ci.example.com/hooks"),
        ("https://ci.example.com:8443/a/b?team=x&y=%20", "https://ci.example.com:8443/a/b?team=x&y=%20"),
        ("https://ci.example.com?team=x", "https://ci.example.com/?team=x"),
        ("https://[2001:db8:0::1]/", "https://[2001:db8::1]/"),
    ],
)
def test_a_url_is_read_into_one_form(written: str, text: str) -> None:
    assert ReceiverUrl.parse(written).text == text
    assert ReceiverUrl.parse(text).text == text


@pytest.mark.parametrize(
    "written",
    [
        "http://ci.example.com/",
        "ci.example.com/hooks",
        "https://user:password@ci.example.com/",
        "https://ci.example.com/#part",
        "https://ci.example.com/a b",
        "https://ci.example.com/\r\nX: y",
        "https://ci.example.com/ü",
        "https://ci.example.com/a\\b",
        "https://ci.example.com:0/",
        "https://0x7f000001/",
        "https:///hooks",
        "https://",
        "",
        f"https://ci.example.com/{'a' * 2048}",
    ],
)
def test_what_is_no_plain_https_url_is_refused(written: str) -> None:
    with pytest.raises(InvalidReceiverUrlError):
        ReceiverUrl.parse(written)


@pytest.mark.parametrize("name", ["a", "ci", "ci-2", "9", "a" * 63])
def test_a_name_is_accepted(name: str) -> None:
    assert require_receiver_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a b", "a/b", "ä", "a\n", "a" * 64])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidReceiverNameError):
        require_receiver_name(name)


def test_both_secrets_sign_until_the_rotation_is_over() -> None:
    rotated = SealedSecrets(current="old").rotated("new", until=NOW + A_DAY)
    assert rotated.at(NOW) == ("new", "old")
    assert rotated.at(NOW + A_DAY) == ("new",)
    assert SealedSecrets(current="old").at(NOW) == ("old",)


def test_an_accepted_event_is_passed_and_earlier_failures_are_forgotten() -> None:
    failed = START.attempted(an_attempt(7)).attempted(an_attempt(7))
    assert (failed.cursor, failed.failures) == (7, 2)
    accepted = failed.attempted(an_attempt(7, is_accepted=True))
    assert (accepted.cursor, accepted.failures) == (8, 0)
    assert [attempt.is_accepted for attempt in accepted.attempts] == [False, False, True]


def test_only_the_last_attempts_are_kept() -> None:
    progress = START
    for index in range(KEPT_ATTEMPTS + 5):
        progress = progress.attempted(an_attempt(index, is_accepted=True))
    assert [attempt.index for attempt in progress.attempts] == list(range(5, KEPT_ATTEMPTS + 5))


def test_where_an_operator_puts_it_everything_begins_anew() -> None:
    stopped = START.attempted(an_attempt(5)).stopped(Stop.EXHAUSTED)
    moved = stopped.moved(2, at=NOW + A_DAY)
    assert (moved.cursor, moved.failures, moved.stop, moved.moved_at) == (2, 0, None, NOW + A_DAY)
    assert moved.attempts == stopped.attempts
