"""What is kept of a version's life."""

from dataclasses import FrozenInstanceError

import pytest

from domain.history import LifecycleAction, LifecycleEvent
from tests.builders import MACHINE_ID, NOW


def test_an_event_never_changes() -> None:
    event = LifecycleEvent(action=LifecycleAction.YANKED, at=NOW, actor=MACHINE_ID, reason="Broken.")

    with pytest.raises(FrozenInstanceError):
        event.reason = "Fine."  # type: ignore[misc]  # the point


def test_actions_are_the_words_that_are_stored_and_shown() -> None:
    assert [action.value for action in LifecycleAction] == ["published", "failed", "yanked", "restored"]
