"""Comparing what has no form by type: ``not``, ``oneOf``, ``if`` and what is left over."""

from collections.abc import Iterator, Sequence

from domain.compatibility.documents import Node, Part
from domain.compatibility.findings import Effect, Finding, Pair, Walk
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.shapes import Condition

_RULES = {
    "not": (RuleId.NOT_ADDED, RuleId.NOT_REMOVED, RuleId.NOT_CHANGED),
    "oneOf": (RuleId.ONE_OF_OVERLAPS, RuleId.ONE_OF_RELAXED, RuleId.ONE_OF_CHANGED),
    "anyOf": (RuleId.ANY_OF_CHANGED, RuleId.ANY_OF_CHANGED, RuleId.ANY_OF_CHANGED),
    "if": (RuleId.CONDITION_ADDED, RuleId.CONDITION_REMOVED, RuleId.CONDITION_CHANGED),
    "unevaluatedProperties": (RuleId.UNEVALUATED_CHANGED,) * 3,
    "unevaluatedItems": (RuleId.UNEVALUATED_CHANGED,) * 3,
}


def conditions(pair: Pair, walk: Walk) -> Iterator[Finding]:
    """Compare the conditions of two shapes."""
    for kind, rules in _RULES.items():
        old, new = (
            list({c.key: c for c in shape.conditions if c.kind == kind}.values()) for shape in (pair.old, pair.new)
        )
        _drop_equal(old, new, walk)
        if len(old) == len(new) == 1:
            yield from _changed(pair, walk, old[0], new[0])
            continue
        for condition in old:
            yield _finding(pair, rules[1], Effect.WIDER, condition, None)
        for condition in new:
            yield _finding(pair, rules[0], Effect.NARROWER, None, condition)


def _drop_equal(old: list[Condition], new: list[Condition], walk: Walk) -> None:
    for one in list(old):
        same = next((other for other in new if _is_same(one, other, walk)), None)
        if same is not None:
            old.remove(one)
            new.remove(same)


def _is_same(one: Condition, other: Condition, walk: Walk) -> bool:
    if one.key == other.key:
        return True
    if len(one.parts) != len(other.parts):
        return False
    if one.kind.startswith("unevaluated"):  # what it means depends on all that stands beside it
        return walk.spells_alike(one.owner, other.owner)
    if one.kind in {"oneOf", "anyOf"}:
        left = list(other.parts)
        for part in one.parts:
            twin = next((rival for rival in left if walk.relation(_node(part), _node(rival)) is Effect.NONE), None)
            if twin is None:
                return False
            left.remove(twin)
        return True
    pairs = zip(one.parts, other.parts, strict=True)
    return all(walk.relation(_node(a), _node(b)) is Effect.NONE for a, b in pairs)


def _changed(pair: Pair, walk: Walk, old: Condition, new: Condition) -> Iterator[Finding]:
    rule = _RULES[old.kind][2]
    effect = Effect.UNKNOWN
    if old.kind == "not":
        effect = walk.relation(_node(old.parts[0]), _node(new.parts[0])).flipped
    elif old.kind == "if":
        rule, effect = _condition(walk, old.parts, new.parts)
    if effect:
        yield _finding(pair, rule, effect, old, new)


def _condition(walk: Walk, old: Sequence[Part | None], new: Sequence[Part | None]) -> tuple[RuleId, Effect]:
    tests, thens, elses = (walk.relation(_node(a), _node(b)) for a, b in zip(old, new, strict=True))
    if tests is Effect.NONE:
        is_added = _appears(old, new)
        is_removed = _appears(new, old)
        rule = (
            RuleId.CONDITION_ADDED if is_added else RuleId.CONDITION_REMOVED if is_removed else RuleId.CONDITION_CHANGED
        )  # fmt: skip
        return rule, thens | elses
    if thens is elses is Effect.NONE and not tests & Effect.UNKNOWN:
        if new[2] is None:
            return RuleId.CONDITION_CHANGED, tests.flipped
        if new[1] is None:
            return RuleId.CONDITION_CHANGED, tests
    return RuleId.CONDITION_CHANGED, Effect.UNKNOWN


def _appears(old: Sequence[Part | None], new: Sequence[Part | None]) -> bool:
    return any(before is None and after is not None for before, after in zip(old[1:], new[1:], strict=True))


def _node(part: Part | None) -> Node:
    return () if part is None else (part,)


def _finding(pair: Pair, rule: RuleId, effect: Effect, old: Condition | None, new: Condition | None) -> Finding:
    kinds = {condition.kind for condition in (old, new) if condition is not None}
    if "anyOf" in kinds:
        effect = Effect.UNKNOWN
    parts = (old.owner if old else None, new.owner if new else None)
    return pair.finding(rule, effect, needs_witness=True, parts=parts)
