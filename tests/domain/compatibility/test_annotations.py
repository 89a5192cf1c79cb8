"""What is said beside what is valid counts wherever it stands, and never changes in silence."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.compatibility import closed, compared

TEXT: dict[str, Any] = {"type": "string"}
NULL = {"type": "null"}
REFERENCE = {
    "type": "object",
    "properties": dict.fromkeys(("provider", "resource", "name", "field"), TEXT),
    "required": ["provider", "resource", "name", "field"],
}


def model(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def holding(schema: Any, definition: Any) -> dict[str, Any]:
    return {"$defs": {"T": definition, "FieldReference": REFERENCE}, **closed(p=schema)}


T, FIELD_REFERENCE = {"$ref": "#/$defs/T"}, {"$ref": "#/$defs/FieldReference"}
FIELD = {"anyOf": [T, FIELD_REFERENCE]}
PLACES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "property": lambda schema: closed(p=schema),
    "definition": lambda schema: holding(T, schema),
    "field": lambda schema: holding(FIELD, schema),
    "optional field": lambda schema: holding({"anyOf": [FIELD, NULL], "default": None}, schema),
    "list of fields": lambda schema: holding({"anyOf": [{"type": "array", "items": FIELD}, NULL]}, schema),
    "map of fields": lambda schema: holding({"anyOf": [{"type": "object", "additionalProperties": FIELD}]}, schema),
    "member of a model": lambda schema: holding({"anyOf": [model(q=FIELD), NULL]}, schema),
    "recursion": lambda schema: holding(T, model(v=schema, next={"anyOf": [T, NULL]})),
}
ANNOTATIONS: dict[str, tuple[Any, Any, str, str]] = {
    "immutable added": (TEXT, {**TEXT, "immutable": True}, "breaking", "compatible"),
    "immutable removed": ({**TEXT, "immutable": True}, TEXT, "compatible", "compatible"),
    "sensitive added": (TEXT, {**TEXT, "sensitive": True}, "compatible", "compatible"),
    "sensitive removed": ({**TEXT, "sensitive": True}, TEXT, "unknown", "unknown"),
    "readOnly added": (TEXT, {**TEXT, "readOnly": True}, "unknown", "compatible"),
    "writeOnly added": (TEXT, {**TEXT, "writeOnly": True}, "compatible", "unknown"),
    "nullable added": (TEXT, {**TEXT, "nullable": True}, "compatible", "unknown"),
    "deprecated": (TEXT, {**TEXT, "deprecated": True}, "compatible", "compatible"),
    "unknown keyword": ({**TEXT, "units": "GB"}, {**TEXT, "units": "GiB"}, "unknown", "unknown"),
    "dependency": (
        {**model(), "title": "Dependency[Network]"},
        {**model(), "title": "Dependency[Subnet]"},
        "unknown",
        "compatible",
    ),
    "default of a member": (model(d={"default": 1}), model(d={"default": 2}), "breaking", "compatible"),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("old", "new", "config", "outputs"), ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_an_annotation_counts_wherever_it_stands(
    place: Callable[[Any], Any], old: Any, new: Any, config: str, outputs: str
) -> None:
    before, after = place(old), place(new)
    assert (compared(before, after).verdict, compared(before, after, "outputs").verdict) == (config, outputs)
    assert {change.path for change in compared(before, after).changes} != {""}


MANY = [{"properties": {"k": {"const": number}}, "required": ["k"]} for number in range(60)]


@pytest.mark.parametrize(
    "around",
    [
        lambda inside: {"not": inside},
        lambda inside: {"if": inside, "then": {"required": ["a"]}},
        lambda inside: {"if": {"required": ["a"]}, "then": inside},
        lambda inside: {"if": {"required": ["a"]}, "else": {"properties": {"a": inside}}},
        lambda inside: {"type": "array", "contains": inside},
        lambda inside: {"anyOf": [*MANY, {"properties": {"v": inside}}]},
        lambda inside: {"allOf": [{"anyOf": MANY[:10]}, {"anyOf": [*MANY[10:20], {"properties": {"v": inside}}]}]},
    ],
    ids=["exclusion", "test", "consequence", "other consequence", "contained", "many", "too many together"],
)
@pytest.mark.parametrize("said", [{"immutable": True}, {"sensitive": True}, {"units": "GB"}])
def test_where_only_sets_are_compared_a_change_of_what_is_said_is_unknown(around: Any, said: dict[str, Any]) -> None:
    for definition in ({**TEXT, **said}, {"properties": {"deep": {**TEXT, **said}}}):
        plain = {**TEXT} if "type" in definition else {"properties": {"deep": TEXT}}
        before, after = holding(around(T), definition), holding(around(T), plain)
        assert compared(before, after).verdict == compared(after, before).verdict == "unknown"


NULLABLE = {"anyOf": [TEXT, NULL]}


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (NULLABLE, {**NULLABLE, "default": None}, "compatible"),
        ({**NULLABLE, "default": None}, NULLABLE, "compatible"),
        (TEXT, {**TEXT, "default": None}, "unknown"),
        ({**NULLABLE, "default": None}, {**NULLABLE, "default": "a"}, "breaking"),
        ({"default": 1}, {"default": 1.0}, "compatible"),
        ({"default": 1}, {"default": True}, "breaking"),
        ({"anyOf": [{**TEXT, "default": "a"}, NULL]}, {"anyOf": [{**TEXT, "default": "b"}, NULL]}, "unknown"),
        ({**T, "default": "a"}, {"allOf": [T], "default": "a"}, "compatible"),
    ],
)
def test_defaults(old: Any, new: Any, verdict: str) -> None:
    before, after = holding(old, TEXT), holding(new, TEXT)
    assert (compared(before, after).verdict, compared(before, after, "outputs").verdict) == (verdict, "compatible")


def test_definitions_that_nothing_refers_to_say_nothing() -> None:
    assert compared(holding(TEXT, TEXT), holding(TEXT, {**TEXT, "sensitive": True, "units": 1})).changes == ()
