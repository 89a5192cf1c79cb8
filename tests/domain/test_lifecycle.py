"""No sequence of verbs leaves the lifecycle."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import IllegalTransitionError, WheelProblem, WheelRefusedError
from domain.versions import ProviderVersion, VersionStatus
from tests.builders import NOW, a_building_version, a_proven_wheel, an_announcement

_BUILDING, _PUBLISHED = VersionStatus.BUILDING, VersionStatus.PUBLISHED
_FAILED, _YANKED = VersionStatus.FAILED, VersionStatus.YANKED
_STEPS = {
    "publish": (_BUILDING, _PUBLISHED),
    "fail": (_BUILDING, _FAILED),
    "rebuild": (_FAILED, _BUILDING),
    "yank": (_PUBLISHED, _YANKED),
    "restore": (_YANKED, _PUBLISHED),
}
_IMMUTABLE = (
    "name",
    "version",
    "announcement",
    "runtime_version",
    "registered_by",
    "created_at",
    "wheel",
    "published_at",
)


class Lifecycle(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.version = a_building_version()
        self.expected = _BUILDING
        self.at = NOW

    @rule(verb=st.sampled_from(sorted(_STEPS)))
    def take(self, verb: str) -> None:
        self.at += timedelta(seconds=1)
        before, (required, after) = self.version, _STEPS[verb]
        if before.status is not required:
            with pytest.raises(IllegalTransitionError):
                self._verbs()[verb]()
            return
        self.version, self.expected = self._verbs()[verb](), after
        assert self.version.updated_at == self.at
        assert before.status is required, "a verb changed the version it was called on"
        if required.is_public:
            assert all(getattr(self.version, field) == getattr(before, field) for field in _IMMUTABLE)

    def _verbs(self) -> dict[str, Callable[[], ProviderVersion]]:
        version, at = self.version, self.at
        return {
            "publish": lambda: version.publish(a_proven_wheel(), at=at),
            "fail": lambda: version.fail(WheelRefusedError(WheelProblem.TOO_LARGE, "Too large."), at=at),
            "rebuild": lambda: version.rebuild(
                an_announcement(changelog=at.isoformat()), runtime_version="9.0.0", registered_by="mch_other", at=at
            ),
            "yank": lambda: version.yank("Broken.", at=at),
            "restore": lambda: version.restore(at=at),
        }

    @invariant()
    def the_fields_fit_the_status(self) -> None:
        version = self.version
        assert version.status is self.expected
        assert version.created_at == NOW
        assert [version.wheel is not None, version.published_at is not None] == [version.status.is_public] * 2
        assert [version.error_code is not None, version.error_message is not None] == [version.status is _FAILED] * 2
        assert [version.yanked_at is not None, version.yanked_reason is not None] == [version.status is _YANKED] * 2


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=min(60, settings().max_examples), stateful_step_count=25)


def test_a_refused_step_says_where_the_version_stands() -> None:
    with pytest.raises(IllegalTransitionError, match=r"platform/gcp 1\.0\.0 is building; only a published version"):
        a_building_version().yank("Broken.", at=NOW)
