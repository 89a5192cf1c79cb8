"""Changes that look harmless keyword by keyword. A value that was valid for the writer shows that each is none."""

from typing import Any

import jsonschema_rs
import pytest

from tests.support.compatibility import closed, compared

OBJECT: dict[str, Any] = {"type": "object"}
ARRAY: dict[str, Any] = {"type": "array"}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
MAP = {**OBJECT, "additionalProperties": TEXT}
BEHIND_LOOKAHEAD = {**OBJECT, "patternProperties": {"^(?=x)x": TEXT}, "additionalProperties": False, "required": ["x"]}
LIMITED = {"minContains": 0, "maxContains": 1}
OPEN_A = {**OBJECT, "properties": {"a": WHOLE}}
X, X_A = {"^x-": TEXT}, {"^x-": TEXT, "^x-a": WHOLE}


def by_pattern(patterns: dict[str, Any]) -> dict[str, Any]:
    return {**OBJECT, "patternProperties": patterns, "additionalProperties": False}


def limited(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"allOf": [{"patternProperties": {"^x": TEXT}}, *groups]}


def text(**keywords: Any) -> dict[str, Any]:
    return {**TEXT, **keywords}


def number(kind: str, *bounds: int) -> dict[str, Any]:
    return {"type": kind, "allOf": [{"maximum": bound} for bound in bounds]}


def inner(keyword: str, kind: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"allOf": [{**kind, keyword: value}], keyword: False}


CASES: list[tuple[str, str, Any, Any, Any]] = [
    (
        "a member of a map is needed no longer",
        "outputs",
        {**MAP, "properties": {"a": TEXT}, "required": ["a"]},
        MAP,
        {},
    ),
    ("a refused name is one of the map now", "outputs", {**MAP, "properties": {"x": False}}, MAP, {"x": "a"}),
    ("a pattern within another one, added", "config", by_pattern(X), by_pattern(X_A), {"x-a": "a"}),
    ("a pattern within another one, removed", "outputs", by_pattern(X_A), by_pattern(X), {"x-a": "a"}),
    (
        "a pattern that takes names from what limits all others",
        "outputs",
        limited({"additionalProperties": {"maxLength": 2}}),
        limited({"patternProperties": {"^x": {}}, "additionalProperties": {"maxLength": 2}}),
        {"x": "long"},
    ),
    (
        "a name that may match a pattern",
        "config",
        BEHIND_LOOKAHEAD,
        {**BEHIND_LOOKAHEAD, "patternProperties": {"^(?=x)x": WHOLE}},
        {"x": "a"},
    ),
    (
        "more needed beside a name that may match a pattern",
        "config",
        BEHIND_LOOKAHEAD,
        {**BEHIND_LOOKAHEAD, "type": ["object", "null"], "required": ["x", "y"]},
        {"x": "a"},
    ),
    (
        "opened under a limit",
        "config",
        {**ARRAY, "contains": closed(a=WHOLE), **LIMITED},
        {**ARRAY, "contains": OPEN_A, **LIMITED},
        [{"a": 1}, {"b": 1}],
    ),
    (
        "a property that another one brings, and that is declared beside it",
        "config",
        {**OBJECT, "properties": {"a": {}, "b": {}}, "dependentSchemas": {"a": {"properties": {"c": {}}}}},
        {**OBJECT, "properties": {"a": {}, "b": {}}, "dependentSchemas": {"a": {"properties": {"c": {}, "b": WHOLE}}}},
        {"a": 1, "b": "a"},
    ),
    ("a bound raised as the type narrows", "outputs", number("number", 8, 5), number("integer", 8, 7), 7),
    ("no repetition at all, wanted", "config", text(pattern="^a?$"), text(pattern="^a{0}$"), "a"),
    ("no repetition at all, no longer", "outputs", text(pattern="^a{0}$"), text(pattern="^a?$"), "a"),
    ("characters beyond surrogates", "config", TEXT, text(pattern="^[\\u0001-\\ud7ff]*$"), "\ue000"),
    ("space beyond ASCII", "config", text(pattern="^\\s$"), text(pattern="^[ \\t\\n\\r\\f\\v\\u00a0]$"), "\u3000"),
    (
        "what was seen before it was left over",
        "config",
        inner("unevaluatedProperties", OBJECT, TEXT),
        inner("unevaluatedProperties", OBJECT, WHOLE),
        {"b": "a"},
    ),
    (
        "what saw all members",
        "config",
        inner("unevaluatedProperties", OBJECT, value=True),
        {"allOf": [OBJECT], "unevaluatedProperties": False},
        {"b": "a"},
    ),
    (
        "what saw all items",
        "config",
        inner("unevaluatedItems", ARRAY, value=True),
        {"allOf": [ARRAY], "unevaluatedItems": False},
        [1],
    ),
    (
        "a test without a consequence, which decides what is left over",
        "config",
        {**OBJECT, "if": {"additionalProperties": TEXT}, "unevaluatedProperties": False},
        {**OBJECT, "if": {"additionalProperties": WHOLE}, "unevaluatedProperties": False},
        {"b": "a"},
    ),
    ("closed below an exclusion", "config", {"not": closed(a=WHOLE)}, {"not": OPEN_A}, {"b": 1}),
    (
        "opened beside an exclusive alternative",
        "config",
        {"oneOf": [closed(a=WHOLE), {**OBJECT, "required": ["b"]}]},
        {"oneOf": [OPEN_A, {**OBJECT, "required": ["b"]}]},
        {"b": 1},
    ),
    (
        "a tuple that is not closed",
        "config",
        {**ARRAY, "prefixItems": [TEXT]},
        {**ARRAY, "prefixItems": [TEXT] * 2},
        ["a", 1],
    ),
    (
        "a format that another one only resembles",
        "config",
        text(format="json-pointer"),
        text(format="uri-template"),
        "/{a",
    ),
]


