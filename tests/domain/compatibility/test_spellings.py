"""One model has many spellings, and one cause shows in many places."""

from typing import Any

import pytest

from domain.compatibility.comparison import compare
from domain.compatibility.report import Bump, Place
from domain.compatibility.rule_ids import RuleId
from domain.compatibility.rules import Verdict
from tests.support.compatibility import closed, compared, version

REFERENCE: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("provider", "resource", "name", "field")},
    "required": ["provider", "resource", "name", "field"],
}


def model(reference: dict[str, Any], *, owners: bool = False) -> dict[str, Any]:
    """Return a config as the platform writes them: every field takes a value or a reference."""
    more = [{"$ref": "#/$defs/OwnerReference"}] if owners else []
    field = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/FieldReference"}, *more]}
    number = {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/FieldReference"}, *more]}
    names = {name: {"$ref": "#/$defs/Field_str_", "title": name} for name in ("name", "region", "zone")}
    size = {"anyOf": [{"$ref": "#/$defs/Field_int_"}, {"type": "null"}], "default": None}
    owner = {"type": "object", "properties": {"owner": {"const": True}}, "required": ["owner"]}
    return {
        "$defs": {"FieldReference": reference, "Field_str_": field, "Field_int_": number}
        | ({"OwnerReference": owner} if owners else {}),
        **closed(**names, size=size),
    }


SPELLINGS: list[tuple[str, Any, Any]] = [
    ("titles", {"type": "string", "title": "A"}, {"type": "string", "title": "B"}),
    ("const and enum of one", {"const": "a", "type": "string"}, {"enum": ["a"], "type": "string"}),
    ("a lone reference", {"$ref": "#/$defs/T"}, {"allOf": [{"$ref": "#/$defs/T"}]}),
    ("null", {"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": ["null", "string"]}),
    ("order", {"type": ["string", "integer"], "enum": ["a", 1]}, {"enum": [1, "a"], "type": ["integer", "string"]}),
    ("definitions", {"$ref": "#/$defs/T"}, {"$ref": "#/$defs/U"}),
    ("inlined", {"$ref": "#/$defs/T"}, {"type": "string", "maxLength": 9}),
    ("bounds", {"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
    ("integers", {"type": ["integer", "number"]}, {"type": "number"}),
    ("whole numbers", {"type": "integer"}, {"type": "number", "multipleOf": 1}),
    ("multiples", {"type": "integer"}, {"type": "integer", "multipleOf": 0.5}),
    ("an exclusion of nothing", {"type": "string"}, {"type": "string", "not": False}),
    ("a consequence that allows all", {"required": ["a"]}, {"required": ["a"], "if": {"required": ["b"]}, "then": {}}),
    ("a test that is always met", {"required": ["a"]}, {"if": True, "then": {"required": ["a"]}}),
    ("a test that is never met", {"required": ["a"]}, {"if": False, "else": {"required": ["a"]}}),
    ("a length that the pattern has", {"pattern": "^[a-z]{2,4}$"}, {"pattern": "^[a-z]{2,4}$", "maxLength": 4}),
    ("enums of one", {"anyOf": [{"const": "a"}, {"const": "b"}]}, {"enum": ["b", "a"]}),
]


@pytest.mark.parametrize(("old", "new"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
@pytest.mark.parametrize("side", ["config", "outputs"])
def test_another_spelling_is_no_change(old: Any, new: Any, side: str) -> None:
    definitions = {"$defs": {"T": {"type": "string", "maxLength": 9}, "U": {"maxLength": 9, "type": "string"}}}
    for pair in ((old, new), (new, old)):
        before, after = ({**definitions, **closed(p=schema)} for schema in pair)
        assert compared(before, after, side).changes == ()


def test_a_changed_reference_is_one_change_with_its_places() -> None:
    wider = {**REFERENCE, "properties": {**REFERENCE["properties"], "project": {"type": "string"}}}
    stricter = {**wider, "required": [*REFERENCE["required"], "project"]}
    old = version(bucket={"config": model(REFERENCE)}, table={"config": model(REFERENCE)})

    report = compare(old, version(bucket={"config": model(stricter)}, table={"config": model(stricter)}))
    (change,) = report.having(Verdict.BREAKING)
    assert change.rule is RuleId.REQUIRED_PROPERTY_ADDED
    assert change.place_count == 8
    assert Place("table", "zone.project") in change.places

    report = compare(old, version(bucket={"config": model(wider)}, table={"config": model(wider)}))
    assert [(change.rule, change.verdict) for change in report.changes] == [(RuleId.PROPERTY_ADDED, Verdict.COMPATIBLE)]
    assert report.required_bump is Bump.MINOR


def test_a_new_kind_of_reference_is_one_change_with_its_places() -> None:
    old = version(bucket={"config": model(REFERENCE)}, table={"config": model(REFERENCE)})
    new = version(bucket={"config": model(REFERENCE, owners=True)}, table={"config": model(REFERENCE, owners=True)})
    (change,) = compare(old, new).changes
    assert (change.rule, change.verdict) == (RuleId.ANY_OF_BRANCH_ADDED, Verdict.COMPATIBLE)
    assert change.place_count == 8


def test_sentences_say_what_happened_and_to_whom() -> None:
    old = closed(tier={"type": "string"}, size={"type": "string"})
    new = closed(size={"type": "integer"}, level={"type": "string"})
    changes = {change.path: change for change in compared(old, new).changes}

    assert changes["tier"].message == "`tier` can no longer be set; it is likely `level` now"
    assert changes["tier"].renamed_to == "level"
    assert changes["size"].message == "`size` was text, is a whole number"
    assert changes["size"].pointers == ("/properties/size", "/properties/size")
    assert changes["level"].message == "`level` can be set now"
    assert all(len(change.fingerprint) == 12 for change in changes.values())


def test_sentences_say_whom_a_break_concerns() -> None:
    old = {
        "type": "object",
        "properties": {
            "tier": {"type": "string", "deprecated": True},
            "size": {"type": "integer", "default": 1},
            "zone": {"type": "string"},
            "mail": {"type": "string"},
        },
    }
    changed = {"size": {"type": "integer", "default": 2}, "zone": {"type": "string", "immutable": True}}
    new = {"type": "object", "properties": {**changed, "mail": {"type": "string", "format": "email"}}}
    changes = {change.path: f"{change.message}. {change.impact}" for change in compared(old, new).changes}

    assert changes == {
        "tier": "`tier` is no longer read; setting it does nothing (it was deprecated). "
        "Configs that set it stay valid, so nothing tells their authors.",
        "size": "The default of `size` was 1, is 2. No config is refused, but each that leaves it out gets other "
        "behaviour.",
        "zone": "`zone` can no longer be changed once it is set. Updates that change it are refused; they worked "
        "before.",
        "mail": '`mail`: a format was added ("email"). Configs that were valid are refused, for example {"mail":""}.',
    }
    (change,) = compared(closed(url={"type": "string"}), closed(), "outputs").changes
    assert f"{change.message}. {change.impact}" == "`url` is no longer returned. References to it get nothing any more."


def test_what_can_no_longer_be_set_is_not_said_to_be_optional_too() -> None:
    old, new = {**closed(a={}, b={}), "required": ["a"]}, closed(b={})
    assert [change.rule for change in compared(old, new).changes] == [RuleId.PROPERTY_REMOVED]
    assert [change.verdict for change in compared(new, old).changes] == [Verdict.BREAKING, Verdict.COMPATIBLE]


def test_a_resource_type_that_was_renamed_still_breaks() -> None:
    schema = {"config": closed(a={"type": "string"})}
    report = compare(version(bucket=schema), version(store=schema))
    assert [(change.rule, change.renamed_to) for change in report.changes] == [
        (RuleId.RESOURCE_REMOVED, "store"),
        (RuleId.RESOURCE_ADDED, None),
    ]
    assert report.required_bump is Bump.MAJOR


def test_an_operator_may_set_the_verdict_of_a_disputed_rule() -> None:
    old, new = closed(p={"enum": ["a"]}), closed(p={"enum": ["a", "b"]})
    report = compared(old, new, "outputs", severities={RuleId.ENUM_VALUE_ADDED: Verdict.UNKNOWN})
    assert report.verdict is Verdict.UNKNOWN


def test_fingerprints_do_not_depend_on_the_order_of_members() -> None:
    old, new = closed(a={"type": "string"}, b={"type": "string"}), closed(a={"type": "string"})
    reordered = closed(b={"type": "string"}, a={"type": "string"})
    assert compared(old, new) == compared(reordered, new)
