"""What the page of a comparison shows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from domain.catalog import CatalogEntry
from domain.compatibility.assessment import Acceptance
from domain.compatibility.report import Bump, Change, Report
from domain.compatibility.rules import RULES, Verdict
from domain.schemas import CanonicalJson
from domain.semver import SemVer

_MAX_SHOWN = 100
_MAX_SNIPPET = 300
_HEADLINES = {
    Bump.MAJOR: "breaks users: it needs a major version",
    Bump.MINOR: "adds to what there is: it needs a minor version",
    Bump.PATCH: "changes nothing that users depend on: a patch will do",
}
_UNKNOWN = "may break users: a person should look at what is unknown; it needs a minor version at least"


@dataclass(frozen=True, slots=True)
class ResourceChanges:
    """The changes of one resource type; of the provider itself if its name is empty."""

    resource: str
    changes: Sequence[Change]

    @property
    def breaking(self) -> int:
        """How many of them break users."""
        return sum(change.verdict is Verdict.BREAKING for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """What changed from one version of a provider to another.

    Attributes:
        choices: Versions to choose from, newest first.
        acceptance: Who accepted the breaking changes; None if they were not, or the newer was compared with another.
    """

    entry: CatalogEntry
    old: SemVer
    new: SemVer
    report: Report
    choices: Sequence[SemVer]
    acceptance: Acceptance | None = None

    @property
    def headline(self) -> str:
        """What that means for users, and the required bump."""
        if self.report.verdict is Verdict.UNKNOWN:
            return _UNKNOWN
        return _HEADLINES[self.report.required_bump]

    @property
    def counts(self) -> Sequence[tuple[Verdict, int]]:
        """How many changes have each verdict, breaking ones first."""
        order = (Verdict.BREAKING, Verdict.UNKNOWN, Verdict.COMPATIBLE)
        return [(verdict, self.report.counts[verdict]) for verdict in order]

    @property
    def resources(self) -> Sequence[ResourceChanges]:
        """Changes by resource type, those with breaking changes first; changes of texts are left out."""
        shown = [change for change in self.report.changes if not RULES[change.rule].is_text][:_MAX_SHOWN]
        ordered = sorted(shown, key=lambda change: change.resource)
        groups = [
            ResourceChanges(resource, list(found)) for resource, found in groupby(ordered, lambda each: each.resource)
        ]
        return sorted(groups, key=lambda group: -group.breaking)

    @property
    def texts(self) -> Sequence[Change]:
        """Changes of texts for people."""
        return [change for change in self.report.changes if RULES[change.rule].is_text][:_MAX_SHOWN]

    @property
    def left_out(self) -> int:
        """How many changes the page does not show."""
        return self.report.total - len(self.texts) - sum(len(group.changes) for group in self.resources)

    @property
    def path(self) -> str:
        """The address of this page."""
        return f"/catalog/{self.entry.provider.name}/compare/{compared_path(self.old, self.new)}"

    @property
    def api(self) -> str:
        """Where the API has it."""
        return f"/providers/{self.entry.provider.name}/compare/{compared_path(self.old, self.new)}"


def compared_path(old: SemVer, new: SemVer) -> str:
    """Return two versions as paths name them."""
    return "...".join(quote(version.text, safe="+") for version in (old, new))


def snippet(document: CanonicalJson | None) -> str:
    """Return a part of a schema for people to read, cut if it is long."""
    if document is None:
        return "nothing"
    text = json.dumps(document.decode(), indent=2, ensure_ascii=False)
    return text if len(text) <= _MAX_SNIPPET else f"{text[:_MAX_SNIPPET]}…"