@pytest.mark.parametrize(("side", "old", "new", "value"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_value_shows_is_not_called_compatible(side: str, old: Any, new: Any, value: Any) -> None:
    before, after = closed(p=old), closed(p=new)
    writer, reader = (before, after) if side == "config" else (after, before)
    assert jsonschema_rs.is_valid(writer, {"p": value}, validate_formats=True)
    assert not jsonschema_rs.is_valid(reader, {"p": value}, validate_formats=True)

    assert compared(before, after, side).verdict.value != "compatible"


@pytest.mark.parametrize(
    "around",
    [
        lambda inside: {"anyOf": [inside, {"type": "null"}]},
        lambda inside: {"x-other": 1, "hue": 1, "allOf": [inside]},
        lambda inside: {"if": {"required": ["a"]}, "then": inside},
        lambda inside: {"not": {"properties": {"a": inside}}},
        lambda inside: {"propertyNames": inside},
        lambda inside: {"dependentSchemas": {"a": inside}},
    ],
    ids=["alternative", "conjunction", "consequence", "exclusion", "names", "dependency"],
)
@pytest.mark.parametrize("side", ["config", "outputs"])
def test_a_keyword_that_nobody_knows_is_unknown_wherever_it_changes(side: str, around: Any) -> None:
    old, new = (closed(p=around({"minLength": 1, "hue": hue})) for hue in (1, 2))
    assert compared(old, new, side).verdict.value == "unknown"


def test_a_reference_that_may_lead_to_several_places_is_unknown() -> None:
    def schema(kind: str) -> dict[str, Any]:
        parts = {name: {"$dynamicAnchor": "T", "type": each} for name, each in (("x", "string"), ("y", kind))}
        return {"$defs": parts, **closed(p={"$dynamicRef": "#T"})}

    assert compared(schema("string"), schema("integer")).verdict.value == "unknown"


def test_items_that_cannot_be_there_are_not_compared() -> None:
    old, new = {**ARRAY, "items": TEXT, "maxItems": 1}, {**ARRAY, "prefixItems": [TEXT], "items": WHOLE}
    assert compared(closed(p=old), closed(p=new)).verdict.value == "compatible"
    assert compared(closed(p=new), closed(p=old)).verdict.value == "breaking"
