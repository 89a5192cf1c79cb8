"""A JSON Schema as table rows, one per field.

A schema of a few kilobytes can describe billions of fields, and can make each of them long. So nothing here is
proportional to what references multiply: the reader counts every place of a schema that it visits, whatever stands
there, and every character that it returns, and stops when the page has enough.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TypeVar
from urllib.parse import unquote

from entrypoints.http.pages.field_rows import Budget, Row

MAX_NAME = 200
MAX_DESCRIPTION = 2_000
MAX_VALUE = 200
MAX_VALUES = 50

_MAX_DEPTH = 8
_MAX_HOPS = 16  # schemas in one chain of references
_MAX_POINTER = 64  # steps of one reference
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
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
}
_NOTHING: Mapping[str, object] = {}
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A schema and the schemas that its references lead to, the nearest first.

    What stands beside a reference goes before what the reference names. Nothing is copied: a lookup asks each in turn.
    """

    chain: Sequence[Mapping[str, object]]

    def get(self, keyword: str, default: object = None) -> object:
        return next((schema[keyword] for schema in self.chain if keyword in schema), default)

    def __contains__(self, keyword: object) -> bool:
        return any(keyword in schema for schema in self.chain)

    def list(self, keyword: str) -> Sequence[object]:
        value = self.get(keyword)
        return value if isinstance(value, list) else ()

    def mapping(self, keyword: str) -> Mapping[str, object]:
        value = self.get(keyword)
        return value if isinstance(value, Mapping) else _NOTHING

    def text(self, keyword: str, longest: int) -> str:
        value = self.get(keyword)
        return _cut(value, longest) if isinstance(value, str) else ""

    def is_marked(self, mark: str) -> bool:
        return self.get(mark) is True or self.get(f"x-{mark}") is True


