"""Examples of configs: always valid, made of what authors wrote, and never made without end."""

import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.examples import MAX_STEPS, example_config
from domain.schemas import CanonicalJson
from tests.entrypoints.http.test_pages_fields import HOSTILE, Watched
from tests.support.catalogs import SCHEMAS
from tests.support.random_schemas import Schemas


def example(schema: Any) -> dict[str, object] | None:
    return example_config(CanonicalJson.of(schema).decode())


def is_valid(schema: Any, value: object) -> bool:
    return jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(value)


@given(st.integers(0, 2**32))
def test_every_example_is_valid_under_its_schema(seed: int) -> None:
    schema = Schemas(Random(seed)).document()
    found = example(schema)
    assert found is None or is_valid(schema, found)


@pytest.mark.parametrize("resource", SCHEMAS)
def test_schemas_of_real_resources_have_an_example(resource: str) -> None:
    schema = SCHEMAS[resource]["config_schema"]
    found = example(schema)
    assert found is not None
    assert is_valid(schema, found)
    assert found.keys() >= set(schema["required"])


def an_object(required: list[str] | None = None, /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or []}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (an_object(a={"default": 3}, b={"examples": ["x"]}, c={"type": "string"}), {"a": 3, "b": "x"}),
        (an_object(["a"], a={"type": "string", "default": "d", "examples": ["e"]}), {"a": "e"}),
        (an_object(["a"], a={"type": "integer", "examples": ["no number"], "default": 7}), {"a": 7}),
        (an_object(a={"default": None}, b={"default": {}}, c={"default": 1, "deprecated": True}), {}),
        (an_object(["a"], a={"enum": ["x", "y"]}), {"a": "x"}),
        (an_object(["a"], a={"type": "string", "format": "date"}), {"a": "2026-01-31"}),
        (an_object(["a"], a={"type": "string", "pattern": "^v[0-9]$"}), {"a": "v0"}),
        (an_object(["a"], a={"type": "integer", "minimum": 5}), {"a": 5}),
        (an_object(["a"], a={"type": "array", "items": {"type": "boolean"}}), {"a": [False]}),
        (an_object(["a"], a={"type": "object", "additionalProperties": {"const": 1}}), {"a": {"key": 1}}),
        ({"oneOf": [an_object(["a"], a={"const": 1}), an_object(["b"], b={"const": 2})]}, {"a": 1}),
        ({"examples": [{"whole": True}], "type": "object"}, {"whole": True}),
        ({"type": "string"}, None),
        (an_object(["a"], a=False), None),
    ],
)
def test_an_example_is_made_of_examples_defaults_and_required_fields(schema: Any, expected: object) -> None:
    assert example(schema) == expected


@pytest.mark.hostile
@pytest.mark.parametrize("schema", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_schema_costs_no_more_than_its_size_and_the_steps(schema: dict[str, Any]) -> None:
    text = json.dumps({**schema, "required": list(schema.get("properties", ())), "minProperties": 1})
    document = json.loads(text, object_hook=Watched)
    Watched.looks = 0
    example_config(document)
    assert Watched.looks <= 3 * len(text) + 100 * MAX_STEPS
