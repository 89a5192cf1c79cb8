"""Values that may show how two schemas differ."""

from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice

from domain.compatibility.budget import Budget, ExhaustedError
from domain.compatibility.documents import Document, Node, Part, TooEntangledError, key_of, spelling
from domain.compatibility.instances import InstanceValidator, Shapes, item, member
from domain.compatibility.sample_parts import (
    FEW,
    directions,
    in_turns,
    items,
    lengths,
    names,
    numbers,
    written,
)
from domain.compatibility.sample_texts import matching, texts
from domain.compatibility.shapes import Shape
from domain.compatibility.shaping import Shaper

_MISSING = object()
_MAX_SAMPLES = 60
_MAX_ITEMS = 32
_LIMITS = {1: 160, 2: 48, 3: 24}
"""How many values are made of a schema at each level below the one that is asked about."""
_MAX_LEVELS = 6
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
        self._known_names: dict[str, Part] = {}

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
        left = _LIMITS.get(level, FEW)
        while left:
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
            if text in seen:
                continue
            seen.add(text)
            left -= 1
            if self.validator.accepts(writer, value):
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

    def _candidates(self, writer: Node, reader: Node) -> Iterator[object]:
        mine, theirs = self._shapes(writer), self._shapes(reader)
        hints = [shape for alternatives in theirs.values() for shape in alternatives]
        own = [shape for alternatives in mine.values() for shape in alternatives]
        listed = chain.from_iterable((shape.values or {}).values() for shape in (*hints, *own))
        by_shape = (
            islice(self._of_shape(shape, [hint for hint in hints if hint.type == kind]), _MAX_SAMPLES)
            for kind, alternatives in mine.items()
            for shape in alternatives
        )
        yield from in_turns([self._directed(writer, own, hints), *by_shape, islice(listed, _MAX_SAMPLES)])
        yield from written((*writer, *reader))
        yield from _PLAIN

    def _directed(self, writer: Node, own: Sequence[Shape], hints: Sequence[Shape]) -> Iterator[object]:
        """Return values to which what depends on others applies, or just does not."""
        for added, rival in directions([*hints, *own], self._needing):
            is_known = key_of(added) <= key_of(writer)
            if not is_known or (not added and rival and self._level == 1):
                yield from islice(self.between((*writer, *added), rival), FEW * 2)

    def _needing(self, name: str) -> Part:
        """Return the same schema each time, of objects that have a member."""
        if name not in self._known_names:
            self._known_names[name] = Document.of({"required": [name]}).whole
        return self._known_names[name]

    def _shapes(self, node: Node) -> Shapes:
        return self._shaper.shapes(node) if node else {}

    def _of_shape(self, shape: Shape, hints: list[Shape]) -> Iterator[object]:
        if shape.values is not None:
            yield from shape.values.values()
        elif shape.type == "number":
            yield from numbers(shape, hints)
        elif shape.type == "string":
            yield from texts(shape, hints, self._budget)
        elif shape.type == "array":
            yield from self._arrays(shape, hints)
        elif shape.type == "object":
            yield from self._objects(shape, hints)

    def _arrays(self, shape: Shape, hints: list[Shape]) -> Iterator[list[object]]:
        yield []
        behind = max((len(items.prefix) for kind in (shape, *hints) for items in kind.items), default=0)
        columns = [
            list(islice(self.between(item(shape.items, index), item(items(hints), index)), FEW))
            for index in range(min(behind, FEW) + 1)
        ]
        entries = columns[-1]
        needed = [value for contains in shape.contains for value in self.minimal((contains.part,))]
        beside = ([*needed, value] for value in entries if needed)
        for found in in_turns([self._counted(item(shape.items, behind), [shape, *hints]), beside]):
            yield found
            entries = [*entries, *found[:1]]
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

    def _counted(self, rest: Node, shapes: Sequence[Shape]) -> Iterator[list[object]]:
        """Return arrays with few and many items of a kind, and of what is almost of that kind."""
        kinds = [contains for shape in shapes for contains in shape.contains]
        counts = {count + change for kind in kinds for count in (kind.least, kind.most or 0) for change in (0, 1)}
        for kind in kinds:
            others: list[Node] = [(other.part,) for other in kinds if other.part.key != kind.part.key]
            inside = [
                value for rival in others or [()] for value in islice(self.between((*rest, kind.part), rival), FEW * 3)
            ]
            yield from ([value] for value in inside)
            yield from ([value, more] for value in inside[:3] for more in inside[:FEW])
            for count in sorted(counts)[:FEW]:
                few = islice(cycle(inside), min(count, _MAX_ITEMS))
                yield list(few)
            yield from ([value] * min(max(counts), _MAX_ITEMS) for value in inside[:3])

    def _objects(self, shape: Shape, hints: list[Shape]) -> Iterator[object]:
        base = self._required(shape, besides=set())
        if base is None:
            return
        yield base
        yield self._filled(shape, base)
        known = list(dict.fromkeys(names((*hints, shape))))[:_MAX_SAMPLES]
        others = dict.fromkeys(chain(self._matching(shape, hints), _NAMES))
        yield from in_turns(
            [
                chain.from_iterable(self._with(shape, hints, base, name) for name in known),
                chain.from_iterable(self._with(shape, hints, base, name) for name in others),
                self._almost_full(shape, known, base),
                self._padded(shape, hints, base),
            ]
        )

    def _with(self, shape: Shape, hints: list[Shape], base: dict[str, object], name: str) -> Iterator[object]:
        """Return objects that have one more member, and what that one requires."""
        theirs = member([group for hint in hints for group in hint.groups], name, self._budget)
        for value in islice(self.between(member(shape.groups, name, self._budget).node, theirs.node), FEW):
            yield {**base, name: value}
            filled = self._filled(shape, {**base, name: value})
            if len(filled) > len(base) + 1:
                yield filled

    def _almost_full(self, shape: Shape, known: Sequence[str], base: dict[str, object]) -> Iterator[object]:
        """Return an object with all members, and with all but one."""
        full = dict(base)
        for name in known:
            node = member(shape.groups, name, self._budget).node
            full.update((name, value) for value in self.minimal(node) if name not in full)
        yield full
        for dropped in full.keys() - base.keys():
            yield {name: value for name, value in full.items() if name != dropped}

    def _padded(self, shape: Shape, hints: list[Shape], base: dict[str, object]) -> Iterator[object]:
        """Return objects with as many members as borders have."""
        for count in lengths(shape, hints):
            spare = (f"k{number}" for number in range(count))
            padding = {name: next(self.minimal(member(shape.groups, name, self._budget).node), 1) for name in spare}
            yield dict(islice({**base, **padding}.items(), max(count, len(base))))

    def _matching(self, shape: Shape, hints: list[Shape]) -> Iterator[str]:
        """Return names that patterns match, alone or together, and names at the borders of what names may be."""
        yield from matching((shape, *hints), self._budget)
        mine, theirs = shape.names, tuple(part for hint in hints for part in hint.names)
        if mine or theirs:
            found = chain(*(islice(self.between(_TEXT + mine, (part,)), FEW) for part in theirs or _TEXT))
            yield from (name for name in found if isinstance(name, str))

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