@dataclass(frozen=True, slots=True)
class SchemaReader:
    """Reads one document."""

    document: object
    budget: Budget = field(default_factory=Budget)
    _known: dict[tuple[str, int], object] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Yield the fields, each before those inside it, until the budget is spent."""
        return self._rows(self.document, "", ())

    def _rows(self, written: object, parents: str, trail: tuple[object, ...]) -> Iterator[Row]:
        if not self.budget.visit() or not isinstance(written, Mapping) or len(trail) > _MAX_DEPTH:
            return
        reference = written.get("$ref")
        if reference in trail and reference is not None:  # recursion: its fields were shown already
            return
        schema, trail = self._resolved(written), (*trail, reference)
        for name, child, required in self._fields(schema):
            if not self.budget.visit():
                return
            row = self._row(name, child, parents, required=required)
            if not self.budget.show(row):
                return
            yield row
            yield from self._rows(child, f"{parents}{row.name}.", trail)
        for step, inner in _inner(schema):
            if self.budget.is_spent:
                return
            within = f"{parents.removesuffix('.')}{step}".removeprefix(".") if step else parents
            yield from self._rows(inner, within, trail)

    def _fields(self, schema: _Resolved) -> Iterator[tuple[str, object, bool]]:
        """Yield names, schemas and whether they are required: those first, then by name."""
        properties, required = schema.mapping("properties"), schema.list("required")
        for name in self._once("required", required, lambda: sorted(_names(required))):
            if not self.budget.visit():
                return
            if name in properties:
                yield name, properties[name], True
        shown = self._once("names", required, lambda: frozenset(_names(required)))
        for name in self._once("properties", properties, lambda: sorted(properties)):
            if name not in shown:
                yield name, properties[name], False

    def _row(self, name: str, written: object, parents: str, *, required: bool) -> Row:
        schema = self._resolved(written)
        return Row(
            parents=parents,
            name=_cut(name, MAX_NAME),
            kind=_cut(self._kind(schema, 0), MAX_VALUE),
            required=required,
            description=schema.text("description", MAX_DESCRIPTION) or schema.text("title", MAX_DESCRIPTION),
            values=tuple(self._values(schema)),
            bounds=self._bounds(schema),
            default=self._json(schema.get("default")) if "default" in schema else None,
            immutable=schema.is_marked("immutable"),
            sensitive=schema.is_marked("sensitive") or schema.get("format") == "password",
            deprecated=schema.is_marked("deprecated"),
        )

    def _kind(self, schema: _Resolved, depth: int) -> str:
        if depth > _MAX_DEPTH or not self.budget.visit():
            return "any"
        for keyword in _VARIANTS:
            if variants := schema.list(keyword):
                shown = (self._kind(self._resolved(variant), depth + 1) for variant in variants[:MAX_VALUES])
                return _cut(" or ".join(dict.fromkeys(shown)), MAX_VALUE)
        named = schema.get("type")
        if named == "array" and isinstance(items := schema.get("items"), Mapping):
            return f"array of {self._kind(self._resolved(items), depth + 1)}"
        if named == "object" and "properties" not in schema:
            others = schema.get("additionalProperties")
            if isinstance(others, Mapping):
                return f"map of {self._kind(self._resolved(others), depth + 1)}"
        return _named(schema)

    def _values(self, schema: _Resolved) -> Iterator[str]:
        """Yield the allowed values: its own, those of its items, or those that its variants allow."""
        values = (value for holder in self._holders(schema) for value in _own_values(holder))
        return (self._json(value) for value in islice(values, MAX_VALUES))

    def _holders(self, schema: _Resolved) -> Iterator[_Resolved]:
        yield schema
        yield self._resolved(schema.get("items"))
        for keyword in _VARIANTS:
            for variant in schema.list(keyword)[:MAX_VALUES]:
                if not self.budget.visit():
                    return
                yield self._resolved(variant)

    def _bounds(self, schema: _Resolved) -> str:
        sentences = (text.format(self._json(schema.get(key))) for key, text in _BOUNDS.items() if key in schema)
        whole = ", ".join(sentences)
        return f"{whole[:1].upper()}{whole[1:]}"

    def _json(self, value: object) -> str:
        return self._once("json", value, lambda: _cut(json.dumps(value, ensure_ascii=False), MAX_VALUE))

    def _resolved(self, written: object) -> _Resolved:
        return self._once("resolved", written, lambda: _Resolved(tuple(self._chain(written))))

    def _chain(self, written: object) -> Iterator[Mapping[str, object]]:
        """Follow references within the document, as far as a reader of it would."""
        schema = written if isinstance(written, Mapping) else _NOTHING
        for _ in range(_MAX_HOPS):
            yield schema
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return
            schema = self._once("reference", reference, partial(_find, self.document, reference))

    def _once(self, purpose: str, subject: object, work: Callable[[], _Result]) -> _Result:
        """Do work on a part of the document once. Parts live as long as the document, so their identities are keys."""
        key = (purpose, id(subject))
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]  # type: ignore[return-value]  # the purpose decides the type


def _find(document: object, reference: str) -> Mapping[str, object]:
    found = document
    for step in unquote(reference.removeprefix("#")).split("/", _MAX_POINTER)[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(key)
        elif isinstance(found, list) and key.isdecimal() and len(key) < 9 and int(key) < len(found):
            found = found[int(key)]
        else:
            return _NOTHING
    return found if isinstance(found, Mapping) else _NOTHING


def _inner(schema: _Resolved) -> Iterator[tuple[str, object]]:
    """Yield how one gets to further schemas that contain fields, and those schemas."""
    for keyword in ("allOf", *_VARIANTS):
        yield from (("", part) for part in schema.list(keyword))
    if "items" in schema:
        yield "[].", schema.get("items")
    yield from ((f"[{index}].", item) for index, item in enumerate(schema.list("prefixItems")))
    if "additionalProperties" in schema:
        yield ".*.", schema.get("additionalProperties")


def _names(required: Sequence[object]) -> Iterator[str]:
    return (name for name in required if isinstance(name, str))


def _named(schema: _Resolved) -> str:
    written = schema.get("type")
    words = written[:MAX_VALUES] if isinstance(written, list) else [written]
    kind = " or ".join(word for word in words if isinstance(word, str)) or _guessed(schema)
    form = schema.text("format", MAX_NAME)
    return f"{kind} ({form})" if form else kind


def _guessed(schema: _Resolved) -> str:
    """Return the kind of a schema that states no type."""
    if "properties" in schema or "allOf" in schema:
        return "object"
    return " or ".join(dict.fromkeys(_KINDS[type(value)] for value in _own_values(schema))) or "any"


def _own_values(schema: _Resolved) -> Sequence[object]:
    return (schema.get("const"),) if "const" in schema else schema.list("enum")[:MAX_VALUES]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
