"""What every validator of schemas promises, whatever it is built on."""

import asyncio
import re
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from adapters.json_schema.validator import MetaSchemaValidator
from application.ports.schema_validator import SchemaValidator
from domain.errors import RegistryError, SchemaProblem, SchemaRefusedError
from domain.json_schema.drafts import DRAFTS, Draft
from domain.json_schema.schemas import json_schemas
from domain.schemas import CanonicalJson
from tests.builders import an_announcement
from tests.support.waiting import WAIT_SECONDS

DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019, DRAFT_2020 = (draft.uri for draft in DRAFTS)


@pytest.fixture
def validator() -> SchemaValidator:
    return MetaSchemaValidator()


async def _validate(validator: SchemaValidator, document: object) -> None:
    await validator.validate(json_schemas(an_announcement(config_schema=CanonicalJson.of(document))))


async def _sentence(validator: SchemaValidator, document: object) -> str:
    """Return what a refusal says, or nothing for a valid schema."""
    try:
        await _validate(validator, document)
    except RegistryError as refusal:
        return refusal.detail
    return ""


async def _refusal(validator: SchemaValidator, document: object) -> SchemaRefusedError:
    with pytest.raises(SchemaRefusedError) as refusal:
        await _validate(validator, document)
    assert refusal.value.problem is SchemaProblem.INVALID
    assert refusal.value.detail.isprintable()
    assert len(refusal.value.detail) < 1000
    return refusal.value


class Tier(Enum):
    SMALL = "small"
    LARGE = "large"


class Disk(BaseModel):
    kind: Literal["disk"] = "disk"
    size: Annotated[int, Field(gt=0, json_schema_extra={"immutable": True})]


class Share(BaseModel):
    kind: Literal["share"] = "share"
    path: str = Field(pattern=r"(?i)\A/[a-z]+\z")
    password: str | None = Field(default=None, json_schema_extra={"sensitive": True})


class Machine(BaseModel):
    """A machine, which may hold machines."""

    tier: Tier = Tier.SMALL
    storage: Annotated[Disk | Share, Field(discriminator="kind")]
    labels: dict[str, str] = {}
    inner: list["Machine"] = []


async def test_what_pydantic_makes_of_models_is_valid(validator: SchemaValidator) -> None:
    document = Machine.model_json_schema()

    assert {"$defs", "$ref"} <= set(document)
    assert "discriminator" in str(document)
    await _validate(validator, document)
    await _validate(validator, {"$schema": DRAFT_7, **document})


@pytest.mark.parametrize(
    ("draft", "document"),
    [
        (DRAFT_4, {"minimum": 1, "exclusiveMinimum": True, "id": "https://example.com/a"}),
        (DRAFT_6, {"exclusiveMinimum": 1, "contains": {}}),
        (DRAFT_7, {"if": {}, "then": True, "items": [{}], "dependencies": {"a": ["b"]}}),
        (DRAFT_2019, {"items": [{}], "unevaluatedItems": False, "$recursiveAnchor": True}),
        (DRAFT_2020, {"prefixItems": [{}], "$dynamicAnchor": "a"}),
    ],
)
async def test_each_draft_is_checked_by_its_own_rules(
    validator: SchemaValidator, draft: str, document: dict[str, Any]
) -> None:
    await _validate(validator, {"$schema": draft, **document})


@pytest.mark.parametrize(
    ("draft", "document", "place"),
    [
        (DRAFT_4, {"exclusiveMinimum": 1}, "/exclusiveMinimum"),
        (DRAFT_6, {"exclusiveMinimum": True}, "/exclusiveMinimum"),
        (DRAFT_7, {"if": 1}, "/if"),
        (DRAFT_2019, {"unevaluatedItems": 5}, "/unevaluatedItems"),
        (DRAFT_2020, {"items": [{}]}, "/items"),
        (DRAFT_2020, {"type": "objct"}, "/type"),
        (DRAFT_2020, {"properties": {"a/b": {"type": "objct"}}}, "/properties/a~1b/type"),
        (DRAFT_2020, {"allOf": []}, "/allOf"),
        (DRAFT_2020, {"allOf": [{}, {"required": "a"}]}, "/allOf/1/required"),
        (DRAFT_2020, {"$id": 5}, "/$id"),
        (DRAFT_2020, {"$defs": {"a": 5}}, "/$defs/a"),
        (DRAFT_7, {"$defs": {"a": 5}}, "/$defs/a"),
        (DRAFT_2020, {"minLength": -1}, "/minLength"),
        (DRAFT_2020, {"minLength": 10**400, "maxLength": "x"}, "/maxLength"),
    ],
)
async def test_what_a_draft_does_not_allow_is_refused_with_its_place(
    validator: SchemaValidator, draft: str, document: dict[str, Any], place: str
) -> None:
    assert f"at {place}: " in (await _refusal(validator, {"$schema": draft, **document})).detail


