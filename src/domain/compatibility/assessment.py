"""What a version is compared with, and what is kept of the comparison."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.compatibility.report import Bump, Change, Report
from domain.compatibility.rules import RULES, RULES_VERSION, Verdict
from domain.errors import AnnouncementRefusedError
from domain.semver import SemVer


class BaselineReason(StrEnum):
    """Why a version is compared with that baseline, or with none."""

    SAME_LINE = "same_line"
    NEW_LINE = "new_line"
    FIRST_VERSION = "first_version"
    ALL_YANKED = "all_yanked"
    NO_SCHEMAS = "no_schemas"


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """A version that was published, as far as the choice of a baseline needs it."""

    version: SemVer
    is_yanked: bool = False
    has_schemas: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a version is compared with.

    Attributes:
        version: None if there is nothing to compare with; ``reason`` says why.
        may_break: Whether a breaking change is reported and never refused: the version begins a new line, is a
            pre-release or is below 0.1.0.
        successor: The next higher version of the line, into which users of a back-port upgrade; None if there is none.
    """

    version: SemVer | None
    reason: BaselineReason
    may_break: bool
    successor: SemVer | None = None


def baseline_for(version: SemVer, published: Iterable[PublicVersion]) -> Baseline:
    """Choose the greatest lower version of the same line that is stable, not yanked and has schemas.

    A line is a major version, or a minor one below 1.0.0, or a patch below 0.1.0. The first version of a line is
    compared with the greatest lower version of all.

    Args:
        version: The version that is about to be registered.
        published: The provider's public versions, in any order. Failed ones are not among them.
    """
    others = [other for other in published if not other.version.is_prerelease]
    lower = [other for other in others if other.version.precedence < version.precedence]
    in_line = [other for other in lower if _line(other.version) == _line(version)]
    found = _greatest(in_line or lower)
    reason = _reason(lower, in_line, found)
    may_break = version.is_prerelease or _line(version)[:2] == (0, 0) or reason is BaselineReason.NEW_LINE
    return Baseline(version=found, reason=reason, may_break=may_break, successor=_successor(version, others))


def neighbours_of(version: SemVer, published: Iterable[PublicVersion]) -> tuple[PublicVersion, ...]:
    """Return the versions that decide on a baseline, in order of precedence; ``baseline_for`` needs no others.

    They are, of the stable versions: the greatest lower one, the greatest lower one that is not yanked, the greatest
    lower one that has schemas as well, and the least higher one of that kind.
    """
    ordered = sorted((each for each in published if not each.version.is_prerelease), key=lambda each: each.version)
    precedence = version.precedence
    lower = [each for each in ordered if each.version.precedence < precedence]
    higher = [each for each in ordered if each.version.precedence > precedence and _is_usable(each)]
    found = [
        *lower[-1:],
        *[each for each in lower if not each.is_yanked][-1:],
        *[each for each in lower if _is_usable(each)][-1:],
        *higher[:1],
    ]
    return tuple(sorted(set(found), key=lambda each: each.version))


def _reason(lower: list[PublicVersion], in_line: list[PublicVersion], found: SemVer | None) -> BaselineReason:
    if not lower:
        return BaselineReason.FIRST_VERSION
    if found is not None:
        return BaselineReason.SAME_LINE if in_line else BaselineReason.NEW_LINE
    considered = in_line or lower
    return BaselineReason.ALL_YANKED if all(other.is_yanked for other in considered) else BaselineReason.NO_SCHEMAS


def _greatest(versions: Iterable[PublicVersion]) -> SemVer | None:
    return max((other.version for other in versions if _is_usable(other)), default=None)


def _successor(version: SemVer, others: Iterable[PublicVersion]) -> SemVer | None:
    higher = (
        other.version
        for other in others
        if _is_usable(other)
        and _line(other.version) == _line(version)
        and other.version.precedence > version.precedence
    )
    return None if version.is_prerelease else min(higher, default=None)


def _is_usable(version: PublicVersion) -> bool:
    return version.has_schemas and not version.is_yanked


def _line(version: SemVer) -> tuple[int, ...]:
    major, minor, patch = version.release
    if major:
        return (major,)
    return (0, minor) if minor else (0, 0, patch)


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
    def is_repeatable(self) -> bool:
        """Whether comparing both versions again would say the same: by today's rules, under any settings."""
        report = self.report
        is_whole = report.is_complete and not report.is_truncated
        has_settings = any(RULES[change.rule].is_disputed for change in report.changes)
        return is_whole and not has_settings and report.rules_version == RULES_VERSION

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
