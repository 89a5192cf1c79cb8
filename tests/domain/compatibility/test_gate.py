"""Which breaking changes are refused, and which pass."""

import pytest

from domain.compatibility.assessment import BreakingChangeError, PublicVersion, baseline_for
from domain.compatibility.gate import AcceptedBreak, decide_gate, lost_additions
from domain.compatibility.report import MAX_CHANGES, Report
from domain.compatibility.rules import Verdict
from domain.errors import InvalidTextError
from domain.semver import SemVer
from tests.support.compatibility import closed, compared

A, B = {"type": "string"}, {"type": "integer"}
TWO_BREAKS = compared(closed(a=A, b=B), closed())
NO_BREAK = compared(closed(), closed(a=A))
REASON = "nobody can have used it"


@pytest.mark.parametrize(
    ("version", "published", "is_refused"),
    [
        ("1.2.1", "1.2.0", True),
        ("1.3.0", "1.2.0", True),
        ("2.0.0", "1.2.0", False),
        ("0.3.1", "0.3.0", True),
        ("0.4.0", "0.3.0", False),
        ("0.0.2", "0.0.1", False),
        ("1.3.0-rc.1", "1.2.0", False),
        ("1.2.5", "2.0.0", False),
    ],
)
def test_breaking_changes_are_refused_within_a_line(version: str, published: str, *, is_refused: bool) -> None:
    baseline = baseline_for(SemVer.parse(version), [PublicVersion(SemVer.parse(published))])
    assert decide_gate(baseline, TWO_BREAKS).is_refused is is_refused


BASELINE = baseline_for(SemVer.parse("1.3.0"), [PublicVersion(SemVer.parse("1.2.0"))])


def test_what_breaks_nobody_passes() -> None:
    assert not decide_gate(BASELINE, NO_BREAK).is_refused


def test_a_registry_that_only_reports_refuses_nothing() -> None:
    assert not decide_gate(BASELINE, TWO_BREAKS, enforce=False).is_refused


def test_all_breaks_may_be_accepted() -> None:
    decision = decide_gate(BASELINE, TWO_BREAKS, AcceptedBreak(REASON))
    assert not decision.is_refused
    assert decision.accepted == TWO_BREAKS.changes


def test_breaks_that_are_not_listed_are_refused_still() -> None:
    listed, other = TWO_BREAKS.changes
    decision = decide_gate(BASELINE, TWO_BREAKS, AcceptedBreak(REASON, frozenset({listed.fingerprint})))
    assert (decision.accepted, decision.refused) == ((listed,), (other,))


def test_a_list_cannot_accept_breaks_that_are_not_shown() -> None:
    many = compared(closed(**{f"p{number}": A for number in range(501)}), closed())
    assert many.is_truncated
    assert many.counts[Verdict.BREAKING] == 501
    listed = frozenset(change.fingerprint for change in many.changes)
    assert decide_gate(BASELINE, many, AcceptedBreak(REASON, listed)).is_refused
    assert not decide_gate(BASELINE, many, AcceptedBreak(REASON)).is_refused


@pytest.mark.parametrize("reason", ["", "short", " " * 20, "x" * 2001])
def test_a_reason_is_due(reason: str) -> None:
    with pytest.raises(InvalidTextError):
        AcceptedBreak(reason)


def test_what_a_back_port_added_and_its_successor_lacks_is_reported() -> None:
    report, upward = compared(closed(a=A), closed(a=A, b=B)), compared(closed(a=A, b=B), closed(a=A))
    assert [change.path for change in lost_additions(report, upward)] == ["b"]
    assert lost_additions(Report.of(()), upward) == ()


def test_more_changes_than_a_report_keeps_cannot_be_listed() -> None:
    listed = frozenset(f"{number:012x}" for number in range(MAX_CHANGES))
    assert AcceptedBreak("All of them are meant.", listed).changes == listed

    with pytest.raises(InvalidTextError, match="at most 500 changes; leave the list out to accept all of them"):
        AcceptedBreak("All of them are meant.", listed | {"another"})


def test_a_refusal_for_more_changes_than_are_kept_says_so() -> None:
    refusal = BreakingChangeError(SemVer.parse("1.4.0"), SemVer.parse("1.3.0"), (), 7)

    assert "breaks users of 1.3.0: further changes than those listed, too many to name. Release" in refusal.detail
