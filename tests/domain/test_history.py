"""What is kept of a version's life."""

from dataclasses import FrozenInstanceError

import pytest

from domain.errors import InvalidTextError
from domain.history import LifecycleAction, LifecycleEvent, validate_yank_reason
from tests.builders import MACHINE_ID, NOW, a_version


def test_an_event_never_changes() -> None:
    event = LifecycleEvent(action=LifecycleAction.YANKED, at=NOW, actor=MACHINE_ID, reason="Broken.")

    with pytest.raises(FrozenInstanceError):
        event.reason = "Fine."  # type: ignore[misc]  # the point


def test_actions_are_the_words_that_are_stored_and_shown() -> None:
    assert [action.value for action in LifecycleAction] == ["published", "failed", "yanked", "restored"]


@pytest.mark.parametrize("reason", ["x", "x" * 2000, "Deletes buckets.\r\nReally.\n", "Löscht €\U0001f600"])
def test_a_reason_is_kept_as_it_was_said(reason: str) -> None:
    assert validate_yank_reason(reason) == reason
    assert a_version().yank(reason, at=NOW).yanked_reason == reason


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "x" * 2001, "a\x00b", "a\x1b[2J", "a\x7f", "a\ud800"])
def test_no_version_is_yanked_for_a_reason_that_says_nothing_or_deceives(reason: str) -> None:
    with pytest.raises(InvalidTextError):
        validate_yank_reason(reason)
    with pytest.raises(InvalidTextError):
        a_version().yank(reason, at=NOW)
