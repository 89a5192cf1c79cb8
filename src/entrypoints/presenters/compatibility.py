"""How versions compare."""

from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from domain.compatibility.assessment import Acceptance, BaselineReason, Compatibility, CompatibilitySummary
from domain.compatibility.report import Basis, Bump, Change, Report, Side
from domain.compatibility.rules import RULES_VERSION, Verdict
from domain.names import ProviderName
from domain.schemas import CanonicalJson
from domain.semver import SemVer
from domain.versions import ProviderVersion


class AcceptanceView(Struct, kw_only=True):
    """Who accepted breaking changes, when and why."""

    accepted_by: str
    accepted_at: datetime
    reason: str
    changes: Annotated[list[str], Meta(description="Fingerprints.")]


class CompatibilitySummaryView(Struct, kw_only=True):
    """How a version compares with the one that its users upgrade from."""

    baseline: Annotated[str | None, Meta(description="The version that was compared with; null if there was none.")]
    reason: Annotated[BaselineReason, Meta(description="Why that one, or none.")]
    verdict: Annotated[Verdict | None, Meta(description="The gravest verdict of a change; null without a baseline.")]
    required_bump: Annotated[
        Bump | None, Meta(description="What the version number must raise at least; null without a baseline.")
    ]
    breaking: int
    compatible: int
    unknown: int
    rules_version: Annotated[str, Meta(description="The rules that decided.")]
    lost_additions: Annotated[
        int, Meta(description="How many additions users of a back-port lose with the next version of its line.")
    ]
    accepted: Annotated[AcceptanceView | None, Meta(description="Who accepted breaking changes; null if none were.")]


class PlaceView(Struct):
    """Where a change shows."""

    resource: Annotated[str, Meta(description="The resource type; empty for the provider itself.")]
    path: Annotated[str, Meta(description="As people write it, such as `network.subnets[].cidr`.")]


class ChangeView(Struct, kw_only=True):
    """One difference between two versions' schemas."""

    rule: Annotated[str, Meta(description="Stable id; `/rules` of this registry explains each.")]
    verdict: Verdict
    basis: Annotated[
        Basis, Meta(description="`proven` by the sets of valid values, or declared by the registry's `policy`.")
    ]
    resource: Annotated[str, Meta(description="The resource type; empty for the provider itself.")]
    side: Annotated[Side | None, Meta(description="Null where a whole resource type came or went.")]
    path: Annotated[str, Meta(description="As people write it, such as `network.subnets[].cidr`.")]
    pointers: Annotated[list[str], Meta(description="JSON Pointers into the old and the new schema.")]
    before: Any
    after: Any
    message: Annotated[str, Meta(description="What changed.")]
    impact: Annotated[str, Meta(description="Whom it affects, and how.")]
    hint: Annotated[str, Meta(description="What the author can do.")]
    example: Annotated[Any, Meta(description="A value that was valid for the writer and is refused by the reader.")]
    renamed_to: str | None
    places: list[PlaceView]
    place_count: int
    fingerprint: Annotated[str, Meta(description="Names the change in `accept_breaking`.")]


class ReportView(Struct, kw_only=True):
    """All changes between two versions' schemas: breaking ones first, texts last."""

    verdict: Verdict
    required_bump: Bump
    breaking: int
    compatible: int
    unknown: int
    is_complete: Annotated[bool, Meta(description="False if the comparison stopped at one of its bounds.")]
    is_truncated: Annotated[bool, Meta(description="Whether more changes were found than are listed.")]
    rules_version: str
    changes: list[ChangeView]


class CompatibilityView(Struct, kw_only=True):
    """How a version compared with its baseline when it was registered."""

    canonical: str
    version: str
    baseline: str | None
    reason: BaselineReason
    report: Annotated[ReportView | None, Meta(description="Null without a baseline.")]
    accepted: AcceptanceView | None
    lost_additions: Annotated[
        list[ChangeView], Meta(description="What users of a back-port lose when they upgrade to the next version.")
    ]


class ComparisonView(Struct, kw_only=True):
    """What changed from one version to another."""

    canonical: str
    from_version: str
    to_version: str
    report: ReportView
    accepted: Annotated[
        AcceptanceView | None,
        Meta(description="Who accepted breaking changes; there if the one version was registered against the other."),
    ]


def summary_view(summary: CompatibilitySummary) -> CompatibilitySummaryView:
    """Return the public representation of a comparison's result."""
    return CompatibilitySummaryView(
        baseline=None if summary.baseline is None else summary.baseline.text,
        reason=summary.reason,
        verdict=summary.verdict,
        required_bump=summary.required_bump,
        breaking=summary.breaking,
        compatible=summary.compatible,
        unknown=summary.unknown,
        rules_version=summary.rules_version,
        lost_additions=summary.lost_additions,
        accepted=None if summary.acceptance is None else _acceptance_view(summary.acceptance),
    )


