"""The OpenAPI document, operation by operation: what clients are generated from, and people copy from."""

import json
import re
from collections.abc import Iterator
from typing import Any

import anyio
import jsonschema_rs
import pytest

from application.use_cases.dry_run_registration import DryRunOutcome
from domain.availability import OriginVerdict
from domain.catalog import AuthorKind
from domain.errors import RegistryError, SchemaProblem, WheelProblem
from domain.history import LifecycleAction
from domain.versions import VersionStatus
from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.http.openapi.document import operations
from entrypoints.http.openapi.refusals import CODES, REFUSALS, REFUSALS_WITH_ATTESTATIONS
from entrypoints.settings import TracingSettings
from tests.entrypoints.http.conftest import serving

Json = dict[str, Any]
OF_THE_LOG = {
    *("readCheckpoint", "readTile", "readProof", "readChanges", "streamChanges"),
    *("readReleases", "readProviderReleases"),
}
"""Operations of a registry that keeps a transparency log, which this one does not."""


async def read_document(public_url: str | None = None) -> Json:
    telemetry = open_telemetry(TracingSettings())
    async with serving(MemoryAdapters(), customer_realm=True, telemetry=telemetry, public_url=public_url) as service:
        document: Json = (await service.client.get("/schema/openapi.json")).json()
        return document


@pytest.fixture(scope="module")
def document_text() -> str:
    return json.dumps(anyio.run(read_document))  # making it takes seconds


@pytest.fixture
def document(document_text: str) -> Json:
    document: Json = json.loads(document_text)
    return document


def named(document: Json) -> Iterator[tuple[str, Json]]:
    for path, method, operation in operations(document):
        yield f"{method} {path}", operation


