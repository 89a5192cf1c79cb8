"""JSON Schemas as rows for people."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.pages.fields import Budget, Row, SchemaReader


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
    budget = Budget(100)
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