def compatibility_view(version: ProviderVersion, compatibility: Compatibility) -> CompatibilityView:
    """Return the public representation of a version's comparison with its baseline."""
    baseline = compatibility.baseline.version
    return CompatibilityView(
        canonical=version.name.canonical,
        version=version.version.text,
        baseline=None if baseline is None else baseline.text,
        reason=compatibility.baseline.reason,
        report=None if baseline is None else report_view(compatibility.report),
        accepted=None if compatibility.acceptance is None else _acceptance_view(compatibility.acceptance),
        lost_additions=[_change_view(change) for change in compatibility.lost_additions],
    )


def comparison_view(
    name: ProviderName, old: SemVer, new: SemVer, report: Report, acceptance: Acceptance | None
) -> ComparisonView:
    """Return the public representation of what changed from one version to another."""
    return ComparisonView(
        canonical=name.canonical,
        from_version=old.text,
        to_version=new.text,
        report=report_view(report),
        accepted=None if acceptance is None else _acceptance_view(acceptance),
    )


def report_view(report: Report) -> ReportView:
    """Return the public representation of a report."""
    return ReportView(
        verdict=report.verdict,
        required_bump=report.required_bump,
        breaking=report.counts[Verdict.BREAKING],
        compatible=report.counts[Verdict.COMPATIBLE],
        unknown=report.counts[Verdict.UNKNOWN],
        is_complete=report.is_complete,
        is_truncated=report.is_truncated,
        rules_version=report.rules_version,
        changes=[_change_view(change) for change in report.changes],
    )


def _acceptance_view(acceptance: Acceptance) -> AcceptanceView:
    return AcceptanceView(
        accepted_by=acceptance.accepted_by,
        accepted_at=acceptance.accepted_at,
        reason=acceptance.reason,
        changes=list(acceptance.changes),
    )


def _change_view(change: Change) -> ChangeView:
    return ChangeView(
        rule=change.rule,
        verdict=change.verdict,
        basis=change.basis,
        resource=change.resource,
        side=change.side,
        path=change.path,
        pointers=list(change.pointers),
        before=_json(change.before),
        after=_json(change.after),
        message=change.message,
        impact=change.impact,
        hint=change.hint,
        example=_json(change.example),
        renamed_to=change.renamed_to,
        places=[PlaceView(place.resource, place.path) for place in change.places],
        place_count=change.place_count,
        fingerprint=change.fingerprint,
    )


def _json(document: CanonicalJson | None) -> Raw | None:
    return None if document is None else Raw(document.text.encode())


SUMMARY_EXAMPLE = CompatibilitySummaryView(
    baseline="1.3.2",
    reason=BaselineReason.SAME_LINE,
    verdict=Verdict.COMPATIBLE,
    required_bump=Bump.MINOR,
    breaking=0,
    compatible=1,
    unknown=0,
    rules_version=RULES_VERSION,
    lost_additions=0,
    accepted=None,
)
_REPORT_EXAMPLE = ReportView(
    verdict=Verdict.BREAKING,
    required_bump=Bump.MAJOR,
    breaking=1,
    compatible=0,
    unknown=0,
    is_complete=True,
    is_truncated=False,
    rules_version=RULES_VERSION,
    changes=[
        ChangeView(
            rule="property-removed",
            verdict=Verdict.BREAKING,
            basis=Basis.PROVEN,
            resource="bucket",
            side=Side.CONFIG,
            path="tier",
            pointers=["/properties/tier", ""],
            before={"enum": ["standard", "cold"], "type": "string"},
            after=None,
            message="`tier` can no longer be set",
            impact='Configs that were valid are refused, for example {"tier":"standard"}.',
            hint="Keep it and mark it `deprecated: true`; remove it in the next major version.",
            example={"tier": "standard"},
            renamed_to=None,
            places=[PlaceView("bucket", "tier")],
            place_count=1,
            fingerprint="58199f4e2467",
        )
    ],
)
_ACCEPTANCE_EXAMPLE = AcceptanceView(
    accepted_by="mch_release",
    accepted_at=datetime(2026, 1, 1, tzinfo=UTC),
    reason="The tier was never read, and no config sets it.",
    changes=["58199f4e2467"],
)
COMPATIBILITY_EXAMPLE = CompatibilityView(
    canonical="platform/gcp",
    version="1.4.0",
    baseline="1.3.2",
    reason=BaselineReason.SAME_LINE,
    report=_REPORT_EXAMPLE,
    accepted=_ACCEPTANCE_EXAMPLE,
    lost_additions=[],
)
COMPARISON_EXAMPLE = ComparisonView(
    canonical="platform/gcp",
    from_version="1.3.2",
    to_version="1.4.0",
    report=_REPORT_EXAMPLE,
    accepted=_ACCEPTANCE_EXAMPLE,
)
