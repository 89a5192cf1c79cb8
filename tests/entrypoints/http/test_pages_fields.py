"""JSON Schemas as rows for people."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.pages.field_rows import Budget, Row
from entrypoints.http.pages.fields import MAX_DESCRIPTION, SchemaReader


def rows(schema: object, **options: Any) -> list[Row]:
    return list(SchemaReader(schema, **options).rows())


def an_object(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties}


def paths(schema: object) -> list[str]:
    return [row.parents + row.name for row in rows(schema)]


def kind(schema: object) -> str:
    return rows(an_object(x=schema))[0].kind


def test_a_field_says_all_that_is_known_of_it() -> None:
    schema = {
        "type": "integer",
        "description": "How many.",
        "default": 3,
        "minimum": 1,
        "maximum": 9,
        "x-immutable": True,
        "sensitive": True,
    }
    assert rows(an_object(count=schema) | {"required": ["count"]}) == [
        Row(
            parents="",
            name="count",
            kind="integer",
            required=True,
            description="How many.",
            bounds="At least 1, at most 9",
            default="3",
            immutable=True,
            sensitive=True,
        )
    ]


def test_required_fields_come_first() -> None:
    assert paths({**an_object(a={}, b={}, c={}), "required": ["c"]}) == ["c", "a", "b"]


def test_what_is_nested_follows_with_the_way_to_it() -> None:
    inner = an_object(leaf={"type": "string"})
    schema = an_object(
        list={"type": "array", "items": inner},
        map={"type": "object", "additionalProperties": inner},
        object=inner,
        union={"anyOf": [inner, {"type": "null"}]},
    )
    assert paths(schema) == [
        *("list", "list[].leaf", "map", "map.*.leaf", "object", "object.leaf", "union", "union.leaf"),
    ]
    assert paths({"allOf": [inner, an_object(other={})]}) == ["leaf", "other"]


def test_types_are_words() -> None:
    assert kind({"type": "array", "items": {"type": "string"}}) == "array of string"
    assert kind({"type": "object", "additionalProperties": {"type": "integer"}}) == "map of integer"
    assert kind({"type": ["string", "null"]}) == "string or null"
    assert kind({"anyOf": [{"type": "string", "format": "uri"}, {"type": "null"}]}) == "string (uri) or null"
    assert kind({"enum": ["a", 1]}) == "string or integer"
    assert kind({}) == "any"


def test_allowed_values_are_those_of_items_and_variants_too() -> None:
    assert rows(an_object(x={"const": 1}))[0].values == ("1",)
    assert rows(an_object(x={"type": "array", "items": {"enum": ["a"]}}))[0].values == ('"a"',)
    assert rows(an_object(x={"oneOf": [{"const": "a"}, {"const": "b"}]}))[0].values == ('"a"', '"b"')


def test_references_are_followed_and_what_stands_beside_them_counts() -> None:
    schema = an_object(x={"$ref": "#/$defs/a~1b", "description": "Here."})
    schema["$defs"] = {"a/b": {"type": "string", "description": "There.", "default": "d"}}
    (row,) = rows(schema)
    assert (row.kind, row.description, row.default) == ("string", "Here.", '"d"')


def test_a_tree_is_shown_once() -> None:
    tree = an_object(children={"type": "array", "items": {"$ref": "#"}}, value={"type": "string"})
    assert paths(tree) == ["children", "children[].children", "children[].value", "value"]
    assert rows({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}) == []


def test_references_that_multiply_end_with_the_budget() -> None:
    definitions = {f"d{level}": an_object(l={"$ref": f"#/$defs/d{level + 1}"}) for level in range(20)}
    for level, definition in definitions.items():
        following = f"#/$defs/d{int(level[1:]) + 1}"
        definition["allOf"] = [{"$ref": following, "title": str(number)} for number in range(50)]
    budget = Budget(visits=100)
    found = rows({"$ref": "#/$defs/d0", "$defs": definitions}, budget=budget)
    assert len(found) <= 100
    assert budget.is_spent


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("#/properties/a"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "$ref", "anyOf", "allOf", "enum", "required", "a", "default", "pattern"]
            ),
            inner,
            max_size=5,
        )
    ),
)


@given(_JSON)
def test_any_document_can_be_read(document: object) -> None:
    assert all(isinstance(row.kind, str) for row in rows(document))


class WatchedList(list[object]):
    """An array of a document; its items are counted among the looks into objects."""

    def __iter__(self) -> Iterator[object]:
        for item in super().__iter__():
            Watched.looks += 1
            yield item


class Watched(dict[str, object]):
    """An object of a document that counts how often any of its kind is looked into."""

    looks = 0

    def __init__(self, members: dict[str, object]) -> None:
        super().__init__(
            {name: WatchedList(member) if isinstance(member, list) else member for name, member in members.items()}
        )

    def __getitem__(self, key: str) -> object:
        Watched.looks += 1
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        Watched.looks += 1
        return super().__contains__(key)

    def get(self, key: str, default: object = None) -> object:
        Watched.looks += 1
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        Watched.looks += len(self)
        return super().__iter__()


def _chained(properties: int, hops: int, beside: int) -> dict[str, object]:
    """Many properties that point at a chain of references, the first of which has many keys beside it."""
    definitions: dict[str, object] = {f"d{hop}": {"$ref": f"#/$defs/d{hop + 1}"} for hop in range(hops)}
    definitions[f"d{hops}"] = {"type": "string"}
    first = {f"k{number}": number for number in range(beside)} | {"$ref": "#/$defs/d0"}
    definitions["first"] = first
    return an_object(**{f"p{number}": {"$ref": "#/$defs/first"} for number in range(properties)}) | {
        "$defs": definitions
    }


def _shared(properties: int, target: object, **beside: Callable[[int], object]) -> dict[str, object]:
    """Many properties that share one definition."""
    references = {
        f"p{number}": {"$ref": "#/$defs/d"} | {key: make(number) for key, make in beside.items()}
        for number in range(properties)
    }
    return an_object(**references) | {"$defs": {"d": target}}


_WIDE = an_object(**{f"q{number}": {} for number in range(9_000)})
HOSTILE = {
    "a chain of references": _chained(200, 200, 2_000),
    "a longer chain of references": _chained(1_000, 2_000, 9_000),
    "a wide object": _shared(1_000, _WIDE),
    "a wide object, of which each field demands another": _shared(1_000, _WIDE, required=lambda n: [f"q{n}"]),
    "demands of fields that are not there": _shared(1_000, {"properties": {}, "required": [*map(str, range(9_000))]}),
    "many allowed values": _shared(1_000, {"enum": [*range(30_000)]}),
    "many variants": _shared(1_000, {"anyOf": [{"const": number} for number in range(9_000)]}),
    "variants of variants": _shared(1_000, {"oneOf": [{"anyOf": [{"enum": [n]}] * 20} for n in range(500)]}),
    "a long default": _shared(1_000, {"default": "x" * 200_000}),
    "a long description": _shared(1_000, {"description": "x" * 200_000}),
    "a long format": _shared(1_000, {"type": "string", "format": "x" * 200_000}),
    "a long pattern": _shared(1_000, {"type": "string", "pattern": "x" * 200_000}),
    "a long name": an_object(**{"x" * 200_000: _shared(1_000, {})}),
    "a long reference": _shared(1_000, {"$ref": "#/$defs/d" + "/x" * 90_000}),
    "long names within long names": an_object(
        **{"x" * 60_000: an_object(**{"y" * 60_000: an_object(**{"z" * 60_000: _shared(1_000, {})})})}
    ),
    "parts that are no objects": _shared(1_000, {"allOf": [True] * 40_000}),
    "variants that are no objects": _shared(1_000, {"oneOf": [False] * 40_000}),
    "items that are no objects": _shared(1_000, {"prefixItems": [True] * 40_000}),
    "everything of everything": _shared(1_000, {"allOf": [{"$ref": "#"}] * 100, "anyOf": [{"$ref": "#"}] * 100}),
}


@pytest.mark.parametrize("schema", HOSTILE.values(), ids=HOSTILE)
def test_no_schema_costs_more_than_its_size_and_the_budget(schema: dict[str, object]) -> None:
    text = json.dumps(schema)
    document = json.loads(text, object_hook=Watched)
    Watched.looks = 0
    shown = sum(row.length for row in SchemaReader(document).rows())
    assert Watched.looks <= 3 * len(text) + 400 * Budget().visits
    assert shown <= Budget().length


def test_texts_are_cut_and_say_so() -> None:
    (row,) = rows(an_object(x={"description": "d" * 9_000, "default": "v" * 9_000, "pattern": "p" * 9_000}))
    assert (row.description, len(row.description)) == ("d" * MAX_DESCRIPTION + "…", MAX_DESCRIPTION + 1)
    assert row.default is not None
    assert row.default.endswith("…")
    assert row.bounds.endswith("…")
