"""Numbers, counts and names at the borders of schemas."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice

from domain.compatibility.documents import Node
from domain.compatibility.shapes import Items, Shape

FEW = 8
_MAX_LENGTH = 300
_GREATEST = 10**400


def objects_of(values: Iterable[object]) -> Iterator[dict[str, object]]:
    """Return the objects among values."""
    return (value for value in values if isinstance(value, dict))


def in_turns(sources: Iterable[Iterator[object]]) -> Iterator[object]:
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
        anchors |= {step, -step, step * 2, step * 3}
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


def written(parts: Node) -> Iterator[object]:
    """Return the values that authors wrote down."""
    for part in parts:
        if "default" in part.keywords:
            yield part.keywords["default"]
        examples = part.keywords.get("examples")
        if isinstance(examples, list):
            yield from examples[:FEW]
