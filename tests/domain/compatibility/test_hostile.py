"""Schemas that were made to keep a comparison busy: each ends after counted steps, with an answer."""

import json
from typing import Any

import pytest

from domain.compatibility.comparison import compare
from domain.compatibility.report import MAX_CHANGES
from domain.compatibility.rules import Verdict
from tests.support.compatibility import closed, compared, version

pytestmark = pytest.mark.hostile

ENTANGLED = {
    "allOf": [
        {"anyOf": [{"required": [f"p{i}_{j}"], "properties": {f"p{i}_{j}": {"minimum": i * j}}} for j in range(8)]}
        for i in range(12)
    ]
}
CHAIN = {
    "$defs": {f"n{k}": {"properties": {"next": {"$ref": f"#/$defs/n{(k + 1) % 2000}"}}} for k in range(2000)},
    "$ref": "#/$defs/n0",
}
FAN = {
    "$defs": {
        **{f"n{k}": {"properties": {f"p{i}": {"$ref": f"#/$defs/n{k + 1}"} for i in range(10)}} for k in range(20)},
        "n20": {"type": "string"},
    },
    "$ref": "#/$defs/n0",
}
ITSELF = {"$ref": "#"}
NOT_ITSELF = {"not": {"$ref": "#"}}
PATTERN = {"properties": {"p": {"pattern": "(" * 3000 + "a" + ")*" * 3000}}}
NUMBER = {"properties": {"p": {"minimum": 10**4000, "multipleOf": 1e-300}}}
BACKTRACKING = {"patternProperties": {"^(a+)+$": {"type": "string"}}, "properties": {"a" * 200 + "b": {}}}


def _changed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of which the deepest part is another one."""
    changed: dict[str, Any] = json.loads(json.dumps(schema))
    definitions = changed.get("$defs")
    if definitions:
        definitions[list(definitions)[-1]] = {"type": "integer"}
    else:
        changed["minProperties"] = 3
    return changed


@pytest.mark.parametrize(
    "schema",
    [ENTANGLED, CHAIN, FAN, ITSELF, NOT_ITSELF, PATTERN, NUMBER, BACKTRACKING],
    ids=["entangled", "chain", "fan", "itself", "not itself", "pattern", "number", "backtracking"],
)
@pytest.mark.parametrize("side", ["config", "outputs"])
def test_a_hostile_schema_gets_an_answer(schema: dict[str, Any], side: str) -> None:
    report = compared(schema, _changed(schema), side)

    assert report.verdict in Verdict
    assert report.faults == ()
    assert len(report.changes) <= MAX_CHANGES
    assert compared(schema, json.loads(json.dumps(schema)), side).changes == ()


def test_what_lies_beyond_the_bounds_is_unknown_and_never_compatible() -> None:
    report = compared(CHAIN, _changed(CHAIN))
    assert report.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("schema", [{"type": 5}, {"properties": 5}, {"required": "a"}, {"enum": 5}, {"$ref": 5}, []])
def test_what_is_no_schema_stops_nothing_else(schema: Any) -> None:
    old = version(bad={"config": schema}, good={"config": closed(a={}, b={})})
    new = version(bad={"config": {"type": "object", "minProperties": 1}}, good={"config": closed(a={})})
    assert {change.resource for change in compare(old, new).having(Verdict.BREAKING)} >= {"good"}


def test_two_thousand_resource_types_are_compared() -> None:
    old = version(**{f"r{number}": {"config": closed(a={"type": "string"})} for number in range(2000)})
    new = version(**{f"r{number}": {"config": closed(a={"type": "integer"})} for number in range(2000)})

    report = compare(old, new)
    assert (report.total, len(report.changes), report.is_truncated) == (2000, MAX_CHANGES, True)


@pytest.mark.parametrize("count", [700, 2500])
def test_a_break_is_not_lost_among_harmless_changes(count: int) -> None:
    old, new = (
        closed(**{f"p{number:04}": {"description": text} for number in range(count)}, z={"type": kind})
        for text, kind in (("old", "string"), ("new", "integer"))
    )
    for before, after in ((old, new), (closed(nested=old), closed(nested=new))):
        report = compared(before, after)
        (change,) = report.having(Verdict.BREAKING)
        assert change.path.endswith("z")
        assert report.is_complete is (count < 2000)
        assert report.counts[Verdict.COMPATIBLE] == (count if report.is_complete else 1999)


def test_what_was_found_before_the_bounds_is_told() -> None:
    def fan(kind: str) -> dict[str, Any]:
        levels = {
            f"n{level}": {"properties": {f"p{i}": {"$ref": f"#/properties/n{level + 1}"} for i in range(10)}}
            for level in range(14)
        }
        return closed(**levels, n14=closed(q={"type": kind}))

    report = compared(fan("string"), fan("integer"))
    assert report.having(Verdict.BREAKING)
    assert (report.verdict, report.is_complete) == (Verdict.BREAKING, False)
