"""From schemas as they are written to the form in which they are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from domain.compatibility.budget import MAX_LEVELS, Budget
from domain.compatibility.documents import Node, Part, TooEntangledError, conjuncts, key_of
from domain.compatibility.instances import Effective, InstanceValidator, Shapes, member
from domain.compatibility.keywords import FREE, own
from domain.compatibility.shapes import TYPES, Condition, Shape, by_text

MAX_ALTERNATIVES = 48
_MAX_OPEN = 16
_FINITE: Mapping[str, tuple[object, ...]] = {"null": (None,), "boolean": (False, True)}


class Shaper:
    """Finds what nodes mean, each once.

    Args:
        budget: What the steps are counted on.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._known: dict[frozenset[object], Shapes] = {}
        self._open: set[frozenset[object]] = set()
        self._kept: list[Node] = []
        self.validator = InstanceValidator(self.shapes, budget)

    def shapes(self, node: Node) -> Shapes:
        """Return the alternatives for each type that a node allows.

        Raises:
            TooEntangledError: Too many parts apply together.
            ExhaustedError: No steps are left.
        """
        key = key_of(node)
        if key not in self._known:
            if len(self._open) > MAX_LEVELS:
                raise TooEntangledError
            self._budget.spend(10)
            self._open.add(key)
            try:
                self._known[key] = self._shaped(node)
                self._kept.append(node)  # keys are identities, so what they identify must live
            finally:
                self._open.discard(key)
        return self._known[key]

    def _shaped(self, node: Node) -> Shapes:
        parts = conjuncts(node)
        shapes = FREE
        for part in parts:
            shapes = _met(shapes, own(part))
        for part in parts:
            for keyword in ("anyOf", "oneOf"):
                branches = part.listed(keyword)
                if branches:
                    shapes = self._branched(shapes, part, keyword, branches)
        possible = {
            kind: tuple(found for found in (shape.settled() for shape in alternatives) if not self._is_empty(found))
            for kind, alternatives in shapes.items()
        }
        finite = {kind: self._finite(alternatives) for kind, alternatives in possible.items()}
        return {kind: alternatives for kind, alternatives in finite.items() if alternatives}

    def _is_empty(self, shape: Shape) -> bool:
        """Tell whether it is plain that no value fits."""
        if shape.low is not None and shape.high is not None and shape.low[0] > shape.high[0]:
            return True
        highest = shape.top
        if highest is not None and shape.least > highest:
            return True
        if any(
            c.kind == "not" and c.parts[0] is not None and c.parts[0].schema in (True, {}) for c in shape.conditions
        ):
            return True
        return any(self._is_impossible(member(shape.groups, name, self._budget)) for name in shape.required)

    def _is_impossible(self, effective: Effective) -> bool:
        node = effective.node
        if not effective.is_decided:
            return False
        if any(part.schema is False for part in node):
            return True
        return bool(node) and key_of(node) not in self._open and len(self._open) < _MAX_OPEN and not self.shapes(node)

    def _branched(self, shapes: Shapes, owner: Part, keyword: str, branches: Sequence[Part]) -> Shapes:
        condition = Condition(keyword, tuple(branches), owner)
        if len(branches) > MAX_ALTERNATIVES or any(key_of((branch,)) in self._open for branch in branches):
            return _under(shapes, condition)
        found = [self.shapes((branch,)) for branch in branches]
        union: dict[str, tuple[Shape, ...]] = {}
        for branch, alternatives in zip(branches, found, strict=True):
            for kind, options in alternatives.items():
                marked = tuple(
                    replace(shape, origin=shape.origin or keyword, branch=shape.branch or branch) for shape in options
                )
                union[kind] = (*union.get(kind, ()), *marked)
        if keyword == "oneOf" and not self._disjoint(found):
            shapes = _under(shapes, condition)
        counts = [len(shapes[kind]) * len(union[kind]) for kind in TYPES if kind in shapes and kind in union]
        if any(count > MAX_ALTERNATIVES for count in counts):
            return _under(shapes, condition)
        self._budget.spend(sum(counts))
        return _met(shapes, union)

    def _disjoint(self, found: Sequence[Shapes]) -> bool:
        for index, one in enumerate(found):
            for other in found[index + 1 :]:
                for kind in one.keys() & other.keys():
                    if not all(self.apart(a, b) for a in one[kind] for b in other[kind]):
                        return False
        return True

    def apart(self, one: Shape, other: Shape) -> bool:
        """Tell whether it is certain that two shapes of one type have no value in common."""
        self._budget.spend()
        for finite, shape in ((one, other), (other, one)):
            if finite.values is not None:
                return all(self.validator.fits(shape, value) is False for value in finite.values.values())
        if one.type == "number":
            met = one.meet(other)
            return (
                met.low is not None
                and met.high is not None
                and (met.low[0] > met.high[0] or (met.low[0] == met.high[0] and (met.low[1] or met.high[1])))
            )
        if (one.most is not None and one.most < other.least) or (other.most is not None and other.most < one.least):
            return True
        return one.type == "object" and any(
            self._told_apart(one, other, name) for name in one.required & other.required
        )

    def _told_apart(self, one: Shape, other: Shape, name: str) -> bool:
        constants = [self.constants(shape, name) for shape in (one, other)]
        return None not in constants and constants[0].keys().isdisjoint(constants[1])  # type: ignore[union-attr,arg-type]

    def constants(self, shape: Shape, name: str) -> Mapping[str, object] | None:
        """Return the only values that a member of an object may have, by text, or None if there are many."""
        node = tuple(part for group in shape.groups for part in group.declared.get(name, ()))
        if not node or key_of(node) in self._open:
            return None
        found: dict[str, object] = {}
        for alternatives in self.shapes(node).values():
            for alternative in alternatives:
                if alternative.values is None:
                    return None
                found.update(alternative.values)
        return found

    def _finite(self, alternatives: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """Leave of each list of values those that are valid, and make one alternative of several lists."""
        lists: list[Shape] = []
        others: list[Shape] = []
        for shape in alternatives:
            values = by_text(_FINITE[shape.type]) if shape.values is None and shape.type in _FINITE else shape.values
            if values is None:
                others.append(shape)
                continue
            free = replace(shape, values=None)
            fitting = {text: self.validator.fits(free, value) for text, value in values.items()}
            kept = {text: values[text] for text, verdict in fitting.items() if verdict is not False}
            if not kept:
                continue
            if None in fitting.values():
                others.append(replace(shape, values=kept))
            else:
                lists.append(
                    Shape(
                        shape.type,
                        values=kept,
                        is_integer=shape.is_integer,
                        where=shape.where,
                        origin=shape.origin,
                        branch=shape.branch,
                    )
                )
        if len(lists) > 1:
            merged = {
                text: value for shape in lists for text, value in cast("Mapping[str, object]", shape.values).items()
            }
            lists = [replace(lists[0], values=merged, where={}, branch=None)]
        return (*lists, *others)


def _met(one: Shapes, other: Shapes) -> Shapes:
    if one is FREE:
        return other
    return {
        kind: tuple(a if b == Shape(kind) else a.meet(b) for a in one[kind] for b in other[kind])
        for kind in TYPES
        if kind in one and kind in other
    }


def _under(shapes: Shapes, condition: Condition) -> Shapes:
    return {
        kind: tuple(replace(shape, conditions=(*shape.conditions, condition)) for shape in alternatives)
        for kind, alternatives in shapes.items()
    }