@pytest.mark.parametrize("type_", ["objekt", ["string", "objekt"]], ids=["one", "in a list"])
@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.name)
async def test_a_type_that_is_none_is_refused_with_those_that_there_are(
    validator: SchemaValidator, draft: Draft, type_: object
) -> None:
    refusal = await _refusal(validator, {"$schema": draft.uri, "type": "object", "properties": {"a": {"type": type_}}})

    allowed = '"array", "boolean", "integer", "null", "number", "object", "string"'
    assert f'"objekt" is none of {allowed}; correct the schema' in refusal.detail


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"^[a-z]([-a-z0-9]*[a-z0-9])?$", r"^\p{L}+$", r"(?<name>a)\k<name>", r"(?!a)(?<=b)c", "(a+)+$", r"\\Z"),
        *(r"(?i)^a", r"\Aa\Z", r"(?P<name>a)", "a{1000000}", "(((a{1000}){1000}){1000}){1000}", r"\/\-[[]"),
    ],
)
async def test_patterns_of_javascript_and_python_are_read_and_never_run(
    validator: SchemaValidator, pattern: str
) -> None:
    await _validate(validator, {"pattern": pattern, "patternProperties": {pattern: {}}})


@pytest.mark.parametrize("pattern", ["(", "a**", "[z-a]", "(?i", r"\Z(", "(?P<name", "\\"])
async def test_what_is_no_pattern_in_any_dialect_is_refused(validator: SchemaValidator, pattern: str) -> None:
    await _refusal(validator, {"pattern": pattern})
    await _refusal(validator, {"patternProperties": {pattern: {}}})


@pytest.mark.parametrize(
    "document",
    [
        {"pattern": "(" * 120_000 + ")" * 120_000},
        {"pattern": "(a|" * 50_000 + "a" + ")" * 50_000},
        {"pattern": "[" * 200_000},
        {"enum": list(range(30_000))},
        {"enum": ["a"] * 60_000},
        {"required": ["a"] * 60_000},
        {"type": ["string"] * 20_000},
        {"type": "a" * 250_000},
        {"properties": {"x" * 100_000: {"allOf": [{"type": "x"}] * 1000}}},
        {"$defs": {f"n{number}": {"$ref": f"#/$defs/n{(number + 1) % 5000}"} for number in range(5000)}},
        {"$defs": {f"n{number}": {"allOf": [{"$ref": f"#/$defs/n{number // 2}"}] * 4} for number in range(2000)}},
        {"minimum": 10**4000, "multipleOf": 1e-300},
    ],
)
async def test_what_is_hostile_is_checked_like_anything_else(validator: SchemaValidator, document: object) -> None:
    assert (await _sentence(validator, document)).isprintable()


def _wrapped(document: dict[str, Any], keyword: str, times: int) -> dict[str, Any]:
    for _ in range(times):
        document = {keyword: [document]} if keyword == "items" else {keyword: {"a": document, "b": {"type": ["x"]}}}
    return document


@pytest.mark.parametrize(
    "document",
    [
        {"$schema": DRAFT_7, **_wrapped({"items": [{"type": 5}] * 20_000}, "items", 25)},
        {"$schema": DRAFT_7, "$ref": "#", **_wrapped({"items": [{"type": 5}] * 20_000}, "items", 25)},
        {"$schema": DRAFT_2020, **_wrapped({"type": ["x"] * 50_000}, "dependencies", 25)},
        {"pattern": "".join(f"(?P<a{number}>" for number in range(23_000))},
    ],
    ids=["alternatives", "beside a reference", "dependencies", "names in a pattern"],
)
async def test_a_refusal_does_not_take_seconds(validator: SchemaValidator, document: object) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        for _ in range(25):
            await _refusal(validator, document)


async def test_a_member_is_checked_beside_what_it_needs(validator: SchemaValidator) -> None:
    document = {"$schema": DRAFT_4, "minimum": 1, "exclusiveMinimum": True, "type": 5}
    assert "at /type: " in (await _refusal(validator, document)).detail
    assert '"minimum"' in (await _refusal(validator, {"$schema": DRAFT_4, "exclusiveMinimum": True})).detail


async def test_the_first_schema_that_breaks_a_rule_is_named(validator: SchemaValidator) -> None:
    announcement = an_announcement(config_schema=CanonicalJson.of({}), outputs_schema=CanonicalJson.of({"type": 1}))

    with pytest.raises(SchemaRefusedError, match=re.escape("the outputs_schema of the provider")):
        await validator.validate(json_schemas(announcement))


texts = st.sampled_from(["#", "string", "object", "(", "https://a.example", *(draft.uri for draft in DRAFTS)])
words = st.sampled_from(
    [
        *("$schema", "$ref", "$id", "id", "$anchor", "$defs", "type", "items", "properties", "allOf", "enum", "not"),
        *("pattern", "patternProperties", "required", "minimum", "$vocabulary", "$dynamicAnchor", "format"),
    ]
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=3), inner, max_size=4),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(document=st.dictionaries(words, junk))
def test_whatever_comes_is_accepted_or_refused(validator: SchemaValidator, document: dict[str, Any]) -> None:
    assert asyncio.run(_sentence(validator, document)).isprintable()
