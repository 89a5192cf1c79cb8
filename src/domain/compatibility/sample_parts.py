"""Numbers, counts and names at the borders of schemas."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from domain.compatibility.documents import Node, Part
from domain.compatibility.shapes import Items, Shape

FEW = 8
_MAX_LENGTH = 300
_GREATEST = 10**400


_T = TypeVar("_T")


def in_turns(sources: Iterable[Iterator[_T]]) -> Iterator[_T]:
    """Return values of several sources, one of each in turn."""
    waiting = list(sources)
    while waiting:
        left = []
        for source in waiting:
            for value in islice(source, 1):
                left.append(source)
                yield value
        waiting = left


def items(shapes: Iterable[Shape]) -> tuple[Items, ...]:
    """Return what all shapes say about items."""
    return tuple(items for shape in shapes for items in shape.items)


def names(shapes: Iterable[Shape]) -> Iterator[str]:
    """Return the names of members that shapes know."""
    for shape in shapes:
        for group in shape.groups:
            yield from group.declared
        yield from sorted(shape.required)
        for name, needed in shape.requires.items():
            yield from (name, *sorted(needed))
        yield from (name for name, _ in shape.dependents)


def lengths(shape: Shape, hints: list[Shape]) -> list[int]:
    """Return counts at the borders of a shape and of others."""
    counts = {shape.least, shape.least + 1}
    for kind in (shape, *hints):
        counts |= {kind.least - 1, kind.least}
        counts |= set() if kind.most is None else {kind.most, kind.most + 1}
    return sorted(count for count in counts if 0 <= count <= _MAX_LENGTH)[:FEW]


def numbers(shape: Shape, hints: list[Shape]) -> Iterator[object]:
    """Return numbers at the borders of a shape and of others, small ones first."""
    steps = [kind.step for kind in (shape, *hints) if kind.step is not None]
    anchors = {Fraction(0), Fraction(1), Fraction(3, 2), Fraction(-1)}
    for kind in (shape, *hints):
        for bound in (kind.low, kind.high):
            if bound is not None:
                anchors |= {bound[0] + change for change in (0, 1, -1, Fraction(1, 2), Fraction(-1, 2))}
                for step in steps:
                    multiple = bound[0] // step * step
                    anchors |= {multiple, multiple + step, multiple - step}
    for step in steps:
        anchors |= {step, -step, step * 2, step * 3, step / 2, step * 3 / 2}
    for anchor in sorted(anchors, key=abs):
        number = _as_number(anchor)
        if number is not None:
            yield number


def _as_number(value: Fraction) -> int | float | None:
    """Return a number that JSON can carry exactly, or None."""
    if abs(value) > _GREATEST:
        return None
    if value.denominator == 1:
        return int(value)
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if Fraction(repr(number)) == value else None


def directions(shapes: Sequence[Shape], needing: Callable[[str], Part]) -> Iterator[tuple[Node, Node]]:
    """Return what else a value must meet so that conditions of shapes apply to it, and what it may then break."""
    conditions = list({condition.key: condition for shape in shapes for condition in shape.conditions}.values())
    for condition in conditions:
        rivals = [other for other in conditions if other.kind == condition.kind and other is not condition]
        if condition.kind == "not":
            yield from ((_there(condition.parts), _there(rival.parts)) for rival in rivals)
            yield _there(condition.parts), ()
        elif condition.kind == "if":
            test, then, otherwise = condition.parts
            for place, added in ((1, _there((test, then))), (2, _there((otherwise,)))):
                yield from ((added, _there((rival.parts[place],))) for rival in rivals)
            yield _there((test,)), _there((then,))
            yield (), _there((otherwise,))
        elif not condition.kind.startswith("unevaluated"):
            parts = _there(condition.parts)
            yield from (((part,), tuple(other for other in parts if other is not part)) for part in parts)
    dependents = [(name, part) for shape in shapes for name, part in shape.dependents]
    for name, part in dependents:
        yield from (((needing(name), part), (other,)) for known, other in dependents if known == name)
        yield (needing(name),), (part,)


def _there(parts: Iterable[Part | None]) -> Node:
    return tuple(part for part in parts if part is not None)


def written(parts: Node) -> Iterator[object]:
    """Return the values that authors wrote down."""
    for part in parts:
        if "default" in part.keywords:
            yield part.keywords["default"]
        examples = part.keywords.get("examples")
        if isinstance(examples, list):
            yield from examples[:FEW]
