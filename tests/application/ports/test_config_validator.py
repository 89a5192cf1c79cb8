"""What every validator of configs promises, whatever it is built on."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest

from adapters.json_schema.config_errors import InProcessConfigValidator
from adapters.json_schema.worker import SchemaWorker
from application.ports.config_validator import ConfigValidator
from domain.upgrades.validation import MAX_ERRORS, ConfigErrors, ConfigQuestion

MARKER = "s3cr3t-marker"
NUMBER = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
BACKTRACKING = {"properties": {"a": {"pattern": "^(?=(a+)+$)(a|aa|(?:a+))+b$"}}}


def asked(schema: object, *configs: object) -> ConfigQuestion:
    return ConfigQuestion(json.dumps(schema), tuple(map(json.dumps, configs)))


def places(errors: ConfigErrors) -> list[tuple[object, ...]]:
    assert errors is not None
    return sorted((*error.path, error.keyword) for error in errors)


@pytest.fixture(params=["worker", "memory"])
async def validator(request: pytest.FixtureRequest) -> AsyncIterator[ConfigValidator]:
    if request.param == "memory":
        yield InProcessConfigValidator()
        return
    worker = SchemaWorker()
    yield worker
    await worker.aclose()


async def test_each_config_gets_its_own_errors_in_order(validator: ConfigValidator) -> None:
    answers = await validator.validate([asked(NUMBER, {"a": 1}, {"a": "x"}, {"b": 1}), asked({}, {}), asked(NUMBER)])

    assert [[places(errors) for errors in answer] for answer in answers] == [
        [[], [("a", "type")], [("additionalProperties",)]],
        [[]],
        [],
    ]


async def test_of_alternatives_that_the_value_is_not_meant_for_nothing_is_told(validator: ConfigValidator) -> None:
    reference = {"type": "object", "required": ["provider", "resource", "name", "field"]}
    nested = {"type": "object", "properties": {"cidr": {"type": "string"}}}
    schema = {"properties": {"network": {"anyOf": [nested, reference, {"type": "null"}]}}}

    [[errors]] = await validator.validate([asked(schema, {"network": {"cidr": 5}})])

    assert places(errors) == [("network", "cidr", "type")]


async def test_no_value_is_shown(validator: ConfigValidator) -> None:
    schema = {
        "additionalProperties": {"enum": ["a"], "maxLength": 1, "pattern": "^a$", "format": "uri", "type": "number"},
        "propertyNames": {"maxLength": 3},
    }

    [[errors]] = await validator.validate([asked(schema, {"key": MARKER, MARKER: 1})])

    assert errors
    assert MARKER not in "".join(error.message for error in errors)


async def test_errors_are_bounded(validator: ConfigValidator) -> None:
    [[errors]] = await validator.validate([asked(NUMBER | {"required": [f"m{n}" for n in range(MAX_ERRORS + 50)]}, {})])

    assert errors is not None
    assert len(errors) == MAX_ERRORS


@pytest.mark.hostile
@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/a"},
        {"$ref": "file:///etc/passwd"},
        {"properties": {"a": {"pattern": "("}}},
        {"type": 5},
        5,
    ],
    ids=["elsewhere", "a file", "no pattern", "no schema", "a number"],
)
async def test_what_is_no_schema_is_unknown_and_leaves_the_others_alone(
    validator: ConfigValidator, schema: object
) -> None:
    assert list(await validator.validate([asked(schema, {"a": "x"}), asked(NUMBER, {"a": 1})])) == [[None], [()]]


@pytest.mark.hostile
async def test_a_pattern_that_backtracks_without_end_gets_some_answer(validator: ConfigValidator) -> None:
    answers = await validator.validate([asked(BACKTRACKING, {"a": "a" * 40}), asked(NUMBER, {"a": 1})])
    assert answers[1] == [()]


@pytest.mark.hostile
async def test_a_worker_that_is_late_is_replaced_and_its_configs_are_unknown() -> None:
    worker = SchemaWorker(deadline=0.5)
    await worker.validate([asked(NUMBER, {})])
    assert worker._process is not None
    late = psutil.Process(worker._process.pid)
    late.suspend()

    answers: Any = await worker.validate([asked(NUMBER, {"a": 1}, {"a": 1})])
    again: Any = await worker.validate([asked(NUMBER, {"a": 1})])

    assert (list(answers), list(again)) == ([[None, None]], [[()]])
    assert not late.is_running()
    await worker.aclose()


@pytest.mark.hostile
async def test_what_is_left_when_the_time_of_a_call_is_over_is_unknown() -> None:
    worker = SchemaWorker(total=0)

    assert list(await worker.validate([asked(NUMBER, {}), asked(NUMBER, {})])) == [[None], [None]]
    assert worker._process is None
    await worker.aclose()


async def test_validating_and_comparing_at_once_get_their_own_answers() -> None:
    worker = SchemaWorker()
    answers = await asyncio.gather(*(worker.validate([asked(NUMBER, {"a": n})]) for n in (1, "x", 2)))
    await worker.aclose()

    assert [places(errors) for [[errors]] in answers] == [[], [("a", "type")], []]
