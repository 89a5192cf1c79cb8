"""Comparing two schemas node by node."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from domain.compatibility import notes
from domain.compatibility.alternatives import alternatives
from domain.compatibility.arrays import arrays
from domain.compatibility.budget import MAX_LEVELS, Budget, ExhaustedError
from domain.compatibility.conditions import conditions
from domain.compatibility.documents import Node, Part, TooEntangledError, key_of
from domain.compatibility.findings import BOTH, Effect, Finding, Pair, asserting, effect_of, merged, target
from domain.compatibility.fixpoint import Fixpoint
from domain.compatibility.instances import Shapes
from domain.compatibility.objects import objects
from domain.compatibility.report import Side
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from domain.compatibility.scalars import numbers, strings
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import Shaper
from domain.compatibility.values import values


class Walker:
    """Compares nodes, each pair once. A pair that is met again below itself is told where it was met first.

    Args:
        side: Whether values are written by users or by the provider.
        shaper: What nodes mean.
        budget: What pairs and steps are counted on.
        elsewhere: What was found between parts of other documents, which share definitions.
    """

    def __init__(
        self,
        side: Side,
        shaper: Shaper,
        budget: Budget,
        elsewhere: dict[tuple[object, ...], list[Finding]] | None = None,
    ) -> None:
        self.side = side
        self.shaper = shaper
        self.budget = budget
        self.is_strict = False
        self.has_recursion = False
        self._elsewhere = {} if elsewhere is None else elsewhere
        self._known: dict[tuple[object, ...], list[Finding]] = {}
        self._annotations: notes.Known = {}
        self._open: set[tuple[object, ...]] = set()
        self._effects = Fixpoint()
        self._kept: list[tuple[Node, Node]] = []

    def compare(self, old: Node, new: Node, *, is_root: bool = False) -> Sequence[Finding]:
        """Return the differences between two nodes, with paths from them.

        By sets alone it is one finding that has the effect of all.
        """
        if self._is_same(old, new):
            return ()
        if self.is_strict:
            effect = self.relation(old, new)
            return () if effect is Effect.NONE else [self._of_effect(old, new, effect)]
        try:
            said = list(notes.notes((old, new), self.side, self._annotations))
            found = self._asserted(asserting(old), asserting(new), is_root=is_root)
        except TooEntangledError:
            return [self._incomplete(old, new)]
        return merged((*said, *found), self.budget) if said else found

    def _asserted(self, old: Node, new: Node, *, is_root: bool) -> Sequence[Finding]:
        key = (key_of(old), key_of(new), is_root)
        if key in self._known:
            return self._known[key]
        written = self._written(old, new)
        if written is not None and written in self._elsewhere and not is_root:
            return self._elsewhere[written]
        if key in self._open:
            self.has_recursion = True
            return ()
        self._open.add(key)
        self._kept.append((old, new))  # keys are identities, so what they identify must live
        self._known[key] = merged(self._tried(old, new, is_root=is_root), self.budget)
        self._open.discard(key)
        if written is not None:
            self._elsewhere[written] = self._known[key]
        return self._known[key]

    def _written(self, old: Node, new: Node) -> tuple[object, ...] | None:
        """Identify two nodes across documents, by place and text; None if that cannot be done."""
        parts = [(part.pointer, part.digest) for part in (*old, *new)]
        return None if any(digest is None for _, digest in parts) else (self.side, len(old), *parts)

    def _tried(self, old: Node, new: Node, *, is_root: bool) -> Sequence[Finding]:
        if len(self._open) + self._effects.level >= MAX_LEVELS or not self.budget.take_pair():
            return [self._incomplete(old, new)]
        found: list[Finding] = []
        try:
            found.extend(self._compared(old, new, is_root=is_root))
        except (ExhaustedError, TooEntangledError):
            found.append(self._incomplete(old, new))
        return found

    def relation(self, old: Node, new: Node) -> Effect:
        """Return how the set of valid values changed, by sets alone."""
        if self._is_same(old, new):
            return Effect.NONE
        try:
            old, new = asserting(old), asserting(new)
        except TooEntangledError:
            return Effect.UNKNOWN
        outer, self.is_strict = self.is_strict, True
        key = (key_of(old), key_of(new))
        self._kept.append((old, new))
        try:
            return self._effects.of(key, lambda: effect_of(self._tried(old, new, is_root=False)), self.budget)
        finally:
            self.is_strict = outer

    def shape_relation(self, pair: Pair) -> Effect:
        """Return how the set of valid values of one type changed, by sets alone."""
        if not self.budget.take_pair():
            return Effect.UNKNOWN
        outer, self.is_strict = self.is_strict, True
        try:
            return effect_of(self._facets(pair))
        except (ExhaustedError, TooEntangledError):
            return Effect.UNKNOWN
        finally:
            self.is_strict = outer

    def spells_alike(self, old: Part, new: Part) -> bool:
        """Tell whether two parts are written alike and refer to the same."""
        return old.digest is not None and old.digest == new.digest

    def _is_same(self, old: Node, new: Node) -> bool:
        if key_of(old) == key_of(new):
            return True
        return len(old) == len(new) == 1 and self.spells_alike(old[0], new[0])

    def _of_effect(self, old: Node, new: Node, effect: Effect) -> Finding:
        self._kept.append((old, new))
        return Pair(Shape("object"), Shape("object"), (old, new)).finding(RuleId.TYPE_CHANGED, effect)

    def _incomplete(self, old: Node, new: Node) -> Finding:
        pair = Pair(Shape("object"), Shape("object"), (old, new))
        return pair.finding(RuleId.COMPARISON_INCOMPLETE, Effect.UNKNOWN, verdict=Verdict.UNKNOWN)

    def _compared(self, old: Node, new: Node, *, is_root: bool) -> Iterator[Finding]:
        shapes = self.shaper.shapes(old), self.shaper.shapes(new)
        pair = Pair(Shape("object"), Shape("object"), (old, new))
        if is_root and "object" in shapes[0] and "object" in shapes[1]:
            shapes = {"object": shapes[0]["object"]}, {"object": shapes[1]["object"]}
        yield from _types(pair, *shapes)
        for kind in [kind for kind in shapes[0] if kind in shapes[1]]:
            options = shapes[0][kind], shapes[1][kind]
            both = replace(pair, old=options[0][0], new=options[1][0])
            if all(shape.values is not None for shape in (*options[0], *options[1])):
                yield from self._facets_of_many(options, both)
            else:
                yield from alternatives(*options, both, self, self._facets)

    def _facets_of_many(self, options: tuple[tuple[Shape, ...], tuple[Shape, ...]], pair: Pair) -> Iterator[Finding]:
        """Compare lists of values, which alternatives may share out in any way."""
        shapes = [replace(few[0], values={t: v for s in few for t, v in (s.values or {}).items()}) for few in options]
        yield from values(replace(pair, old=shapes[0], new=shapes[1]), options, self.shaper.validator)

    def _facets(self, pair: Pair) -> list[Finding]:
        """Compare one alternative with one."""
        found: list[Finding] = []
        try:
            found.extend(self._of_alternative(pair))
        except (ExhaustedError, TooEntangledError):
            found.append(self._incomplete(*pair.nodes))  # what was found until then is true all the same
        return found

    def _of_alternative(self, pair: Pair) -> Iterator[Finding]:
        self.budget.spend(20)
        if pair.old.values is not None or pair.new.values is not None:
            yield from values(pair, ((pair.old,), (pair.new,)), self.shaper.validator)
            return
        kind = pair.old.type
        yield from conditions(pair, self)
        if kind == "number":
            yield from numbers(pair)
        elif kind == "string":
            yield from strings(pair, self)
        elif kind == "array":
            yield from arrays(pair, self)
        elif kind == "object":
            yield from objects(pair, self)


def _types(pair: Pair, old: Shapes, new: Shapes) -> Iterator[Finding]:
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    if "null" in gone and len(old) > 1:
        yield pair.finding(RuleId.NULL_DISALLOWED, Effect.NARROWER, "type", "anyOf", "oneOf", "enum")
        gone -= {"null"}
    if "null" in come and len(new) > 1:
        yield pair.finding(RuleId.NULL_ALLOWED, Effect.WIDER, "type", "anyOf", "oneOf", "enum")
        come -= {"null"}
    if gone and come and not (old.keys() & new.keys()) - {"null"}:
        yield pair.finding(RuleId.TYPE_CHANGED, BOTH)
        return
    if gone:
        yield from _branches(pair, [shape for kind in sorted(gone) for shape in old[kind]], Effect.NARROWER)
    if come:
        yield from _branches(pair, [shape for kind in sorted(come) for shape in new[kind]], Effect.WIDER)


_BRANCHES = {
    ("anyOf", Effect.NARROWER): RuleId.ANY_OF_BRANCH_REMOVED,
    ("anyOf", Effect.WIDER): RuleId.ANY_OF_BRANCH_ADDED,
    ("oneOf", Effect.NARROWER): RuleId.ONE_OF_BRANCH_REMOVED,
    ("oneOf", Effect.WIDER): RuleId.ONE_OF_BRANCH_ADDED,
}
_TYPES = {Effect.NARROWER: RuleId.TYPE_NARROWED, Effect.WIDER: RuleId.TYPE_WIDENED}
_VALUES = {Effect.NARROWER: RuleId.ENUM_VALUE_REMOVED, Effect.WIDER: RuleId.ENUM_VALUE_ADDED}


def _branches(pair: Pair, shapes: Sequence[Shape], effect: Effect) -> Iterator[Finding]:
    """Return a finding for each branch whose type came or went, one for listed values, one for all others."""
    plain = False
    for shape in shapes:
        is_listed = shape.values is not None and not {"enum", "const"}.isdisjoint(shape.where)
        if shape.origin is not None and shape.branch is not None:
            part = target(shape.branch)
            parts = (part, None) if effect is Effect.NARROWER else (None, part)
            yield pair.finding(_BRANCHES[shape.origin, effect], effect, parts=parts)
        elif is_listed:
            yield pair.finding(_VALUES[effect], effect, "enum", "const")
        elif not plain:
            plain = True
            yield pair.finding(_TYPES[effect], effect, "type")
