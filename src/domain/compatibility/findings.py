"""Differences as they are found, before they are put into words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntFlag
from typing import NamedTuple, Protocol, TypeAlias

from domain.compatibility.annotations import FLAGS, TEXTS
from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.documents import Node, Part, TooEntangledError, conjuncts, spelling
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import Shaper

MAX_FINDINGS = 2000
MAX_PLACES = 50
_MAX_UNCOUNTED = 100


_SILENT = TEXTS | {*FLAGS, "default", "$ref", "allOf", "$defs", "definitions", "$schema", "$id"}


class Effect(IntFlag):
    """How the set of valid values changed."""

    NONE = 0
    NARROWER = 1
    WIDER = 2
    UNKNOWN = 4

    @property
    def flipped(self) -> "Effect":
        """The effect on what excludes those values."""
        turned = Effect.NONE
        if self & Effect.NARROWER:
            turned |= Effect.WIDER
        if self & Effect.WIDER:
            turned |= Effect.NARROWER
        return turned | (self & Effect.UNKNOWN)


BOTH = Effect.NARROWER | Effect.WIDER


class Step(NamedTuple):
    """From a value to a part of it.

    Attributes:
        name: Of a member; None for an item.
        position: Of an item; None for any.
        is_any: Whether any further member is meant.
    """

    name: str | None = None
    position: int | None = None
    is_any: bool = False


Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference.

    Attributes:
        effect: On the set of valid values.
        pointers: Into both documents.
        before: The part that changed, as canonical text; None if there was none.
        path: To the value that it is about.
        nodes: The old and new schemas whose values show the effect.
        lift: To the value that those schemas are about.
        verdict: As declared, whatever the sets say; None if they decide.
        needs_witness: Whether the effect is sure only if a value shows it.
        subject: The name that the sentence is about.
        is_shared: Whether it stands in a definition, so that it has one cause wherever it shows.
        places: All paths at which it shows, at most 50, the first one included.
        count: How many there are.
    """

    rule: RuleId
    effect: Effect
    pointers: tuple[str, str]
    before: str | None
    after: str | None
    nodes: tuple[Node, Node]
    path: Path = ()
    lift: Path = ()
    verdict: Verdict | None = None
    needs_witness: bool = False
    subject: str | None = None
    renamed_to: str | None = None
    is_shared: bool = False
    places: tuple[Path, ...] = ((),)
    count: int = 1

    @property
    def cause(self) -> tuple[object, ...]:
        """Equal for what has one cause."""
        words = (self.rule, self.effect, self.verdict, self.pointers, self.before, self.after, self.subject)
        return words if self.is_shared else (*words, self.path)

    def below(self, step: Step) -> "Finding":
        """Return it as seen from the value around."""
        places = ((step, *self.path),) if self.count == 1 else tuple((step, *path) for path in self.places)
        return replace(self, path=(step, *self.path), lift=(step, *self.lift), places=places)

    def probed(self, nodes: tuple[Node, Node]) -> "Finding":
        """Return it with other schemas whose values show the effect, of the value at hand."""
        return replace(self, nodes=nodes, lift=())


@dataclass(frozen=True, slots=True)
class Pair:
    """One old and one new shape of a type, and the schemas they come from."""

    old: Shape
    new: Shape
    nodes: tuple[Node, Node]

    def finding(
        self,
        rule: RuleId,
        effect: Effect,
        *keywords: str,
        verdict: Verdict | None = None,
        needs_witness: bool = False,
        subject: str | None = None,
        parts: tuple[Part | None, Part | None] | None = None,
    ) -> Finding:
        """Return a finding about keywords, or about parts."""
        found = parts or (_holder(self.old, self.nodes[0], keywords), _holder(self.new, self.nodes[1], keywords))
        texts = [_written(part, () if parts else keywords) for part in found]
        pointers = [_pointer(part, () if parts else keywords) for part in found]
        return Finding(
            rule=rule,
            effect=effect,
            pointers=(pointers[0], pointers[1]),
            before=texts[0],
            after=texts[1],
            nodes=self.nodes,
            verdict=verdict,
            needs_witness=needs_witness,
            subject=subject,
            is_shared=any(pointer.startswith(("/$defs/", "/definitions/")) for pointer in pointers),
        )