def contents(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield every body that is sent or answered: where, its media type, and its description."""
    for name, operation in named(document):
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for place, body in bodies.items():
            for media_type, content in body.get("content", {}).items():
                yield f"{name} {place}", media_type, content


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from walk(part, f"{path}/{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from walk(part, f"{path}/{index}")


def judge(document: Json, schema: Json) -> jsonschema_rs.Validator:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.validator_for(whole, offline=True)


def schema_of(document: Json, name: str, field: str) -> Json:
    found: Json = document["components"]["schemas"][name]["properties"][field]
    return found


async def test_every_operation_has_a_name_of_its_own_a_summary_a_description_and_a_group(document: Json) -> None:
    described = dict(named(document))
    groups = {tag["name"] for tag in document["tags"] if tag["description"]}

    names = [operation["operationId"] for operation in described.values()]
    assert len({name.lower() for name in names}) == len(names) > 15
    assert [name for name in names if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []
    for operation in described.values():
        assert operation["summary"]
        assert operation["description"]
        assert len(operation["tags"]) == 1
        assert set(operation["tags"]) <= groups


async def test_objects_and_examples_have_titles_for_people_and_no_two_are_alike(document: Json) -> None:
    components = document["components"]["schemas"]
    titles = [schema["title"] for schema in components.values()]
    examples = [name for _, _, content in contents(document) for name in content["examples"]]

    assert [name for name in components if not re.fullmatch(r"[A-Za-z]+", name)] == []
    assert [title for title in titles if not re.fullmatch(r"[A-Z][a-z]+( [a-z]+)*", title)] == []
    assert len({title.lower() for title in titles}) == len(titles)
    assert [name for name in examples if not re.fullmatch(r"[a-z0-9_-]+", name) or "-example-" in name] == []


async def test_every_operation_says_which_token_it_needs_or_that_it_needs_none(document: Json) -> None:
    schemes = document["components"]["securitySchemes"]
    for where, operation in named(document):
        needs_token = "/console/" in where or operation["tags"] == ["Customers"]
        assert bool(operation["security"]) is needs_token, where
        assert [name for each in operation["security"] for name in each if name not in schemes] == []


async def test_no_example_holds_a_reference_and_every_reference_elsewhere_leads_somewhere(document: Json) -> None:
    examples = [
        path for path, _ in walk(document) if path.endswith("/$ref") and re.search(r"/(examples?|default)/", path)
    ]
    references = [(path, str(value)) for path, value in walk(document) if path.endswith("/$ref")]
    paths = {path for path, _ in walk(document)}

    assert examples == []
    assert len(references) > 100
    assert [path for path, reference in references if reference.removeprefix("#") not in paths] == []


async def test_every_component_is_used(document: Json) -> None:
    used = {str(value) for path, value in walk(document) if path.endswith("/$ref")}
    kinds = ("schemas", "headers", "parameters")
    there = {f"#/components/{kind}/{name}" for kind in kinds for name in document["components"][kind]}

    assert there - used == set()


async def test_paths_and_their_parameters_agree(document: Json) -> None:
    for path, method, operation in operations(document):
        parameters = [each for each in operation.get("parameters", ()) if each.get("in") == "path"]
        assert {each["name"] for each in parameters} == set(re.findall(r"{(\w+)}", path)), (method, path)
        assert [each for each in parameters if each["required"] is not True] == []


async def test_every_answer_says_what_it_is(document: Json) -> None:
    generic = ("Request fulfilled", "Document created", "Bad request syntax")
    described = [
        (where, status, answer["description"])
        for where, operation in named(document)
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


async def test_every_operation_documents_exactly_the_refusals_of_the_table(document: Json) -> None:
    shown = {
        operation["operationId"]: {code for answer in operation["responses"].values() for code in answer.get(CODES, ())}
        for _, operation in named(document)
    }

    table = {name: {str(code) for code in codes} for name, codes in REFUSALS.items()}
    assert table.keys() - shown.keys() == OF_THE_LOG
    assert shown == {name: codes for name, codes in table.items() if name not in OF_THE_LOG}
    assert [name for name, codes in shown.items() if "bad_request" not in codes] == []


async def test_no_response_names_a_code_twice(document: Json) -> None:
    named_codes = {
        (operation["operationId"], status): answer.get(CODES, [])
        for _, operation in named(document)
        for status, answer in operation["responses"].items()
    }

    assert [where for where, codes in named_codes.items() if len(codes) != len(set(codes))] == []
    assert sum(map(len, named_codes.values())) > 100


def test_the_table_has_every_code_that_a_refusal_can_have() -> None:
    def codes(root: type[RegistryError]) -> Iterator[str]:
        for kind in root.__subclasses__():
            if hasattr(kind, "code") and kind.__module__.startswith(("domain.", "entrypoints.http")):
                yield kind.code
            yield from codes(kind)

    tables = (*REFUSALS.values(), *REFUSALS_WITH_ATTESTATIONS.values())
    listed = {str(code) for codes_of_one in tables for code in codes_of_one}
    fields = {code for code in codes(RegistryError) if code.startswith("invalid_") and code != "invalid_request"}
    elsewhere = {"version_unmatchable", "file_not_found", "build_abandoned"}  # of files; shown in a registration
    assert {*codes(RegistryError), *WheelProblem, *SchemaProblem} - fields - elsewhere <= listed


async def test_answers_state_the_header_fields_that_clients_act_on(document: Json) -> None:
    for where, operation in named(document):
        for status, answer in operation["responses"].items():
            fields = set(answer["headers"])
            assert "X-Request-ID" in fields, where
            assert ("Retry-After" in fields) is (status in {"202", "429", "503"}), where
            assert ("WWW-Authenticate" in fields) is (status == "401"), where
            assert ("Location" in fields) is (status in {"201", "202", "301", "303"}), where
            assert ("ETag" in fields) is (status == "304" or (status == "200" and "304" in operation["responses"]))


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("ProviderVersionView", "status", VersionStatus),
        ("InstallView", "status", VersionStatus),
        ("ProblemView", "existing_status", VersionStatus),
        ("DryRunView", "outcome", DryRunOutcome),
        ("HistoryEventView", "action", [*LifecycleAction, *OriginVerdict]),
        ("AuthorView", "kind", AuthorKind),
        ("HealthView", "status", ["ok", "ready"]),
        ("ProviderView", "scope", ["public"]),
    ],
)
async def test_what_takes_few_values_lists_them(document: Json, name: str, field: str, values: list[str]) -> None:
    schema = schema_of(document, name, field)
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]

    assert sorted(schema["enum"]) == sorted(values)


@pytest.mark.parametrize(
    ("name", "field", "bounds"),
    [
        ("RegistrationBody", "name", {"minLength": 1, "maxLength": 200}),
        ("RegistrationBody", "version", {"maxLength": 128}),
        ("RegistrationBody", "wheel_url", {"maxLength": 2048}),
        ("RegistrationBody", "sha256", {"pattern": "^[0-9a-f]{64}$"}),
        ("RegistrationBody", "schemas", {"maxProperties": 2000}),
        ("RegistrationBody", "changelog", {"maxLength": 100_000}),
        ("RegistrationBody", "entrypoint", {"minItems": 1, "maxItems": 100}),
        ("MetadataBody", "tags", {"maxItems": 50}),
        ("MetadataBody", "icon_url", {"maxLength": 2048}),
        ("ResourceSchemaBody", "description", {"maxLength": 20_000}),
        ("YankBody", "reason", {"minLength": 1, "maxLength": 2000}),
    ],
)
async def test_bounds_that_are_enforced_are_stated(document: Json, name: str, field: str, bounds: Json) -> None:
    schema = schema_of(document, name, field)

    assert {bound: schema.get(bound) for bound in bounds} == bounds


async def test_every_query_parameter_has_a_plain_schema_with_bounds(document: Json) -> None:
    parameters = [each for _, operation in named(document) for each in operation.get("parameters", ())]
    queries = [each for each in parameters if each.get("in") == "query"]

    assert len(queries) > 8
    for parameter in queries:
        schema = parameter["schema"]
        assert isinstance(schema["type"], str), parameter
        bounds = {"string": "maxLength", "array": "maxItems", "integer": "maximum", "boolean": "type"}
        assert bounds[schema["type"]] in schema, parameter


async def test_every_path_parameter_is_described_with_its_bounds(document: Json) -> None:
    parameters = [each for _, operation in named(document) for each in operation.get("parameters", ())]
    for parameter in (each for each in parameters if each.get("in") == "path"):
        assert parameter["description"], parameter
        assert parameter["schema"]["minLength"] == 1
        if parameter["name"] in {"prefix", "name", "version", "resource_type"}:
            assert parameter["schema"]["maxLength"] in {128, 200}
        if parameter["name"] in {"prefix", "name"}:
            assert re.fullmatch(parameter["schema"]["pattern"], "my-provider")
            assert not re.fullmatch(parameter["schema"]["pattern"], "Not/One")


@pytest.mark.parametrize("public_url", [None, "https://registry.example.com"])
async def test_the_server_is_the_public_url(public_url: str | None) -> None:
    assert (await read_document(public_url))["servers"] == [{"url": public_url or "/"}]
