"""Whether a value is valid, as far as it can be decided by counted steps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from domain.compatibility import formats, patterns
from domain.compatibility.budget import MAX_LEVELS, Budget, ExhaustedError
from domain.compatibility.documents import Node, Part, TooEntangledError, spelling
from domain.compatibility.evaluated import UndecidedError, left_over
from domain.compatibility.shapes import Condition, Contains, Group, Items, Shape, type_of

Shapes: TypeAlias = Mapping[str, tuple[Shape, ...]]
"""The alternatives for each type that is allowed."""
Verdict: TypeAlias = bool | None
"""Valid, invalid or undecided."""


@dataclass(frozen=True, slots=True)
class Effective:
    """What applies to one member of an object, or one item of an array.

    Attributes:
        is_declared: Whether it has a name of its own in the schema.
        is_decided: False if a pattern that may apply to the name is beyond what is understood.
    """

    node: Node
    is_declared: bool = False
    is_decided: bool = True

    @property
    def is_refused(self) -> bool:
        """Whether no value is allowed, as written."""
        return any(part.schema is False for part in self.node)


def member(groups: Iterable[Group], name: str, budget: Budget) -> Effective:
    """Return what applies to the member of that name."""
    node: list[Part] = []
    is_declared, is_decided = False, True
    for group in groups:
        budget.spend(len(group.patterns) // 4)
        matching = {pattern: patterns.matches(pattern, name, budget) for pattern in group.patterns}
        is_decided &= None not in matching.values()
        for pattern, is_match in matching.items():
            node += group.patterns[pattern] if is_match else ()
        if name in group.declared:
            is_declared |= bool(group.declared[name])
            node += group.declared[name]
        elif True not in matching.values() and group.rest is not None:
            node.append(group.rest)
    return Effective(tuple(node), is_declared, is_decided)


def item(groups: Iterable[Items], index: int) -> Node:
    """Return what applies to the item at an index."""
    parts = (group.prefix[index] if index < len(group.prefix) else group.rest for group in groups)
    return tuple(part for part in parts if part is not None)


class InstanceValidator:
    """Decides whether values are valid.

    Args:
        shapes_of: What a node means.
        budget: What the steps are counted on.
    """

    def __init__(self, shapes_of: Callable[[Node], Shapes], budget: Budget) -> None:
        self._shapes_of = shapes_of
        self._budget = budget
        self._level = 0

    def accepts(self, node: Node, value: object) -> Verdict:
        """Tell whether a value is valid; None if that is not decided."""
        if not node:
            return True
        if self._level > MAX_LEVELS:
            return None
        self._level += 1
        try:
            self._budget.spend()
            shapes = self._shapes_of(node).get(type_of(value), ())
            return _any(self.fits(shape, value) for shape in shapes)
        except (ExhaustedError, TooEntangledError):
            return None
        finally:
            self._level -= 1

    def fits(self, shape: Shape, value: object) -> Verdict:
        """Tell whether a value of the shape's type is one of the shape."""
        if shape.values is not None and spelling(value) not in shape.values:
            return False
        kind = getattr(self, f"_{shape.type}", None)
        verdict: Verdict = True if kind is None else kind(shape, value)
        if verdict is False:
            return False
        return _all([verdict, *(self._meets(condition, value) for condition in shape.conditions)])

    def _number(self, shape: Shape, value: float) -> Verdict:
        number = Fraction(repr(value))
        if shape.is_integer and number.denominator != 1:
            return False
        if shape.step is not None and (number / shape.step).denominator != 1:
            return False
        if shape.low is not None and (number < shape.low[0] or (shape.low[1] and number == shape.low[0])):
            return False
        return shape.high is None or not (number > shape.high[0] or (shape.high[1] and number == shape.high[0]))

    def _string(self, shape: Shape, value: str) -> Verdict:
        if not _counts(shape, len(value)):
            return False
        return _all(
            [
                *(patterns.matches(pattern, value, self._budget) for pattern in sorted(shape.patterns)),
                *(formats.fits(name, value) for name in sorted(shape.formats)),
            ]
        )

    def _array(self, shape: Shape, value: list[object]) -> Verdict:
        if not _counts(shape, len(value)):
            return False
        if shape.is_unique and len({spelling(entry) for entry in value}) < len(value):
            return False
        return _all(
            [
                *(self.accepts(item(shape.items, index), entry) for index, entry in enumerate(value)),
                *(self._contains(contains, value) for contains in shape.contains),
            ]
        )

    def _contains(self, contains: Contains, value: Sequence[object]) -> Verdict:
        verdicts = [self.accepts((contains.part,), entry) for entry in value]
        surely, perhaps = verdicts.count(True), len(verdicts) - verdicts.count(False)
        if perhaps < contains.least or (contains.most is not None and surely > contains.most):
            return False
        if surely >= contains.least and (contains.most is None or perhaps <= contains.most):
            return True
        return None

    def _object(self, shape: Shape, value: dict[str, object]) -> Verdict:
        if not _counts(shape, len(value)) or not shape.required <= value.keys():
            return False
        if any(name in value and not needed <= value.keys() for name, needed in shape.requires.items()):
            return False
        return _all(
            [
                *(self._member(shape, name, entry) for name, entry in value.items()),
                *(self.accepts((names,), name) for names in shape.names for name in value),
                *(self.accepts((part,), value) for name, part in shape.dependents if name in value),
            ]
        )

    def _member(self, shape: Shape, name: str, value: object) -> Verdict:
        effective = member(shape.groups, name, self._budget)
        verdict = self.accepts(effective.node, value)
        return verdict if effective.is_decided else None

    def _meets(self, condition: Condition, value: object) -> Verdict:
        if condition.kind.startswith("unevaluated"):
            return self._left_over(condition, value)
        verdicts = [None if part is None else self.accepts((part,), value) for part in condition.parts]
        if condition.kind == "not":
            return None if verdicts[0] is None else not verdicts[0]
        if condition.kind == "anyOf":
            return _any(verdicts)
        if condition.kind == "oneOf":
            surely, perhaps = verdicts.count(True), len(verdicts) - verdicts.count(False)
            return False if surely > 1 or not perhaps else True if surely == perhaps == 1 else None
        if condition.kind == "if":
            then, otherwise = (
                True if part is None else verdict
                for part, verdict in zip(condition.parts[1:], verdicts[1:], strict=True)
            )
            outcomes = {True: (then,), False: (otherwise,), None: (then, otherwise)}[verdicts[0]]
            return outcomes[0] if len(set(outcomes)) == 1 else None
        return None

    def _left_over(self, condition: Condition, value: object) -> Verdict:
        """Tell whether what no other keyword speaks of is valid."""
        parts = tuple(part for part in condition.parts if part is not None)
        try:
            found = left_over(condition.owner, value, lambda part, inner: self.accepts((part,), inner), self._budget)
        except UndecidedError:
            return None
        return _all(self.accepts(parts, entry) for entry in found)


def _counts(shape: Shape, count: int) -> bool:
    return shape.least <= count and (shape.most is None or count <= shape.most)


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    found = list(verdicts)
    return False if False in found else None if None in found else True


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    result: Verdict = False
    for verdict in verdicts:
        if verdict:
            return True
        result = None if verdict is None else result
    return result
