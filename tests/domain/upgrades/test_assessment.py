"""What one version means for a dependent's own configs."""

import json
from random import Random
from typing import Any

import pytest

from adapters.json_schema.config_errors import config_errors, validate
from domain.compatibility.coverage import Coverage, CoverageQuestion
from domain.compatibility.structure import coverage_by_structure
from domain.names import ProviderName
from domain.upgrades.answers import ConfigVerdict, NoteKind, OutputState, ResourceAnswer
from domain.upgrades.assessment import Assessment
from domain.upgrades.configs import ResourceConfig
from tests.support.compatibility import closed, version
from tests.support.random_schemas import Schemas

GCP = ProviderName("platform", "gcp")
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
MARKER = "s3cr3t-marker"
REFERENCE = {"provider": "gcp", "resource": "bucket", "name": "other", "field": "outputs.url"}
FIELD = {
    "type": "object",
    "properties": dict.fromkeys(REFERENCE, TEXT),
    "required": list(REFERENCE),
    "additionalProperties": False,
}


def assessed(
    config: dict[str, Any],
    new: dict[str, Any],
    old: dict[str, Any] | None = None,
    *,
    uses: tuple[str, ...] = (),
    answer: Coverage | None = None,
) -> ResourceAnswer:
    """Assess one bucket; every question has the same answer, or else that of the structure."""
    before = None if old is None else version(bucket=old)
    assessment = Assessment(GCP, [ResourceConfig("bucket", None, config, uses)], version(bucket=new), before)
    validated: dict[tuple[str, int], Any] = {}
    for schema, indexes in assessment.to_validate().items():
        asked = assessment.question(schema, indexes)
        errors = config_errors(validate(asked.schema, asked.configs), len(indexes))
        validated |= {(schema, index): each for index, each in zip(indexes, errors, strict=True)}
    covered: dict[CoverageQuestion, Coverage] = {
        asked: answer or coverage_by_structure(asked) for asked in assessment.to_cover()
    }
    [found] = assessment.answers(validated, covered)
    return found


def kinds(answer: ResourceAnswer) -> list[tuple[NoteKind, tuple[str | int, ...]]]:
    return [(note.kind, note.path) for note in answer.notes]


def test_only_errors_that_are_new_break() -> None:
    old = {"config": closed(a={**TEXT, "maxLength": 1}, b=WHOLE)}
    new = {"config": closed(a={**TEXT, "maxLength": 2}, b=TEXT)}
    answer = assessed({"a": "too long", "b": 1}, new, old)
    assert (answer.verdict, answer.was_invalid) == (ConfigVerdict.INVALID, True)
    assert [error.path for error in answer.errors] == [("b",)]
    assert len(assessed({"a": "too long", "b": 1}, new).errors) == 2


def test_a_member_that_is_read_no_longer_is_noted_and_breaks_nothing() -> None:
    old = {"config": {"type": "object", "properties": {"a": TEXT, "n": {"type": "object", "properties": {"b": TEXT}}}}}
    new = {"config": {"type": "object", "properties": {"n": {"type": "object", "properties": {}}}}}
    answer = assessed({"a": "x", "n": {"b": "y"}}, new, old)
    assert sorted(kinds(answer), key=str) == [(NoteKind.IGNORED, ("a",)), (NoteKind.IGNORED, ("n", "b"))]
    assert (answer.breaks, answer.is_safe) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "config", "is_noted"),
    [
        ({"default": 1}, {"default": 2}, {}, True),
        ({"default": 1}, {"default": 2}, {"a": 3}, False),
        ({"default": 1}, {"default": 1}, {}, False),
        ({"default": None}, {}, {}, False),
        ({}, {"default": 2}, {}, True),
        ({"anyOf": [{"type": "integer", "default": 1}]}, {"default": 1}, {}, False),
    ],
)
def test_a_changed_default_matters_where_the_member_is_left_out(
    old: dict[str, Any], new: dict[str, Any], config: dict[str, Any], *, is_noted: bool
) -> None:
    answer = assessed(config, {"config": closed(a=new)}, {"config": closed(a=old)})
    assert kinds(answer) == ([(NoteKind.DEFAULT_CHANGED, ("a",))] if is_noted else [])


