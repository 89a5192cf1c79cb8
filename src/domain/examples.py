"""An example of a config, as its author would write one: from examples, defaults and what is required."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import cast

from domain.compatibility import formats, patterns
from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.documents import Document, Node, Part, TooEntangledError, conjuncts, key_of, spelling
from domain.compatibility.instances import Shapes, item, member
from domain.compatibility.sample_parts import FEW, numbers
from domain.compatibility.samples import Sampler
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import Shaper

MAX_STEPS = 10_000
MAX_CHARACTERS = 8_000
_MAX_WRITTEN = 500
_MAX_LEVELS = 8
_MAX_OPTIONAL = 20
_MAX_HOPS = 4
_ENTRIES = 4  # are looked at in a step
_MISSING = object()
_KINDS = ("object", "array", "string", "number", "boolean", "null")
_TEXTS = ("example", "example-1", "Example", "example.com", "10.0.0.0/16", "192.0.2.1", "1.0.0", "10Gi", "1h", "a", "A")
_BRANCHING = frozenset({"anyOf", "oneOf", "if"})


def example_config(schema: object) -> dict[str, object] | None:
    """Return a config that is surely valid, or None if none is found within so many steps.

    Args:
        schema: A decoded JSON Schema, which may be hostile.
    """
    node = (Document.of(schema).whole,)
    try:
        found = _Writer(Budget(steps=MAX_STEPS)).best(node, 0)
    except (ExhaustedError, TooEntangledError):
        return None
    is_shown = isinstance(found, dict) and len(spelling(found)) <= MAX_CHARACTERS
    return cast("dict[str, object]", found) if is_shown else None


class _WeighingShaper(Shaper):
    """Counts every entry of what applies to a node: a few kilobytes can apply a large part a thousand times."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self._steps = budget
        self._weighed: set[frozenset[object]] = set()

    def shapes(self, node: Node) -> Shapes:
        key = key_of(node)
        if key not in self._weighed:
            self._weighed.add(key)
            for part in conjuncts(node):
                entries = sum(len(value) for value in part.keywords.values() if isinstance(value, dict | list))
                self._steps.spend(1 + entries // _ENTRIES)
        return super().shapes(node)


class _Writer:
    """Writes values of one document.

    Args:
        budget: What the steps are counted on.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._shaper = _WeighingShaper(budget)
        self._sampler = Sampler(self._shaper, budget)
        self._is_short: dict[int, bool] = {}

    def best(self, node: Node, level: int) -> object:
        """Return the first candidate that is surely valid.

        Raises:
            ExhaustedError: No steps are left.
            TooEntangledError: A schema refers to too much.
        """
        for value in chain(self._candidates(node, level), self._sampler.minimal(node)):
            self._budget.spend(2)
            if self._shaper.validator.accepts(node, value):
                return value
        return _MISSING

    def _candidates(self, node: Node, level: int) -> Iterator[object]:
        if level > _MAX_LEVELS:
            return
        yield from self._written(node)
        shapes = self._shaper.shapes(node)
        for kind in _KINDS:
            for shape in shapes.get(kind, ()):
                yield from self._of_shape(shape, level)
        for shape in shapes.get("object", ()):
            for condition in shape.conditions:
                if condition.kind in _BRANCHING:
                    for part in islice(filter(None, condition.parts), FEW):
                        for branch in self._shaper.shapes((*node, part)).get("object", ()):
                            yield from self._objects(branch, level)

    def _written(self, node: Node) -> Iterator[object]:
        """Return what the author wrote down: examples first, then the default unless it says nothing."""
        parts = [reached for part in node for reached in _chain(part)]
        for part in parts:
            examples = part.keywords.get("examples")
            if isinstance(examples, list):
                yield from filter(self._fits_in, examples[:FEW])
        for part in parts:
            default = part.keywords.get("default")
            if default not in (None, "", [], {}) and self._fits_in(default):
                yield default

    def _fits_in(self, value: object) -> bool:
        """Tell whether a value is short. Values live as long as the document, so their identities are keys."""
        if id(value) not in self._is_short:
            self._is_short[id(value)] = len(spelling(value)) <= _MAX_WRITTEN
        return self._is_short[id(value)]

    def _of_shape(self, shape: Shape, level: int) -> Iterator[object]:
        if shape.values is not None:
            yield from islice(shape.values.values(), FEW)
        elif shape.type == "object":
            yield from self._objects(shape, level)
        elif shape.type == "array":
            yield from self._arrays(shape, level)
        elif shape.type == "string":
            yield from self._texts(shape)
        elif shape.type == "number":
            yield 1
            yield from islice(numbers(shape, []), FEW * 2)

    def _objects(self, shape: Shape, level: int) -> Iterator[dict[str, object]]:
        """Return an object with all that is worth showing, then one with what is required only."""
        needed: dict[str, object] = {}
        for name in sorted(shape.required):
            value = self.best(member(shape.groups, name, self._budget).node, level + 1)
            if value is _MISSING:
                return
            needed[name] = value
        optional = dict(islice(self._optional(shape), _MAX_OPTIONAL))
        if optional:
            yield {**needed, **optional}
        for group in shape.groups:
            if not needed and not group.declared and group.rest is not None and group.rest.schema not in (True, {}):
                value = self.best((group.rest,), level + 1)
                if value is not _MISSING:
                    yield {"key": value}
        yield needed

    def _optional(self, shape: Shape) -> Iterator[tuple[str, object]]:
        for group in shape.groups:
            for name, parts in group.declared.items():
                self._budget.spend()
                if name not in shape.required and not _is_deprecated(parts):
                    for value in self._written(parts):
                        if self._shaper.validator.accepts(parts, value):
                            yield name, value
                            break

    def _arrays(self, shape: Shape, level: int) -> Iterator[list[object]]:
        if shape.least <= FEW:
            items = [self.best(item(shape.items, index), level + 1) for index in range(max(1, shape.least))]
            if _MISSING not in items:
                yield items
        yield []

    def _texts(self, shape: Shape) -> Iterator[str]:
        for name in sorted(shape.formats):
            yield from formats.EXAMPLES.get(name, ())
        yield from _TEXTS
        for pattern in sorted(shape.patterns):
            found = patterns.example(pattern, self._budget, least=shape.least)
            yield from () if found is None else (found,)
        if shape.least <= _MAX_WRITTEN:
            yield ("example-" * (shape.least // 8 + 1))[: max(shape.least, min(7, shape.most or 7))]


def _chain(part: Part) -> Iterator[Part]:
    """Yield a part and what it refers to, as far as a reader would follow."""
    reached: Part | None = part
    for _ in range(_MAX_HOPS):
        if reached is None:
            return
        yield reached
        reached = part.document.resolve(reached.keywords["$ref"]) if "$ref" in reached.keywords else None


def _is_deprecated(parts: tuple[Part, ...]) -> bool:
    return any(part.keywords.get("deprecated") is True for part in parts)
