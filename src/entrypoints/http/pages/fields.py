"""A JSON Schema as table rows, one per field.

A schema of a few kilobytes can describe billions of fields, and can make each of them long. So nothing here is
proportional to what references multiply: the reader counts every place of a schema that it visits, whatever stands
there, and every character that it returns, and stops when the page has enough.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar

from domain.json_schema.parts import NOTHING, Resolved, cut, find, follow, inner_schemas, names, within
from entrypoints.http.pages.field_rows import Budget, Row

MAX_NAME = 200
MAX_DESCRIPTION = 2_000
MAX_VALUE = 200
MAX_VALUES = 50

_MAX_DEPTH = 8
_VARIANTS = ("anyOf", "oneOf")
_KINDS = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} character{s}",
    "maxLength": "at most {} character{s}",
    "minItems": "at least {} item{s}",
    "maxItems": "at most {} item{s}",
    "pattern": "matches {}",
}
_MAX_EXAMPLES = 3
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Place:
    """A schema within the document.

    Attributes:
        trail: The references that led there.
    """

    written: object
    parents: str = ""
    alternative: str = ""
    trail: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaReader:
    """Reads one document.

    Attributes:
        is_by_level: Whether all fields of one object come before those inside them.
    """

    document: object
    budget: Budget = field(default_factory=Budget)
    is_by_level: bool = False
    _known: dict[tuple[str, int], object] = field(default_factory=dict)
    _waiting: deque[_Place] = field(default_factory=deque)

    def rows(self) -> Iterator[Row]:
        """Yield the fields, each before those inside it, until the budget is spent."""
        yield from self._rows(_Place(self.document))
        while self._waiting and not self.budget.is_spent:
            yield from self._rows(self._waiting.popleft())

    def _rows(self, place: _Place) -> Iterator[Row]:
        written, trail = place.written, place.trail
        if not self.budget.visit() or not isinstance(written, Mapping) or len(trail) > _MAX_DEPTH:
            return
        reference = written.get("$ref")
        if reference in trail and reference is not None:  # recursion: its fields were shown already
            return
        schema, trail = self._resolved(written), (*trail, reference)
        for name, child, required in self._fields(schema):
            if not self.budget.visit():
                return
            row = self._row(name, child, place, required=required)
            if not self.budget.show(row):
                return
            yield row
            yield from self._inside(_Place(child, f"{row.path}.", place.alternative, trail))
        for part, is_inside in self._parts(schema, place, trail):
            if self.budget.is_spent:
                return
            yield from self._inside(part) if is_inside else self._rows(part)

    def _parts(self, schema: Resolved, place: _Place, trail: tuple[object, ...]) -> Iterator[tuple[_Place, bool]]:
        """Yield the schemas that have further fields, and whether those are inside the object's own."""
        for part in schema.list("allOf"):
            yield _Place(part, place.parents, place.alternative, trail), False
        for label, variant in self._variants(schema):
            chosen = f"{place.alternative}, {label}" if place.alternative and label else label or place.alternative
            yield _Place(variant, place.parents, cut(chosen, MAX_NAME), trail), False
        for step, inner in inner_schemas(schema):
            yield _Place(inner, within(place.parents, step), place.alternative, trail), True

    def _inside(self, place: _Place) -> Iterator[Row]:
        if self.is_by_level:
            if self.budget.visit():
                self._waiting.append(place)
            return
        yield from self._rows(place)

    def _variants(self, schema: Resolved) -> Iterator[tuple[str, object]]:
        """Yield the alternatives; they have labels if several of them have fields, so that one has to choose."""
        for keyword in _VARIANTS:
            variants = schema.list(keyword)
            labels = self._once("labels", variants, partial(self._labels, variants))
            for index, variant in enumerate(variants):
                yield labels[index] if index < len(labels) else "", variant

    def _labels(self, variants: Sequence[object]) -> Sequence[str]:
        shown = [self._resolved(variant) for variant in variants[:MAX_VALUES] if self.budget.visit()]
        if sum("properties" in variant for variant in shown) < 2:
            return ()
        return [self._label(index, variant) for index, variant in enumerate(shown)]

    def _label(self, index: int, variant: Resolved) -> str:
        """Return the title of an alternative, or the value by which it is told from the others, or a letter."""
        if title := variant.text("title", MAX_NAME):
            return title
        properties = variant.mapping("properties")
        for name in islice(names(variant.list("required")), _MAX_DEPTH):
            told = self._resolved(properties.get(name))
            if "const" in told:
                return cut(f"{name} is {self._json(told.get('const'))}", MAX_NAME)
        return _LETTERS[index] if index < len(_LETTERS) else str(index + 1)

    def _fields(self, schema: Resolved) -> Iterator[tuple[str, object, bool]]:
        """Yield names, schemas and whether they are required: those first, then by name."""
        properties, required = schema.mapping("properties"), schema.list("required")
        for name in self._once("required", required, lambda: sorted(names(required))):
            if not self.budget.visit():
                return
            if name in properties:
                yield name, properties[name], True
        shown = self._once("names", required, lambda: frozenset(names(required)))
        for name in self._once("properties", properties, lambda: sorted(properties)):
            if name not in shown:
                yield name, properties[name], False

    def _row(self, name: str, written: object, place: _Place, *, required: bool) -> Row:
        schema = self._resolved(written)
        return Row(
            parents=place.parents,
            alternative=place.alternative,
            name=cut(name, MAX_NAME),
            kind=cut(self._kind(schema, 0), MAX_VALUE),
            required=required,
            description=schema.text("description", MAX_DESCRIPTION) or schema.text("title", MAX_DESCRIPTION),
            values=tuple(self._values(schema)),
            bounds=self._bounds(schema),
            default=self._json(schema.get("default")) if "default" in schema else None,
            examples=tuple(map(self._json, schema.list("examples")[:_MAX_EXAMPLES])),
            immutable=schema.is_marked("immutable"),
            sensitive=schema.is_marked("sensitive") or schema.get("format") == "password",
            deprecated=schema.is_marked("deprecated"),
        )

    def _kind(self, schema: Resolved, depth: int) -> str:
        if depth > _MAX_DEPTH or not self.budget.visit():
            return "any"
        for keyword in _VARIANTS:
            if variants := schema.list(keyword):
                shown = (self._kind(self._resolved(variant), depth + 1) for variant in variants[:MAX_VALUES])
                return cut(" or ".join(dict.fromkeys(shown)), MAX_VALUE)
        named = schema.get("type")
        if named == "array" and isinstance(items := schema.get("items"), Mapping):
            return f"array of {self._kind(self._resolved(items), depth + 1)}"
        if named == "object" and "properties" not in schema:
            others = schema.get("additionalProperties")
            if isinstance(others, Mapping):
                return f"map of {self._kind(self._resolved(others), depth + 1)}"
        return _named(schema)

    def _values(self, schema: Resolved) -> Iterator[str]:
        """Yield the allowed values: its own, those of its items, or those that its variants allow."""
        values = (value for holder in self._holders(schema) for value in _own_values(holder))
        return (self._json(value) for value in islice(values, MAX_VALUES))

    def _holders(self, schema: Resolved) -> Iterator[Resolved]:
        yield schema
        yield self._resolved(schema.get("items"))
        for keyword in _VARIANTS:
            for variant in schema.list(keyword)[:MAX_VALUES]:
                if not self.budget.visit():
                    return
                yield self._resolved(variant)

    def _bounds(self, schema: Resolved) -> str:
        sentences = [self._bound(text, schema.get(key)) for key, text in _BOUNDS.items() if key in schema]
        whole = ", ".join(sentences if schema.get("uniqueItems") is not True else [*sentences, "no two alike"])
        return f"{whole[:1].upper()}{whole[1:]}"

    def _bound(self, text: str, value: object) -> str:
        return text.format(self._json(value), s="" if value == 1 else "s")

    def _json(self, value: object) -> str:
        return self._once("json", value, lambda: cut(json.dumps(value, ensure_ascii=False), MAX_VALUE))

    def _resolved(self, written: object) -> Resolved:
        schema = written if isinstance(written, Mapping) else NOTHING
        return self._once("resolved", written, lambda: Resolved(tuple(follow(schema, self._find))))

    def _find(self, reference: str) -> Mapping[str, object]:
        return self._once("reference", reference, partial(find, self.document, reference))

    def _once(self, purpose: str, subject: object, work: Callable[[], _Result]) -> _Result:
        """Do work on a part of the document once. Parts live as long as the document, so their identities are keys."""
        key = (purpose, id(subject))
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]  # type: ignore[return-value]  # the purpose decides the type


def _named(schema: Resolved) -> str:
    written = schema.get("type")
    words = written[:MAX_VALUES] if isinstance(written, list) else [written]
    kind = " or ".join(word for word in words if isinstance(word, str)) or _guessed(schema)
    form = schema.text("format", MAX_NAME)
    return f"{kind} ({form})" if form else kind


def _guessed(schema: Resolved) -> str:
    """Return the kind of a schema that states no type."""
    if "properties" in schema or "allOf" in schema:
        return "object"
    return " or ".join(dict.fromkeys(_KINDS[type(value)] for value in _own_values(schema))) or "any"


def _own_values(schema: Resolved) -> Sequence[object]:
    return (schema.get("const"),) if "const" in schema else schema.list("enum")[:MAX_VALUES]