def test_a_member_that_became_immutable_is_noted_once_and_only_if_it_was_not_before() -> None:
    free, fixed = {"config": closed(a=TEXT)}, {"config": closed(a={**TEXT, "immutable": True})}
    assert kinds(assessed({"a": "x"}, fixed, free)) == [(NoteKind.IMMUTABLE, ("a",))]
    assert kinds(assessed({"a": "x"}, fixed, fixed)) == []
    assert kinds(assessed({}, fixed, free)) == []


@pytest.mark.parametrize(
    ("before", "after", "state", "breaks"),
    [
        (closed(n=closed(u=TEXT)), closed(n=closed()), OutputState.GONE, True),
        (closed(n=closed(u=TEXT)), closed(n=closed(u=WHOLE)), OutputState.TYPE_CHANGED, True),
        (closed(n=closed(u=TEXT)), closed(n=closed(u=TEXT)), OutputState.MAY_BE_MISSING, False),
        (closed(n=closed()), closed(n=closed()), OutputState.GONE, False),
        ({"type": "object"}, {"type": "object", "additionalProperties": True}, OutputState.UNKNOWN, False),
    ],
)
def test_outputs_within_outputs_are_followed(
    before: dict[str, Any], after: dict[str, Any], state: OutputState, *, breaks: bool
) -> None:
    answer = assessed({}, {"outputs": after}, {"outputs": before}, uses=("outputs.n.u",))
    assert [(output.state, output.breaks) for output in answer.outputs] == [(state, breaks)]


@pytest.mark.parametrize(("answer", "is_safe"), [(Coverage.YES, True), (Coverage.UNKNOWN, False)])
def test_a_field_that_changed_is_safe_only_if_it_surely_takes_the_output(answer: Coverage, *, is_safe: bool) -> None:
    old, new = (
        {"config": closed(source={"anyOf": [field, FIELD]}), "outputs": {**closed(url=TEXT), "required": ["url"]}}
        for field in (TEXT, {**TEXT, "pattern": "^(?=h)"})
    )
    assert assessed({"source": REFERENCE}, new, old, answer=answer).is_safe is is_safe


def test_what_did_not_change_is_as_safe_as_before() -> None:
    same = {"config": closed(source={"anyOf": [WHOLE, FIELD]}), "outputs": {**closed(url=TEXT), "required": ["url"]}}
    for answer in Coverage:
        assert assessed({"source": REFERENCE}, same, same, answer=answer).is_safe


def test_more_references_than_are_looked_at_are_never_called_safe() -> None:
    schema = {
        "config": closed(many={"type": "array", "items": {"anyOf": [TEXT, FIELD]}}),
        "outputs": {**closed(url=TEXT), "required": ["url"]},
    }
    assert assessed({"many": [REFERENCE] * 200}, schema, schema).is_safe
    assert not assessed({"many": [REFERENCE] * 201}, schema, schema).is_safe


def _marked(random: Random, value: Any) -> Any:
    """Return a config whose texts are secret, though not the names of its members."""
    if isinstance(value, dict):
        return {name: _marked(random, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_marked(random, item) for item in value]
    return MARKER if isinstance(value, str) or random.random() < 0.3 else value


@pytest.mark.parametrize("chunk", range(4))
def test_of_random_configs_no_value_is_shown_and_the_same_version_breaks_nothing(chunk: int) -> None:
    for seed in range(chunk * 50, (chunk + 1) * 50):
        random = Random(seed)
        schemas = Schemas(random)
        old = closed(a=schemas.schema(2), b=schemas.schema(1))
        new = schemas.changed(old)
        if not isinstance(new, dict):
            continue
        config = _marked(random, {name: next(schemas.values(old["properties"][name], old)) for name in ("a", "b")})
        try:
            answer = assessed(config, {"config": new}, {"config": old})
        except ValueError:  # what changed is no schema any more
            continue
        assert MARKER not in json.dumps([[error.message for error in answer.errors], [n.message for n in answer.notes]])
        same = assessed(config, {"config": old}, {"config": old})
        assert (same.errors, same.notes, same.breaks) == ((), (), False)
        assert bool(answer.errors) <= (answer.verdict is ConfigVerdict.INVALID)
