"""Values that may show how two schemas differ."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from domain.compatibility import formats, patterns
from domain.compatibility.automata import UndecidedError
from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.documents import Document, Node, TooEntangledError, spelling
from domain.compatibility.instances import InstanceValidator, Shapes, item, member
from domain.compatibility.sample_parts import (
    FEW,
    in_turns,
    items,
    lengths,
    names,
    numbers,
    objects_of,
    written,
)
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import Shaper

_MISSING = object()
_MAX_SAMPLES = 60
_LIMITS = {1: 160, 2: 30, 3: 16}
"""How many values are made of a schema at each level below the one that is asked about."""
_MAX_LEVELS = 6
_WORDS = ("a", "z", "A", "0", "", "a b", "ab", "é")
_PLAIN: tuple[object, ...] = (None, True, False, 0, 1, 1.5, -1, 7, "a", "z", [], {}, [1])
_TEXT: Node = (Document.of({"type": "string"}).whole,)
_NAMES = ("a", "A", "z0", "k")


class Sampler:
    """Makes values of one schema with an eye on another.

    Args:
        shaper: What nodes mean.
        budget: What the steps are counted on.
    """

    def __init__(self, shaper: Shaper, budget: Budget) -> None:
        self._shaper = shaper
        self._budget = budget
        self._level = 0
        self._minimal: dict[frozenset[object], object] = {}

    @property
    def validator(self) -> InstanceValidator:
        """What decides whether values are valid."""
        return self._shaper.validator

    def between(self, writer: Node, reader: Node) -> Iterator[object]:
        """Return values that are surely valid for the writer, those at the reader's borders among them."""
        level = self._level + 1
        if level > _MAX_LEVELS:
            return
        source, seen = self._candidates(writer, reader), set[str]()
        for _ in range(_LIMITS.get(level, FEW)):
            outer, self._level = self._level, level
            try:
                self._budget.spend(2)
                value = next(source, _MISSING)
            except (ExhaustedError, TooEntangledError):
                return
            finally:
                self._level = outer
            if value is _MISSING:
                return
            text = spelling(value)
            if text not in seen and self.validator.accepts(writer, value):
                seen.add(text)
                yield value

    def minimal(self, node: Node) -> Iterator[object]:
        """Return one valid value, if one is found."""
        return islice(self.between(node, ()), 1)

    def around(self, shape: Shape, name: str, value: object) -> Iterator[dict[str, object]]:
        """Return objects that have that member, and else what is required."""
        base = self._required(shape, besides={name})
        if base is not None:
            yield self._filled(shape, {**base, name: value})

    def array_around(self, shape: Shape, value: object, index: int | None) -> Iterator[list[object]]:
        """Return arrays that have that item at an index, or anywhere behind the prefix."""
        behind = max((len(items.prefix) for items in shape.items), default=0)
        place = behind if index is None else index
        before = [next(self.minimal(item(shape.items, number)), None) for number in range(place)]
        missing = max(0, shape.least - place - 1)
        after = list(islice(self.between(item(shape.items, place + 1), ()), FEW))
        if not missing or len(after) >= missing:
            yield [*before, value, *after[:missing]]
        if missing:
            yield [*before, value, *([value] * missing)]
            yield [*before, value, *([after[0]] * missing if after else [])]
        if index is None and behind:
            yield [value]

    def names_of(self, pattern: str) -> Iterator[str]:
        """Return a name that a pattern matches, if one is known."""
        found = patterns.example(pattern, self._budget, least=1)
        if found is not None:
            yield found

    def _candidates(self, writer: Node, reader: Node) -> Iterator[object]:
        mine, theirs = self._shapes(writer), self._shapes(reader)
        hints = [shape for alternatives in theirs.values() for shape in alternatives]
        yield from in_turns(
            islice(self._of_shape(shape, [hint for hint in hints if hint.type == kind]), _MAX_SAMPLES)
            for kind, alternatives in mine.items()
            for shape in alternatives
        )
        for shape in chain(hints, *mine.values()):
            yield from (shape.values or {}).values()
            for condition in shape.conditions:
                for part in condition.parts:
                    if part is not None and self._level < _MAX_LEVELS:
                        yield from islice(self.between((part,), writer), FEW)
        yield from written((*writer, *reader))
        yield from _PLAIN

    def _shapes(self, node: Node) -> Shapes:
        return self._shaper.shapes(node) if node else {}

    def _of_shape(self, shape: Shape, hints: list[Shape]) -> Iterator[object]:
        if shape.values is not None:
            yield from shape.values.values()
        elif shape.type == "number":
            yield from numbers(shape, hints)
        elif shape.type == "string":
            yield from self._strings(shape, hints)
        elif shape.type == "array":
            yield from self._arrays(shape, hints)
        elif shape.type == "object":
            yield from self._objects(shape, hints)

    def _strings(self, shape: Shape, hints: list[Shape]) -> Iterator[str]:
        counts = lengths(shape, hints)
        known = list(_WORDS)
        for name in shape.formats | frozenset(name for hint in hints for name in hint.formats):
            known += formats.EXAMPLES.get(name, ())
        for pattern in sorted(shape.patterns):
            for other in sorted({pattern for hint in hints for pattern in hint.patterns} - shape.patterns):
                known += self._told_apart(pattern, other)
        for pattern in sorted(shape.patterns | frozenset(pattern for hint in hints for pattern in hint.patterns)):
            for length in (0, *counts):
                found = patterns.example(pattern, self._budget, least=length)
                known += [found] if found is not None else []
                known += [] if shape.patterns else self._told_apart("", pattern)
        yield from ("a" * length for length in counts)
        yield from known
        for length in counts:
            yield from (text * (length // len(text)) for text in known if text and len(text) < length)

    def _told_apart(self, taken: str, refused: str) -> list[str]:
        try:
            found = patterns.difference(taken, refused, self._budget)
        except UndecidedError:
            return []
        return [] if found is None else [found]

    def _arrays(self, shape: Shape, hints: list[Shape]) -> Iterator[list[object]]:
        yield []
        behind = max((len(items.prefix) for kind in (shape, *hints) for items in kind.items), default=0)
        columns = [
            list(islice(self.between(item(shape.items, index), item(items(hints), index)), FEW))
            for index in range(min(behind, FEW) + 1)
        ]
        entries = columns[-1]
        for kind in (shape, *hints):
            for contains in kind.contains:
                inside = list(islice(self.between((contains.part,), ()), FEW))
                other = [c.part for c in chain.from_iterable(hint.contains for hint in hints)]
                inside += [value for part in other for value in islice(self.between((part,), (contains.part,)), FEW)]
                fresh = [value for part in other for value in islice(self.between((part,), ()), FEW)]
                fresh = [value for value in fresh if self.validator.accepts((contains.part,), value) is False]
                yield from ([value] for value in (*inside, *fresh))
                yield from ([value, more] for value in inside[:2] for more in (*inside[:3], *fresh))
                yield inside
                entries = [*entries, *inside]
        first = [column[0] if column else None for column in columns[:-1]]
        for index, column in enumerate(columns[:-1]):
            yield from ([*first[:index], value] for value in column)
            yield from ([*first[:index], value, *first[index + 1 :]] for value in column)
        for value in entries:
            yield [*first, value]
            yield [value]
        yield from ([*first, value, value] for value in entries[:2])
        for count in lengths(shape, hints):
            size = max(0, count - len(first))
            if entries:
                yield [*first, *([entries[0]] * size)][:count]
                yield [*first, *(entries[number % len(entries)] for number in range(size))][:count]
            yield [*first, *range(size)][:count]
        yield list(entries)

    def _objects(self, shape: Shape, hints: list[Shape]) -> Iterator[dict[str, object]]:
        base = self._required(shape, besides=set())
        if base is None:
            return
        yield base
        yield self._filled(shape, base)
        known = list(dict.fromkeys(names((shape, *hints))))[:_MAX_SAMPLES]
        groups = [group for hint in hints for group in hint.groups]
        full = dict(base)
        for name in known:
            mine, theirs = member(shape.groups, name, self._budget), member(groups, name, self._budget)
            for value in islice(self.between(mine.node, theirs.node), FEW):
                full.setdefault(name, value)
                yield {**base, name: value}
        yield full
        for dropped in full.keys() - base.keys():
            yield {name: value for name, value in full.items() if name != dropped}
        for name in (*_NAMES, *self._matching((shape, *hints))):
            node = member(shape.groups, name, self._budget).node
            theirs = member(groups, name, self._budget)
            yield from ({**base, name: value} for value in islice(self.between(node, theirs.node), FEW))
        yield from self._conditional(shape, hints, base)
        for count in lengths(shape, hints):
            spare = (f"k{number}" for number in range(count))
            padding = {name: next(self.minimal(member(shape.groups, name, self._budget).node), 1) for name in spare}
            yield dict(islice({**base, **padding}.items(), max(count, len(base))))

    def _conditional(self, shape: Shape, hints: list[Shape], base: dict[str, object]) -> Iterator[dict[str, object]]:
        """Return objects to which what depends on other members applies."""
        for kind in (shape, *hints):
            for name, part in kind.dependents:
                rivals = tuple(p for hint in hints for other, p in hint.dependents if other == name)
                trigger = next(self.minimal(member(shape.groups, name, self._budget).node), 1)
                for inner in islice(objects_of(self.between((part,), rivals)), FEW):
                    yield {**base, name: trigger, **inner}
            for condition in kind.conditions:
                for applied in condition.parts:
                    if applied is not None:
                        for inner in islice(objects_of(self.between((applied,), ())), FEW):
                            yield {**base, **inner}

    def _matching(self, shapes: Iterable[Shape]) -> Iterator[str]:
        for shape in shapes:
            for group in shape.groups:
                for pattern in group.patterns:
                    yield from self.names_of(pattern)
            for part in shape.names:
                values = (*islice(self.between(_TEXT, (part,)), FEW * 2), *islice(self.between((part,), ()), 3))
                yield from (value for value in values if isinstance(value, str))

    def _required(self, shape: Shape, besides: set[str]) -> dict[str, object] | None:
        """Return the members that must be there, of which one may be left to the caller; None if one is not found."""
        found: dict[str, object] = {}
        for name in sorted(shape.required - besides):
            value = next(self.minimal(member(shape.groups, name, self._budget).node), _MISSING)
            if value is _MISSING:
                return None
            found[name] = value
        return found

    def _filled(self, shape: Shape, value: dict[str, object]) -> dict[str, object]:
        """Add members until there are as many as needed, and those that others require."""
        wanted = [name for have in list(value) for name in sorted(shape.requires.get(have, ()))]
        candidates = chain(wanted, names((shape,)), _NAMES, (f"k{number}" for number in range(FEW)))
        for name in candidates:
            if len(value) >= shape.least and name not in wanted:
                continue
            if name not in value:
                node = member(shape.groups, name, self._budget).node
                value = {**value, **dict.fromkeys([name], next(self.minimal(node), None))}
        return value
