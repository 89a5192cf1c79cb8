"""Each change breaks one side, and its reverse breaks the other: a comparison that ran reversed would fail here."""

from typing import Any

import pytest

from tests.support.compatibility import closed, compared

OBJECT = {"type": "object"}
DISK, BLOB = (
    {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]} for kind in ("disk", "blob")
)
WITH_A, TEXT = {"if": {"required": ["a"]}}, [{"type": "string"}]
ALTERNATIVES = [{"properties": {name: {"type": "string"}}, "required": [name]} for name in ("a", "b")]
NARROWER: list[tuple[str, Any, Any]] = [
    ("type", {"type": ["string", "integer"]}, {"type": "string"}),
    ("null", {"type": ["string", "null"]}, {"type": "string"}),
    ("integer", {"type": "number"}, {"type": "integer"}),
    ("enum set", {"type": "string"}, {"enum": ["a"]}),
    ("enum value", {"enum": ["a", "b"]}, {"enum": ["a"]}),
    ("minimum", {"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 2}),
    ("minimum set", {"type": "integer"}, {"type": "integer", "minimum": 2}),
    ("maximum", {"type": "number", "maximum": 2}, {"type": "number", "exclusiveMaximum": 2}),
    ("step", {"type": "integer"}, {"type": "integer", "multipleOf": 5}),
    ("least length", {"type": "string"}, {"type": "string", "minLength": 2}),
    ("greatest length", {"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 4}),
    ("pattern", {"type": "string"}, {"type": "string", "pattern": "^a"}),
    ("another pattern", {"type": "string", "pattern": "^[ab]$"}, {"type": "string", "pattern": "^a$"}),
    ("format", {"type": "string"}, {"type": "string", "format": "uuid"}),
    ("least items", {"type": "array"}, {"type": "array", "minItems": 1}),
    ("greatest items", {"type": "array"}, {"type": "array", "maxItems": 1}),
    ("unique items", {"type": "array"}, {"type": "array", "uniqueItems": True}),
    ("items", {"type": "array", "items": {"type": ["string", "null"]}}, {"type": "array", "items": {"type": "string"}}),
    ("further items", {"type": "array", "prefixItems": [{}]}, {"type": "array", "prefixItems": [{}], "items": False}),
    ("contains", {"type": "array"}, {"type": "array", "contains": {"type": "string"}}),
    (
        "how many of a kind",
        {"type": "array", "contains": {"type": "string"}},
        {"type": "array", "contains": {"type": "string"}, "minContains": 2},
    ),
    ("required", closed(a={}), {**closed(a={}), "required": ["a"]}),
    ("least members", OBJECT, {**OBJECT, "minProperties": 1}),
    ("greatest members", OBJECT, {**OBJECT, "maxProperties": 1}),
    (
        "values of a map",
        {"additionalProperties": {"type": ["string", "null"]}},
        {"additionalProperties": {"type": "string"}},
    ),
    ("map", OBJECT, {**OBJECT, "additionalProperties": {"type": "string"}}),
    ("names", OBJECT, {**OBJECT, "propertyNames": {"maxLength": 3}}),
    ("members by pattern", OBJECT, {**OBJECT, "patternProperties": {"^x-": {"type": "string"}}}),
    ("dependency", OBJECT, {**OBJECT, "dependentRequired": {"a": ["b"]}}),
    ("alternative", {"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "string"}]}),
    ("variant", {"oneOf": [DISK, BLOB]}, {"oneOf": [DISK]}),
    ("exclusion", {"type": "string"}, {"type": "string", "not": {"const": "a"}}),
    ("condition", OBJECT, {**OBJECT, "if": {"required": ["a"]}, "then": {"required": ["b"]}}),
    ("conjunction", {"type": "string"}, {"allOf": [{"type": "string"}, {"maxLength": 3}]}),
    ("half steps", {"type": "number"}, {"type": "number", "multipleOf": 0.5}),
    ("names in a list", {**OBJECT, "propertyNames": {"enum": ["a", "b"]}}, {**OBJECT, "propertyNames": {"const": "a"}}),
    (
        "values under overlapping patterns",
        {**OBJECT, "patternProperties": {"^x-": {"type": "string"}, "y$": {"maxLength": 5}}},
        {**OBJECT, "patternProperties": {"^x-": {"type": "string"}, "y$": {"maxLength": 3}}},
    ),
    (
        "a pattern within the one before",
        {**OBJECT, "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
        {**OBJECT, "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
    ),
    (
        "longer dependency",
        {**OBJECT, "dependentRequired": {"a": ["b"]}},
        {**OBJECT, "dependentRequired": {"a": ["b", "c"]}},
    ),
    (
        "schema where a member is there",
        OBJECT,
        {**OBJECT, "dependentSchemas": {"a": {"properties": {"b": {"type": "string"}}}}},
    ),
    (
        "consequence",
        {**OBJECT, **WITH_A, "then": {"properties": {"b": {"type": ["string", "null"]}}}},
        {**OBJECT, **WITH_A, "then": {"properties": {"b": {"type": "string"}}}},
    ),
    (
        "other consequence",
        {**OBJECT, **WITH_A, "else": {"minProperties": 1}},
        {**OBJECT, **WITH_A, "else": {"minProperties": 2}},
    ),
    (
        "members left over beside alternatives",
        {**OBJECT, "anyOf": ALTERNATIVES},
        {**OBJECT, "anyOf": ALTERNATIVES, "unevaluatedProperties": False},
    ),
    (
        "items left over beside what is contained",
        {"type": "array", "contains": {"type": "string"}},
        {"type": "array", "contains": {"type": "string"}, "unevaluatedItems": {"type": "integer"}},
    ),
    (
        "fewer of a kind",
        {"type": "array", "contains": {"type": "string"}, "maxContains": 3},
        {"type": "array", "contains": {"type": "string"}, "maxContains": 2},
    ),
    ("tuple", {"type": "array", "prefixItems": [{"type": ["string", "null"]}]}, {"type": "array", "prefixItems": TEXT}),
    ("exclusions", {"type": "string", "not": {"const": "a"}}, {"type": "string", "not": {"enum": ["a", "b"]}}),
    ("mixed values", {"enum": ["a", 1, None, {"k": 1}]}, {"enum": ["a", 1, None]}),
    ("address", {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}, {"format": "ipv4"}),
    ("mailbox", {"type": "string", "format": "idn-email"}, {"type": "string", "format": "email"}),
]
CASES = pytest.mark.parametrize(("old", "new"), [case[1:] for case in NARROWER], ids=[case[0] for case in NARROWER])


def _verdict(old: Any, new: Any, side: str) -> str:
    return compared(closed(p=old), closed(p=new), side).verdict.value


@CASES
def test_what_accepts_less_breaks_configs_and_no_outputs(old: Any, new: Any) -> None:
    assert (_verdict(old, new, "config"), _verdict(old, new, "outputs")) == ("breaking", "compatible")


@CASES
def test_what_accepts_more_breaks_outputs_and_no_configs(old: Any, new: Any) -> None:
    assert (_verdict(new, old, "config"), _verdict(new, old, "outputs")) == ("compatible", "breaking")


@CASES
def test_below_not_it_is_the_other_way_round(old: Any, new: Any) -> None:
    before, after = {"not": old}, {"not": new}
    assert _verdict(before, after, "config") in {"compatible", "unknown"}
    assert _verdict(after, before, "config") in {"breaking", "unknown"}


@CASES
def test_it_is_found_behind_references_and_alternatives(old: Any, new: Any) -> None:
    def hidden(schema: Any) -> dict[str, Any]:
        nullable = {"anyOf": [{"$ref": "#/$defs/T"}, {"type": "null"}], "default": None}
        return {"$defs": {"T": schema}, **closed(p={"type": "array", "items": {"allOf": [nullable]}})}

    if "null" in str(old):
        return
    assert compared(hidden(old), hidden(new)).verdict.value == "breaking"
    assert compared(hidden(new), hidden(old)).verdict.value == "compatible"
