"""JSON Schemas by the rules that need no meta-schema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidSchemasError, RegistryError, SchemaProblem, SchemaRefusedError
from domain.json_schema.drafts import DRAFTS
from domain.json_schema.schemas import MAX_SCHEMA_LENGTH, json_schemas
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from tests.builders import an_announcement

DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020 = (draft.uri for draft in DRAFTS)
TYPED: dict[str, Any] = {"type": "string"}


def _judge(document: object) -> None:
    json_schemas(an_announcement(config_schema=CanonicalJson.of(document)))


def _sentence(document: object) -> str:
    """Return what a refusal says, or nothing."""
    try:
        _judge(document)
    except RegistryError as refusal:
        return refusal.detail
    return ""


def _fault(document: object) -> SchemaProblem:
    with pytest.raises(SchemaRefusedError) as refusal:
        _judge(document)
    return refusal.value.problem


@pytest.mark.parametrize("uri", [draft.uri for draft in DRAFTS])
@pytest.mark.parametrize("end", ["", "#"])
def test_every_draft_is_understood_with_and_without_an_empty_fragment(uri: str, end: str) -> None:
    (schema,) = json_schemas(an_announcement(config_schema=CanonicalJson.of({"$schema": uri.removesuffix("#") + end})))

    assert schema.draft.uri == uri


def test_a_schema_that_declares_nothing_is_of_draft_2020_12() -> None:
    (schema,) = json_schemas(an_announcement(config_schema=CanonicalJson.of({})))

    assert schema.draft.name == "2020-12"


@pytest.mark.parametrize("uri", ["http://json-schema.org/draft-03/schema#", "https://evil.example.com/x", "", 5, None])
def test_an_unknown_draft_is_refused_with_a_list_of_the_known_ones(uri: object) -> None:
    with pytest.raises(SchemaRefusedError) as refusal:
        _judge({"$schema": uri})

    assert refusal.value.problem is SchemaProblem.DRAFT_UNSUPPORTED
    assert all(draft.uri in refusal.value.detail for draft in DRAFTS)


@pytest.mark.parametrize(
    "document",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/A", "$defs": {"A": TYPED}},
        {"$ref": "#/$defs/a~1b~0c%25d%20e", "$defs": {"a/b~c%d e": TYPED}},
        {"$ref": "#/$defs/A%5Bint%5D", "$defs": {"A[int]": True}},
        {"$ref": "#/$defs/A[int]", "$defs": {"A[int]": True}},
        {"$ref": "#/$defs/", "$defs": {"": TYPED}},
        {"$ref": "#/properties/a/items", "properties": {"a": {"items": TYPED}}},
        {"$ref": "#/allOf/1", "allOf": [True, TYPED]},
        {"$ref": "#named", "$defs": {"A": {"$anchor": "named"}}},
        {"$dynamicRef": "#node", "$defs": {"A": {"$dynamicAnchor": "node"}}},
        {"$schema": DRAFT_2019, "$recursiveRef": "#", "$recursiveAnchor": True},
        {"$schema": DRAFT_2019, "$ref": "#/items/0", "items": [TYPED]},
        {"$schema": DRAFT_7, "$ref": "#/definitions/A", "definitions": {"A": TYPED}},
        {"$schema": DRAFT_7, "$ref": "#named", "definitions": {"A": {"$id": "#named"}}},
        {"$schema": DRAFT_6, "properties": {"a": {"$ref": "#named"}}, "definitions": {"A": {"$id": "#named"}}},
        {"$schema": DRAFT_4, "properties": {"a": {"$ref": "#named"}}, "definitions": {"A": {"id": "#named"}}},
        {"$schema": DRAFT_7, "properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema"}}},
        {"$id": "https://example.com/whole", "$ref": "#/$defs/A", "$defs": {"A": TYPED}},
    ],
)
def test_references_into_the_document_are_fine(document: object) -> None:
    _judge(document)


@pytest.mark.parametrize(
    "data",
    [
        {"properties": {"$ref": TYPED, "$id": TYPED, "$schema": TYPED}},
        {"$schema": DRAFT_4, "properties": {"id": TYPED}},
        {"default": {"$ref": "https://example.com"}, "examples": [{"$id": "https://example.com"}]},
        {"enum": [{"$ref": 5}], "const": {"$schema": "x"}},
        {"x-ours": {"$ref": "https://example.com"}},
        {"$schema": DRAFT_7, "dependencies": {"a": ["$ref"]}},
    ],
)
def test_data_that_looks_like_a_reference_is_none(data: object) -> None:
    _judge(data)


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$recursiveRef"])
@pytest.mark.parametrize("target", ["https://example.com/a", "other.json", "other.json#/a", "", "?#/a", "urn:a", "//a"])
@pytest.mark.parametrize("around", ["items", "not", "contentSchema"])
def test_a_reference_out_of_the_document_is_refused(keyword: str, target: str, around: str) -> None:
    assert _fault({around: {keyword: target}}) is SchemaProblem.REFERENCE_FORBIDDEN


@pytest.mark.parametrize("draft", [DRAFT_4, DRAFT_2020])
@pytest.mark.parametrize("target", [5, None, {}, ["#"], True])
def test_a_reference_that_is_no_string_is_refused(draft: str, target: object) -> None:
    assert _fault({"$schema": draft, "not": {"$ref": target}}) is SchemaProblem.INVALID


@pytest.mark.parametrize(
    "document",
    [
        {"$schema": DRAFT_4, "properties": {"a": {"id": "https://example.com/a"}}},
        {"$schema": DRAFT_7, "properties": {"a": {"$id": "a"}}},
        {"properties": {"a": {"$id": "a", "$ref": "#/$defs/B"}}, "$defs": {"B": {}}},
        {"$defs": {"A": {"$id": "https://example.com/a"}}},
        {"$defs": {"A": {"$id": "#a"}}},
        {"prefixItems": [{}, {"$id": "?"}]},
    ],
)
def test_a_part_with_an_identifier_of_its_own_is_refused(document: object) -> None:
    assert _fault(document) is SchemaProblem.REFERENCE_FORBIDDEN


def test_a_part_of_another_draft_is_refused() -> None:
    assert _fault({"items": {"$schema": DRAFT_7}}) is SchemaProblem.DRAFT_UNSUPPORTED


@pytest.mark.parametrize(
    "document",
    [
        {"$ref": "#/$defs/B", "$defs": {"A": {}}},
        {"$ref": "#/$defs", "$defs": {"A": {}}},
        {"$ref": "#/x-ours", "x-ours": {}},
        {"$ref": "#/default", "default": {}},
        {"$ref": "#/allOf/01", "allOf": [{}, {}]},
        {"$ref": "#/allOf/2", "allOf": [{}, {}]},
        {"$ref": "#/allOf/-1", "allOf": [{}, {}]},
        {"$ref": "#/items/0", "items": {}},
        {"$ref": "#/properties/a/", "properties": {"a": {}}},
        {"$ref": "#/not/not", "not": True},
        {"$ref": "#named", "$defs": {"A": {"x-ours": {"$anchor": "named"}}}},
        {"$ref": "#named", "$defs": {"named": {}}},
        {"$ref": "#%ff"},
        {"$schema": DRAFT_7, "$ref": "#named", "definitions": {"A": {"$anchor": "named"}}},
        {"$schema": DRAFT_7, "$ref": "#named", "$id": "#named"},
        {"$schema": DRAFT_7, "$ref": "#/properties/a", "properties": {"a": {}}},
    ],
)
def test_a_reference_to_no_schema_is_refused(document: object) -> None:
    assert _fault(document) is SchemaProblem.REFERENCE_UNRESOLVED


def test_a_schema_is_bounded_in_size_and_depth() -> None:
    frame = len('{"title":""}')
    _judge({"title": "x" * (MAX_SCHEMA_LENGTH - frame)})
    deep: dict[str, Any] = {}
    for _ in range(65):
        deep = {"not": deep}

    assert _fault({"title": "x" * (MAX_SCHEMA_LENGTH - frame + 1)}) is SchemaProblem.TOO_LARGE
    with pytest.raises(InvalidSchemasError, match="64 levels"):
        _judge(deep)


@pytest.mark.parametrize("document", [True, False, None, [], "x", 5])
def test_a_schema_is_an_object(document: object) -> None:
    assert _fault(document) is SchemaProblem.INVALID


def test_a_refusal_names_the_schema_and_the_place_in_it() -> None:
    bad = CanonicalJson.of({"properties": {"a/b": {"$ref": "x"}}})
    entry = ResourceSchema(resource_type="cloudsql/database", provider="gcp", resource="database", outputs_schema=bad)

    with pytest.raises(SchemaRefusedError) as refusal:
        json_schemas(an_announcement(schemas=ResourceSchemas.of({"cloudsql/database": entry})))

    assert "the outputs_schema of 'cloudsql/database'" in refusal.value.detail
    assert "at /properties/a~1b/$ref: 'x' leads out of the document" in refusal.value.detail


def test_a_refusal_of_something_huge_and_unprintable_is_a_short_printable_sentence() -> None:
    with pytest.raises(SchemaRefusedError) as refusal:
        _judge({"properties": {"\x1b\u202e" * 10_000: {"$ref": "\x1b" * 10_000}}})

    assert refusal.value.detail.isprintable()
    assert len(refusal.value.detail) < 1000


@pytest.mark.hostile
def test_as_many_references_as_definitions_are_looked_up_one_by_one() -> None:
    chain = {f"n{number}": {"$ref": f"#/$defs/n{number + 1}"} for number in range(6000)}

    _judge({"$defs": {**chain, "n6000": {}}})


keywords = st.sampled_from(
    ["$ref", "$id", "id", "$anchor", "$schema", "$defs", "items", "allOf", "properties", "not", "$dynamicRef"]
)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["#", "#/$defs/a", "#a", "https://a", DRAFT_4, DRAFT_7]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keywords | st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(junk)
def test_whatever_comes_is_accepted_or_refused(document: object) -> None:
    assert _sentence(document).isprintable()