class Walk(Protocol):
    """Compares schemas; the comparisons of the parts use it for what is in them."""

    side: Side
    shaper: Shaper
    budget: Budget
    is_strict: bool
    has_recursion: bool

    def compare(self, old: Node, new: Node) -> Sequence[Finding]:
        """Return the differences between two nodes."""
        ...

    def relation(self, old: Node, new: Node) -> Effect:
        """Return how the set of valid values changed, by sets alone."""
        ...

    def spells_alike(self, old: Part, new: Part) -> bool:
        """Tell whether two parts are written alike and refer to the same."""
        ...

    def shape_relation(self, pair: Pair) -> Effect:
        """Return how the set of valid values of one type changed, by sets alone."""
        ...


def effect_of(findings: Iterable[Finding]) -> Effect:
    """Return the effect of all together."""
    effect = Effect.NONE
    for finding in findings:
        effect |= finding.effect
    return effect


def merged(findings: Iterable[Finding], budget: Budget) -> list[Finding]:
    """Make one finding of those that have one cause. Of too many the gravest stay, and the budget counts as used up."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        known = found.get(finding.cause)
        if known is None:
            found[finding.cause] = finding
        elif finding.is_shared:
            found[finding.cause] = _with_places(known, finding)
    if len(found) <= MAX_FINDINGS:
        return list(found.values())
    budget.is_exhausted = True
    return sorted(found.values(), key=_lightness)[:MAX_FINDINGS]


def _lightness(finding: Finding) -> int:
    if finding.verdict is None:
        return 0 if finding.effect else 2
    return {Verdict.BREAKING: 0, Verdict.UNKNOWN: 1, Verdict.COMPATIBLE: 2}[finding.verdict]


def _with_places(known: Finding, other: Finding) -> Finding:
    if len(known.places) >= MAX_PLACES:
        return replace(known, count=known.count + other.count)
    places = tuple(dict.fromkeys((*known.places, *other.places)))
    more = known.count + other.count - len(known.places) - len(other.places)
    return replace(known, places=places[:MAX_PLACES], count=len(places) + more)


def below(step: Step, findings: Iterable[Finding], budget: Budget) -> Iterator[Finding]:
    """Return findings as seen from the value around. Once no steps are left, few stay, with one place each."""
    left = _MAX_UNCOUNTED
    for finding in findings:
        try:
            budget.spend(1 + len(finding.places) // 4)
            yield finding.below(step)
        except ExhaustedError:
            left -= 1
            if left < 0:
                return
            yield replace(finding, places=(finding.path,)).below(step)


def asserting(node: Node) -> Node:
    """Return the parts of a node that allow or refuse something, references followed."""
    return tuple(part for part in conjuncts(node) if part.schema is False or not part.keywords.keys() <= _SILENT)


def target(part: Part) -> Part:
    """Return what a part refers to, if it does nothing else."""
    try:
        seen = conjuncts((part,))
    except TooEntangledError:
        return part
    telling = [found for found in seen if found.schema is not True and not found.keywords.keys() <= {"$ref", "allOf"}]
    return telling[0] if len(telling) == 1 else part


def _holder(shape: Shape, node: Node, keywords: Iterable[str]) -> Part | None:
    for keyword in keywords:
        if keyword in shape.where:
            return shape.where[keyword]
    if shape.branch is not None:
        return target(shape.branch)
    return target(node[0]) if len(node) == 1 else node[0] if node else None


def _written(part: Part | None, keywords: Sequence[str]) -> str | None:
    if part is None:
        return None
    if not keywords:
        return spelling(part.schema)
    there = {keyword: part.keywords[keyword] for keyword in keywords if keyword in part.keywords}
    if not there:
        return None
    return spelling(next(iter(there.values())) if len(there) == 1 else there)


def _pointer(part: Part | None, keywords: Sequence[str]) -> str:
    if part is None:
        return ""
    there = next((keyword for keyword in keywords if keyword in part.keywords), None)
    return part.pointer if there is None else f"{part.pointer}/{there}"
