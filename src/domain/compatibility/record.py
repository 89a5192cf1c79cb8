"""What is kept about a version's compatibility with the one before it."""

from dataclasses import dataclass
from datetime import datetime

from domain.compatibility.baselines import Baseline, BaselineReason
from domain.compatibility.report import Bump, Change, Report
from domain.compatibility.rules import Verdict
from domain.errors import AnnouncementRefusedError
from domain.semver import SemVer

_NAMED_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who accepted which breaking changes within a line, when and why.

    Attributes:
        changes: Their fingerprints.
    """

    accepted_by: str
    accepted_at: datetime
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompatibilitySummary:
    """The result of a comparison in a few values.

    Attributes:
        baseline: The version that was compared with; None if there was none, for a reason.
        verdict: None without a baseline.
        required_bump: None without a baseline.
        breaking: How many changes have that verdict.
        compatible: The same.
        unknown: The same.
        lost_additions: How many additions users of a back-port lose when they upgrade to the next version of the line.
        acceptance: There if breaking changes were accepted.
    """

    baseline: SemVer | None
    reason: BaselineReason
    verdict: Verdict | None
    required_bump: Bump | None
    breaking: int
    compatible: int
    unknown: int
    rules_version: str
    lost_additions: int = 0
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility:
    """The comparison of a version with its baseline, as of its registration. It is never made anew.

    Attributes:
        acceptance: There if breaking changes were accepted.
        lost_additions: What users of a back-port lose when they upgrade to the next version of the line.
    """

    baseline: Baseline
    report: Report
    acceptance: Acceptance | None = None
    lost_additions: tuple[Change, ...] = ()

    @property
    def summary(self) -> CompatibilitySummary:
        """The result in a few values."""
        is_compared, counts = self.baseline.version is not None, self.report.counts
        return CompatibilitySummary(
            baseline=self.baseline.version,
            reason=self.baseline.reason,
            verdict=self.report.verdict if is_compared else None,
            required_bump=self.report.required_bump if is_compared else None,
            breaking=counts[Verdict.BREAKING],
            compatible=counts[Verdict.COMPATIBLE],
            unknown=counts[Verdict.UNKNOWN],
            rules_version=self.report.rules_version,
            lost_additions=len(self.lost_additions),
            acceptance=self.acceptance,
        )


class BreakingChangeError(AnnouncementRefusedError):
    """The version breaks users of its baseline without a number that says so.

    Attributes:
        changes: What breaks them.
    """

    code = "breaking_change"

    def __init__(self, version: SemVer, baseline: SemVer, changes: tuple[Change, ...], total: int) -> None:
        shown = "; ".join(
            f"{_place(change)}: {change.message}. {change.impact}".rstrip(". ") for change in changes[:_NAMED_CHANGES]
        )
        if not changes:
            shown = "further changes than those listed, too many to name"
        more = f"; and {total - _NAMED_CHANGES} more" if changes and total > _NAMED_CHANGES else ""
        super().__init__(
            f"{version} breaks users of {baseline}: {shown}{more}. Release it as {next_line(baseline)}, or send "
            "accept_breaking with a reason and, in changes, the fingerprints of what is meant (null for all). An "
            "upgrade hook of a resource, which may migrate configs, cannot be seen from here"
        )
        self.changes = changes


def next_line(version: SemVer) -> str:
    """Return the least version above this one that may break its users."""
    major, minor, patch = version.release
    if major:
        return f"{major + 1}.0.0"
    return f"0.{minor + 1}.0" if minor else f"0.0.{patch + 1}"


def _place(change: Change) -> str:
    side = f" ({change.side})" if change.side else ""
    return f"{change.resource or 'the provider itself'}{side}"
