"""Whatever is accepted at registration serves dependents."""

import asyncio
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.json_schema.validator import MetaSchemaValidator
from application.use_cases.check_announcement import CheckSchemas
from domain.errors import SchemaProblem, SchemaRefusedError
from domain.json_schema.documents import schema_document
from domain.json_schema.drafts import DEFAULT_DRAFT, DRAFTS, Draft
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.verification import VerificationLog
from tests.builders import NOW, an_announcement

CHECK = CheckSchemas(MetaSchemaValidator())
URL = "https://registry.example.com/providers/platform/gcp/versions/1.0.0/schemas/bucket"


def _a_schema(**parts: object) -> ResourceSchema:
    canonical: dict[str, Any] = {name: CanonicalJson.of(part) for name, part in parts.items()}
    return ResourceSchema(resource_type="bucket", provider="gcp", resource="bucket", **canonical)


async def _check(schema: ResourceSchema) -> VerificationLog:
    log = VerificationLog()
    await CHECK.execute(an_announcement(schemas=ResourceSchemas.of({"bucket": schema})), log)
    return log


async def test_the_verdict_counts_schemas_and_names_their_drafts() -> None:
    log = await _check(_a_schema(config_schema={"$schema": DRAFTS[2].uri}, outputs_schema={}))

    (check,) = log.verdict(at=NOW).checks
    assert (check.name, check.passed) == ("schemas", True)
    assert check.detail.startswith("2 schemas of draft 2020-12, 7: ")


async def test_without_schemas_there_is_no_verdict_on_them() -> None:
    assert (await _check(_a_schema())).verdict(at=NOW).checks == ()


async def test_rules_without_a_meta_schema_come_first() -> None:
    both = {"type": "objct", "$ref": "https://example.com"}

    with pytest.raises(SchemaRefusedError) as refusal:
        await _check(_a_schema(config_schema=both))

    assert refusal.value.problem is SchemaProblem.REFERENCE_FORBIDDEN


references = st.sampled_from(["#", "#/$defs/a", "#/definitions/a", "#/properties/a", "#n", "#/allOf/0"])
schemas: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.just({"type": "string"})
    | st.just({"$anchor": "n"})
    | references.map(lambda target: {"$ref": target}),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "$defs": st.dictionaries(st.sampled_from("ab"), inner),
            "definitions": st.dictionaries(st.sampled_from("ab"), inner),
            "properties": st.dictionaries(st.sampled_from(["a", "$ref", "id"]), inner),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "$ref": references,
        },
    ),
    max_leaves=8,
)


@given(schemas.filter(lambda schema: isinstance(schema, dict)), st.sampled_from(DRAFTS))
def test_what_is_accepted_makes_a_document_whose_references_all_resolve(part: dict[str, Any], draft: Draft) -> None:
    schema = _a_schema(config_schema={"$schema": draft.uri, **part}, outputs_schema={"$schema": draft.uri})
    mixed = _a_schema(config_schema={"$schema": draft.uri, **part}, outputs_schema={})
    try:
        asyncio.run(_check(schema))
    except SchemaRefusedError:
        return

    document = schema_document(schema, URL)
    assert jsonschema_rs.meta.is_valid(document)
    assert jsonschema_rs.validator_for(document, offline=True) is not None
    assert schema_document(mixed, URL)["$schema"] == DEFAULT_DRAFT.uri
    assert jsonschema_rs.validator_for(schema_document(mixed, URL), offline=True) is not None
