"""Whether a version may be published although it breaks users."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain import texts
from domain.compatibility.assessment import Baseline
from domain.compatibility.report import MAX_CHANGES, Change, Report
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict
from domain.errors import InvalidTextError

MIN_REASON_LENGTH = 10
MAX_REASON_LENGTH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatibilityPolicy:
    """What becomes of breaking changes.

    Attributes:
        refuses: Whether they are refused within a line; otherwise they are reported only.
        severities: Verdicts of disputed rules in place of breaking.
    """

    refuses: bool = True
    severities: Mapping[RuleId, Verdict] = field(default_factory=dict)


def parse_severities(texts: Iterable[str]) -> Mapping[RuleId, Verdict]:
    """Read verdicts of disputed rules, each as ``rule=verdict``.

    Raises:
        ValueError: There is no such rule or verdict, or the rule is not disputed.
    """
    severities = {}
    for text in texts:
        rule, _, verdict = text.partition("=")
        severities[RuleId(rule)] = Verdict(verdict)
    if not all(RULES[rule].is_disputed for rule in severities):
        raise ValueError("the verdict of other rules than disputed ones is settled")
    return severities


@dataclass(frozen=True, slots=True)
class AcceptedBreak:
    """A publisher's statement that breaking changes are meant.

    Attributes:
        reason: 10 to 2000 characters.
        changes: Fingerprints of the changes that are meant; None for all.

    Raises:
        InvalidTextError: The reason breaks its rule, or more than 500 changes are listed.
    """

    reason: str
    changes: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Refuse a reason that is none."""
        texts.validate_text(self.reason, max_length=MAX_REASON_LENGTH)
        if len(self.reason.strip()) < MIN_REASON_LENGTH:
            raise InvalidTextError(f"must have at least {MIN_REASON_LENGTH} characters; say why the change is needed")
        if self.changes is not None and len(self.changes) > MAX_CHANGES:
            raise InvalidTextError(f"must list at most {MAX_CHANGES} changes; leave the list out to accept all of them")

    def covers(self, change: Change) -> bool:
        """Tell whether a change is meant."""
        return self.changes is None or change.fingerprint in self.changes


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """What the gate decided.

    Attributes:
        refused: Breaking changes for which the version is refused; empty if it may be published.
        accepted: Breaking changes that pass because they were accepted.
        is_truncated: Whether more breaking changes were found than are kept, so that a list cannot accept all.
    """

    refused: tuple[Change, ...] = ()
    accepted: tuple[Change, ...] = ()
    is_truncated: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the version is refused."""
        return bool(self.refused) or self.is_truncated


def decide_gate(
    baseline: Baseline, report: Report, accepted: AcceptedBreak | None = None, *, enforce: bool = True
) -> GateDecision:
    """Refuse breaking changes within a line, unless they were accepted. Unknown changes are never refused.

    Args:
        baseline: What the version was compared with.
        report: The comparison.
        accepted: What the publisher sent; acceptances of earlier versions do not count.
        enforce: False to report breaking changes and refuse none.
    """
    if baseline.version is None or baseline.may_break or not enforce:
        return GateDecision()
    breaking = report.having(Verdict.BREAKING)
    meant = tuple(change for change in breaking if accepted is not None and accepted.covers(change))
    refused = tuple(change for change in breaking if change not in meant)
    is_truncated = report.counts[Verdict.BREAKING] > len(breaking) and (
        accepted is None or accepted.changes is not None
    )
    return GateDecision(refused=refused, accepted=meant, is_truncated=is_truncated)


def lost_additions(report: Report, upward: Report) -> tuple[Change, ...]:
    """Return what users of a back-port lose when they upgrade to the next version of the line.

    Args:
        report: The comparison of the back-port with its baseline.
        upward: The comparison of its successor with the back-port.
    """
    added = {(change.resource, change.side, change.path) for change in report.changes if RULES[change.rule].is_addition}
    return tuple(
        change for change in upward.having(Verdict.BREAKING) if (change.resource, change.side, change.path) in added
    )
