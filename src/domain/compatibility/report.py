"""What a comparison of two versions' schemas reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from domain.announcements import Announcement
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, RULES_VERSION, Verdict
from domain.schemas import CanonicalJson, ResourceSchemas

MAX_CHANGES = 500
MAX_PLACES = 100
_RANKS = {Verdict.BREAKING: 0, Verdict.UNKNOWN: 1, Verdict.COMPATIBLE: 2}


class Side(StrEnum):
    """Which schema of a resource type: users write configs, dependents read outputs."""

    CONFIG = "config"
    OUTPUTS = "outputs"


class Basis(StrEnum):
    """What a verdict stands on: the sets of valid values alone, or what this registry declares beyond them."""

    PROVEN = "proven"
    POLICY = "policy"


class Bump(StrEnum):
    """The part of the version number that a release must raise."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class VersionSchemas:
    """All schemas of one version: by resource type, and of the provider itself.

    A version without any is not known; it did not remove everything.
    """

    resources: ResourceSchemas | None = None
    config_schema: CanonicalJson | None = None
    outputs_schema: CanonicalJson | None = None

    @classmethod
    def of(cls, announcement: Announcement) -> Self:
        """Return the schemas of an announcement."""
        return cls(announcement.schemas, announcement.config_schema, announcement.outputs_schema)

    @property
    def length(self) -> int:
        """How many characters all of them have together."""
        holders = [(self.config_schema, self.outputs_schema)]
        holders += [(resource.config_schema, resource.outputs_schema) for resource in self.resources or ()]
        return sum(len(document.text) for pair in holders for document in pair if document is not None)

    @property
    def are_known(self) -> bool:
        """Whether there is any schema."""
        return self.resources is not None or self.config_schema is not None or self.outputs_schema is not None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a change shows.

    Attributes:
        resource: The resource type; empty for the provider itself.
        path: As people write it, such as ``network.subnets[].cidr``; empty for the whole schema.
    """

    resource: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference that has a meaning.

    Attributes:
        resource: The resource type; empty for the provider itself.
        side: Which schema; None where a whole resource type came or went.
        path: As in ``Place``.
        pointers: JSON Pointers into the old and the new schema.
        before: The part of the old schema that changed; None if there was none.
        after: The part of the new schema.
        message: What changed.
        impact: Whom it affects, and how.
        hint: What the author can do; empty where nothing needs doing.
        example: A value that was valid for the writer and is refused by the reader; None if none was found or needed.
        places: All places of a change that has one cause, at most 100, the first one included.
        place_count: How many places there are.
        renamed_to: The name that is likely the new one, of a property or a resource type that was removed.
        fingerprint: 12 hexadecimal digits, the same whenever the same versions' schemas are compared.
    """

    rule: RuleId
    verdict: Verdict
    resource: str
    side: Side | None
    path: str
    pointers: tuple[str, str]
    before: CanonicalJson | None
    after: CanonicalJson | None
    message: str
    impact: str
    hint: str
    basis: Basis
    fingerprint: str
    example: CanonicalJson | None = None
    places: tuple[Place, ...] = ()
    place_count: int = 1
    renamed_to: str | None = None

    @property
    def rank(self) -> tuple[object, ...]:
        """The order of changes: breaking first, by resource type, config before outputs, texts last."""
        is_text = RULES[self.rule].is_text
        side = "" if self.side is None else self.side
        return (_RANKS[self.verdict], is_text, self.resource, side, self.path, self.rule, self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All changes between two versions' schemas.

    Attributes:
        changes: In the order of ``Change.rank``; at most 500.
        counts: How many there are for each verdict, those left out included.
        required_bump: What the release must raise at least.
        is_complete: False if the comparison stopped at one of its bounds; a change of the rule
            ``comparison-incomplete`` says so as well.
        rules_version: The rules that decided.
        faults: Errors of the comparison itself, for the log; what they left unfinished is unknown.
    """

    changes: tuple[Change, ...]
    counts: Mapping[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    required_bump: Bump = Bump.PATCH
    is_complete: bool = True
    rules_version: str = RULES_VERSION
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, changes: Iterable[Change], *, is_complete: bool = True, faults: Iterable[str] = ()) -> Self:
        """Put changes in order, and count them."""
        ordered = sorted(changes, key=lambda change: change.rank)
        counts = dict.fromkeys(Verdict, 0)
        for change in ordered:
            counts[change.verdict] += 1
        return cls(
            changes=tuple(ordered[:MAX_CHANGES]),
            counts=counts,
            required_bump=_required_bump(ordered),
            is_complete=is_complete,
            faults=tuple(faults),
        )

    @property
    def total(self) -> int:
        """How many changes there are, those left out included."""
        return sum(self.counts.values())

    @property
    def is_truncated(self) -> bool:
        """Whether changes were left out."""
        return self.total > len(self.changes)

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict; compatible if nothing changed."""
        return next((verdict for verdict in _RANKS if self.counts[verdict]), Verdict.COMPATIBLE)

    def having(self, verdict: Verdict) -> tuple[Change, ...]:
        """Return the changes of a verdict."""
        return tuple(change for change in self.changes if change.verdict is verdict)


def _required_bump(changes: Iterable[Change]) -> Bump:
    bump = Bump.PATCH
    for change in changes:
        if change.verdict is Verdict.BREAKING:
            return Bump.MAJOR
        if change.verdict is Verdict.UNKNOWN or RULES[change.rule].is_addition:
            bump = Bump.MINOR
    return bump
