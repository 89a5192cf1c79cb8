"""The OpenAPI document, operation by operation: what clients are generated from, and people copy from."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.settings import TracingSettings
from tests.http.conftest import serving

Json = dict[str, Any]


@pytest.fixture
async def document() -> Json:
    telemetry = open_telemetry(TracingSettings())
    async with serving(MemoryAdapters(), customer_realm=True, telemetry=telemetry) as service:
        document: Json = (await service.client.get("/schema/openapi.json")).json()
        return document


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def contents(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield every body that is sent or answered: where, its media type, and its description."""
    for name, operation in operations(document):
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for place, body in bodies.items():
            for media_type, content in body.get("content", {}).items():
                yield f"{name} {place}", media_type, content


async def test_every_operation_has_a_name_of_its_own_a_summary_and_a_group(document: Json) -> None:
    described = dict(operations(document))

    names = [operation["operationId"] for operation in described.values()]
    assert len(set(names)) == len(names) > 15
    assert [name for name in names if not (name[0].islower() and name.isalnum())] == []
    assert [where for where, operation in described.items() if not (operation["summary"] and operation["tags"])] == []


async def test_every_answer_says_what_it_is(document: Json) -> None:
    generic = ("Request fulfilled", "Document created", "Bad request syntax")
    described = [
        (where, status, answer["description"])
        for where, operation in operations(document)
        for status, answer in operation["responses"].items()
    ]
    assert [found for found in described if not found[2] or found[2].startswith(generic)] == []


async def test_every_body_has_an_example(document: Json) -> None:
    assert [(where, media_type) for where, media_type, content in contents(document) if not content["examples"]] == []


async def test_every_example_is_what_its_schema_says(document: Json) -> None:
    wrong = [
        (where, error.message)
        for where, _, content in contents(document)
        for example in content["examples"].values()
        for error in judge(document, content["schema"]).iter_errors(example["value"])
    ]
    assert wrong == []


async def test_every_refusal_is_a_problem_of_its_status(document: Json) -> None:
    refusals = [found for found in contents(document) if found[0].rpartition(" ")[2].startswith(("4", "5"))]

    assert {media_type for _, media_type, _ in refusals} == {"application/problem+json"}
    for where, _, content in refusals:
        for example in content["examples"].values():
            problem = example["value"]
            assert (where, str(problem["status"])) == (where, where.rpartition(" ")[2])
            assert problem["type"].endswith(f":{problem['code']}")


async def test_every_operation_with_a_body_or_a_path_documents_how_it_is_refused(document: Json) -> None:
    unrefused = [
        where
        for where, operation in operations(document)
        if (operation.get("requestBody") or "{" in where) and "400" not in operation["responses"]
    ]
    assert unrefused == []


def judge(document: Json, schema: Json) -> jsonschema_rs.Validator:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.validator_for(whole, offline=True)
