"""Comparing what is said of a value beside what it may be."""

from collections.abc import Iterator

from domain.compatibility.annotations import Annotations, annotations
from domain.compatibility.documents import Node, Part, TooEntangledError, conjuncts
from domain.compatibility.findings import Effect, Finding, Pair
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import RULES, Verdict
from domain.compatibility.said import said
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import MAX_ALTERNATIVES

_FLAGS = {
    "deprecated": (RuleId.DEPRECATED, RuleId.UNDEPRECATED),
    "readOnly": (RuleId.READ_ONLY_ADDED, RuleId.READ_ONLY_REMOVED),
    "writeOnly": (RuleId.WRITE_ONLY_ADDED, RuleId.WRITE_ONLY_REMOVED),
    "immutable": (RuleId.BECAME_IMMUTABLE, RuleId.BECAME_MUTABLE),
    "sensitive": (RuleId.SENSITIVITY_ADDED, RuleId.SENSITIVITY_REMOVED),
    "nullable": (RuleId.NULLABLE_ADDED, RuleId.NULLABLE_REMOVED),
}
_TESTED = ("not", "if", "then", "else", "propertyNames", "contains")
_MAX_TESTED = 200
_MAX_BRANCHES = 1000
_TEXTS = ("description", "examples", "title")


Known = dict[tuple[str | None, ...], Annotations]
"""Annotations of nodes by what is written there."""


def notes(nodes: tuple[Node, Node], side: Side, known: Known) -> Iterator[Finding]:
    """Compare texts, flags, the targets of dependencies, and unknown keywords."""
    old, new = (_of(node, known) for node in nodes)
    pair = Pair(Shape("object"), Shape("object"), nodes)
    for flag, (added, removed) in _FLAGS.items():
        if (flag in old.flags) is not (flag in new.flags):
            rule = added if flag in new.flags else removed
            parts = tuple(_holding(node, flag) for node in nodes)
            yield _declared(pair, rule, side, (parts[0], parts[1]))
    if old.dependency != new.dependency and None not in {old.dependency, new.dependency}:
        yield _declared(pair, RuleId.DEPENDENCY_TARGET_CHANGED, side)
    if old.unknown != new.unknown:
        yield _declared(pair, RuleId.UNKNOWN_KEYWORD_CHANGED, side)
    if old.texts != new.texts:
        yield _declared(pair, RuleId.ANNOTATION_CHANGED, side)


def _declared(pair: Pair, rule: RuleId, side: Side, parts: tuple[Part | None, Part | None] | None = None) -> Finding:
    verdict = RULES[rule].config if side is Side.CONFIG else RULES[rule].outputs
    return pair.finding(rule, Effect.NONE, verdict=verdict or Verdict.UNKNOWN, parts=parts)


def _of(node: Node, known: Known) -> Annotations:
    key = tuple(part.digest for part in node)
    if key in known and None not in key:
        return known[key]
    parts = conjuncts(node)
    branches = _branches(parts)
    tested = {told for part in (*parts, *branches) for inner in _tested(part) for told in said(inner, most=_MAX_TESTED)}
    known[key] = annotations(parts, branches, tested)
    return known[key]


def _branches(parts: list[Part]) -> list[Part]:
    """Return what applies in one of several cases, cases within cases too."""
    found: list[Part] = []
    seen = {part.key for part in parts}
    waiting = list(parts)
    for part in waiting:  # which grows meanwhile
        for keyword in ("anyOf", "oneOf"):
            for branch in part.listed(keyword)[:MAX_ALTERNATIVES]:
                fresh = [inner for inner in conjuncts((branch,)) if inner.key not in seen]
                seen.update(inner.key for inner in fresh)
                found += fresh
                waiting += fresh
        if len(found) > _MAX_BRANCHES:
            raise TooEntangledError
    return found


def _tested(part: Part) -> Iterator[Part]:
    """Return the schemas in a part that are compared by sets of values alone."""
    for keyword in _TESTED:
        inner = part.under(keyword)
        if inner is not None:
            yield inner
    for keyword in ("anyOf", "oneOf"):
        branches = part.listed(keyword)
        yield from branches if len(branches) > MAX_ALTERNATIVES else ()


def _holding(node: Node, keyword: str) -> Part | None:
    parts = conjuncts(node)
    found = (part for part in (*parts, *_branches(parts)) if part.keywords.get(keyword) is True)
    return next(found, parts[0] if parts else None)
