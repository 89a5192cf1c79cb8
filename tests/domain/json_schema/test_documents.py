"""One document for each resource type, used as a dependent uses it: by a validator that knows nothing else."""

from typing import Any

import jsonschema_rs
import pytest

from domain.json_schema.documents import schema_document
from domain.json_schema.drafts import DRAFTS
from domain.json_schema.schemas import json_schemas
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from tests.builders import an_announcement

URL = "https://registry.example.com/providers/platform/gcp/versions/1.0.0/schemas/cloudsql/database"
DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020 = (draft.uri for draft in DRAFTS)
TEXT: dict[str, Any] = {"type": "string"}


def _document(config: object = None, outputs: object = None, description: str | None = None) -> dict[str, Any]:
    entry = ResourceSchema(
        resource_type="cloudsql/database",
        provider="gcp",
        resource="database",
        description=description,
        config_schema=None if config is None else CanonicalJson.of(config),
        outputs_schema=None if outputs is None else CanonicalJson.of(outputs),
    )
    json_schemas(an_announcement(schemas=ResourceSchemas.of({entry.resource_type: entry})))  # as registered
    return schema_document(entry, URL)


def _is_valid(document: dict[str, Any], instance: object) -> bool:
    return jsonschema_rs.validator_for(document, offline=True).is_valid(instance)


def test_the_document_is_named_and_says_what_it_describes() -> None:
    document = _document({"type": "object"}, description="A database.")

    assert document["$id"] == URL
    assert document["$schema"] == DRAFT_2020
    assert (document["title"], document["description"]) == ("cloudsql/database", "A database.")
    assert document["properties"] == {"config": {"$id": f"{URL}?part=config", "type": "object"}}


def test_a_resource_type_without_schemas_has_a_document_that_allows_any_object() -> None:
    document = _document()

    assert document["properties"] == {}
    assert _is_valid(document, {"config": 5})
    assert not _is_valid(document, [])


@pytest.mark.parametrize(
    "part",
    [
        {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": TEXT}},
        {"properties": {"a": {"$ref": "#text"}}, "$defs": {"A": {"$anchor": "text", **TEXT}}},
        {"properties": {"a": {"$dynamicRef": "#text"}}, "$defs": {"A": {"$dynamicAnchor": "text", **TEXT}}},
        {"$ref": "#/$defs/M", "$defs": {"M": {"properties": {"a": TEXT}}}},
        {"$id": "https://elsewhere.example.com/a", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": TEXT}},
        {"$schema": DRAFT_2019, "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": TEXT}},
        {"$schema": DRAFT_7, "properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": TEXT}},
        {"$schema": DRAFT_7, "properties": {"a": {"$ref": "#t"}}, "definitions": {"A": {"$id": "#t", **TEXT}}},
        {"$schema": DRAFT_7, "$ref": "#/definitions/M", "definitions": {"M": {"properties": {"a": TEXT}}}, "not": {}},
        {"$schema": DRAFT_6, "$ref": "#/$defs/M", "$defs": {"M": {"properties": {"a": TEXT}}}},
        {"$schema": DRAFT_4, "$ref": "#/definitions/M", "definitions": {"M": {"properties": {"a": TEXT}}}},
        {"$schema": DRAFT_4, "id": "https://elsewhere.example.com/a", "properties": {"a": TEXT}},
    ],
)  # fmt: skip
def test_references_mean_in_the_document_what_they_meant_alone(part: dict[str, Any]) -> None:
    document = _document(part, part)

    jsonschema_rs.meta.validate(document)
    assert document["$schema"] == part.get("$schema", DRAFT_2020)
    for name in ("config", "outputs"):
        assert _is_valid(document, {name: {"a": "text"}})
        assert not _is_valid(document, {name: {"a": 5}})


def test_a_model_that_contains_itself_does_so_in_its_own_part() -> None:
    tree = {"properties": {"inner": {"$ref": "#"}, "name": TEXT}, "additionalProperties": False}
    document = _document(tree, {"type": "object"})

    assert _is_valid(document, {"config": {"inner": {"inner": {"name": "a"}}}})
    assert not _is_valid(document, {"config": {"inner": {"config": {}}}})


def test_parts_of_different_drafts_each_keep_the_meaning_of_their_own() -> None:
    four = {"$schema": DRAFT_4, "properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": TEXT}}
    seven = {"$schema": DRAFT_7, "properties": {"t": {"items": [TEXT], "additionalItems": False}}}
    document = _document(four, seven)

    assert document["$schema"] == DRAFT_2020
    assert [document["properties"][name]["$schema"] for name in ("config", "outputs")] == [DRAFT_4, DRAFT_7]
    assert _is_valid(document, {"config": {"a": "text"}, "outputs": {"t": ["a"]}})
    assert not _is_valid(document, {"config": {"a": 5}})
    assert not _is_valid(document, {"outputs": {"t": ["a", "b"]}})


def test_a_document_of_draft_4_is_named_in_its_own_words_too() -> None:
    document = _document({"$schema": DRAFT_4, "minimum": 1, "exclusiveMinimum": True})

    assert document["id"] == document["$id"] == URL
    assert not _is_valid(document, {"config": 1})
