"""A JSON Schema as rows for people, one for each field. Bounded, since references can multiply without end."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

Schema = Mapping[str, object]

_DEEPEST = 8
_LONGEST_VALUE = 200
_MOST_VALUES = 50
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field.

    Attributes:
        parents: The fields that it is in, such as ``network.subnets[].``; empty at the top.
        kind: Its type, in words.
        values: The values that are allowed, as JSON; empty if any is.
        bounds: What else is demanded of a value, in words; empty if nothing is.
        default: As JSON; None without one.
    """

    parents: str
    name: str
    kind: str
    required: bool
    description: str
    values: tuple[str, ...] = ()
    bounds: str = ""
    default: str | None = None
    immutable: bool = False
    sensitive: bool = False
    deprecated: bool = False


@dataclass
class Budget:
    """How many schemas may still be looked at for one page."""

    left: int = 3000

    def spend(self) -> bool:
        """Tell whether there is one more."""
        self.left -= 1
        return self.left >= 0

    @property
    def is_spent(self) -> bool:
        """Whether something was left out."""
        return self.left < 0


@dataclass(frozen=True, slots=True)
class SchemaReader:
    """Reads one document."""

    document: object
    budget: Budget = field(default_factory=Budget)

    def rows(self) -> Iterator[Row]:
        """Yield the fields, each before those inside it."""
        return self._rows(self.document, "", ())

    def _rows(self, written: object, parents: str, trail: tuple[object, ...]) -> Iterator[Row]:
        if not isinstance(written, Mapping) or len(trail) > _DEEPEST or not self.budget.spend():
            return
        reference = written.get("$ref")
        if reference in trail and reference is not None:  # a tree's branch, whose fields were shown already
            return
        schema, trail = self._resolved(written), (*trail, reference)
        for name, child, required in _fields(schema):
            if not self.budget.spend():
                return
            yield self._row(name, child, parents, required=required)
            yield from self._rows(child, f"{parents}{name}.", trail)
        for step, inner in _inner(schema):
            within = f"{parents.removesuffix('.')}{step}".removeprefix(".") if step else parents
            yield from self._rows(inner, within, trail)

    def _row(self, name: str, written: object, parents: str, *, required: bool) -> Row:
        schema = self._resolved(written)
        return Row(
            parents=parents,
            name=name,
            kind=self._kind(schema, 0),
            required=required,
            description=_text(schema, "description") or _text(schema, "title"),
            values=tuple(self._values(schema)),
            bounds=_bounds(schema),
            default=_json(schema["default"]) if "default" in schema else None,
            immutable=_is_marked(schema, "immutable"),
            sensitive=_is_marked(schema, "sensitive") or schema.get("format") == "password",
            deprecated=_is_marked(schema, "deprecated"),
        )

    def _kind(self, written: object, depth: int) -> str:
        schema = self._resolved(written)
        if depth > _DEEPEST or not self.budget.spend():
            return "any"
        for keyword in _VARIANTS:
            if variants := _list(schema, keyword):
                return " or ".join(dict.fromkeys(self._kind(variant, depth + 1) for variant in variants))
        named = schema.get("type")
        if named == "array" and isinstance(schema.get("items"), Mapping):
            return f"array of {self._kind(schema['items'], depth + 1)}"
        if named == "object" and "properties" not in schema and isinstance(schema.get("additionalProperties"), Mapping):
            return f"map of {self._kind(schema['additionalProperties'], depth + 1)}"
        return _named(schema)

    def _values(self, schema: Schema) -> Iterator[str]:
        """Yield the allowed values: its own, those of its items, or those that its variants allow."""
        holders = (schema, schema.get("items"), *(part for key in _VARIANTS for part in _list(schema, key)))
        values = (value for holder in holders[:_MOST_VALUES] for value in _own_values(self._resolved(holder)))
        return (_json(value) for value in islice(values, _MOST_VALUES))

    def _resolved(self, written: object) -> Schema:
        """Follow references within the document; what stands beside one goes before what it names."""
        seen: set[str] = set()
        schema: Schema = written if isinstance(written, Mapping) else {}
        while isinstance(reference := schema.get("$ref"), str) and reference not in seen:
            seen.add(reference)
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._at(reference), **beside}
        return schema

    def _at(self, reference: str) -> Schema:
        found: object = self.document
        for step in unquote(reference.removeprefix("#")).split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping):
                found = found.get(key)
            elif isinstance(found, list) and key.isdecimal() and len(key) < 9 and int(key) < len(found):
                found = found[int(key)]
            else:
                return {}
        return found if isinstance(found, Mapping) else {}


def _fields(schema: Schema) -> Iterator[tuple[str, object, bool]]:
    """Yield names, schemas and whether they are required: those first, then by name."""
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        required = {name for name in _list(schema, "required") if isinstance(name, str)}
        for name in sorted(properties, key=lambda name: (name not in required, name)):
            yield name, properties[name], name in required


def _inner(schema: Schema) -> Iterator[tuple[str, object]]:
    """Yield how one gets to further schemas in which fields stand, and those schemas."""
    for keyword in ("allOf", *_VARIANTS):
        yield from (("", part) for part in _list(schema, keyword))
    yield "[].", schema.get("items")
    yield from ((f"[{index}].", item) for index, item in enumerate(_list(schema, "prefixItems")))
    yield ".*.", schema.get("additionalProperties")


def _named(schema: Schema) -> str:
    named = schema.get("type")
    words = [word for word in named if isinstance(word, str)] if isinstance(named, list) else [named]
    kind = " or ".join(word for word in words if isinstance(word, str))
    form = _text(schema, "format")
    return f"{kind or _guessed(schema)} ({form})" if form else kind or _guessed(schema)


def _guessed(schema: Schema) -> str:
    """Say what a schema without a type is for."""
    if "properties" in schema or "allOf" in schema:
        return "object"
    return " or ".join(dict.fromkeys(_KINDS[type(value)] for value in _own_values(schema))) or "any"


def _bounds(schema: Schema) -> str:
    sentences = (sentence.format(_json(schema[key])) for key, sentence in _BOUNDS.items() if key in schema)
    whole = ", ".join(sentences)
    return f"{whole[:1].upper()}{whole[1:]}"


def _own_values(schema: Schema) -> list[object]:
    return [schema["const"]] if "const" in schema else _list(schema, "enum")


def _is_marked(schema: Schema, mark: str) -> bool:
    return schema.get(mark) is True or schema.get(f"x-{mark}") is True


def _list(schema: Schema, keyword: str) -> list[object]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _text(schema: Schema, keyword: str) -> str:
    value = schema.get(keyword)
    return value if isinstance(value, str) else ""


def _json(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST_VALUE else f"{written[:_LONGEST_VALUE]}…"
