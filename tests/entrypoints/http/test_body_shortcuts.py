"""What is quick about reading a body gives what the careful way gives."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.json_schema.validator import MetaSchemaValidator
from domain.canonical_json import CanonicalJson
from domain.errors import RegistryError, SchemaRefusedError
from domain.json_schemas import json_schemas
from entrypoints.http.models.registration import RegistrationBody
from entrypoints.http.requests.bodies import parse_json
from entrypoints.http.requests.canonical import canonical
from entrypoints.http.requests.decoding import decode_fields
from tests.builders import an_announcement

_AWKWARD = '":\\{}[],ab\x00\x01\x1f\x7fé\u2028\ud7ff\ue000\uffff\U00010000\U0010ffff'
_TEXTS = st.text(st.sampled_from(_AWKWARD), max_size=3) | st.sampled_from(["1.5", "1e5", "\\u0000", "$ref"])
_NUMBERS = st.integers() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
_SPECIAL = st.sampled_from([0.0, -0.0, 1.0, 1e5, 2.0**53, 1e22, 1e-7, 10**4299, 2**64, -(2**63) - 1])
_DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _SPECIAL | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
)


@given(st.dictionaries(_TEXTS, _DOCUMENTS, max_size=4), st.booleans())
@example(schema={"\ue000": 1, "\U00010000": 2}, ensure_ascii=True)
def test_a_schema_of_a_body_has_the_canonical_form_that_the_domain_gives_it(
    schema: dict[str, Any], ensure_ascii: bool
) -> None:
    sent = _sent(schema, ensure_ascii=ensure_ascii)

    assert _outcome(canonical, sent) == _outcome(CanonicalJson.of, sent)


@given(st.dictionaries(_TEXTS, _DOCUMENTS, max_size=4).filter(lambda schema: r"\u0000" not in json.dumps(schema)))
def test_a_schema_of_a_body_need_not_be_read_again(schema: dict[str, Any]) -> None:
    written = canonical(_sent(schema))

    assert json.dumps(written.document, sort_keys=True) == json.dumps(written.decode(), sort_keys=True)


@pytest.mark.parametrize(
    "flaws",
    [
        {"$defs": {"b": {"$ref": "x"}, "a": {"$ref": "y"}}},
        {"properties": {"b": {"$id": "x", "$ref": 5}, "a": {"$ref": "#/x"}}},
        {"properties": {"b": {"type": 5, "pattern": "("}, "a": {"required": 1}}, "minLength": -1, "maxLength": -1},
    ],
)
async def test_of_several_flaws_the_same_one_is_told_in_whatever_order_they_are_sent(flaws: dict[str, Any]) -> None:
    assert await _refusal(canonical(flaws)) == await _refusal(CanonicalJson.of(flaws))


async def _refusal(schema: CanonicalJson) -> str:
    with pytest.raises(SchemaRefusedError) as refusal:
        await MetaSchemaValidator().validate(json_schemas(an_announcement(config_schema=schema)))
    return refusal.value.detail


@pytest.mark.parametrize("depth", range(62, 68))
@pytest.mark.parametrize("innermost", ["1", "1.5", "[]", "{}", "[1]"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_schema_of_a_body_nests_as_deep_as_the_domain_allows(
    depth: int, innermost: str, opening: str, closing: str
) -> None:
    sent = parse_json(f'{{"a":{opening * depth}{innermost}{closing * depth}}}'.encode())

    assert _outcome(canonical, sent) == _outcome(CanonicalJson.of, sent)


_FIELDS = st.none() | _DOCUMENTS
_SCHEMAS = st.dictionaries(
    _TEXTS,
    st.fixed_dictionaries(
        {}, optional={"provider": _TEXTS, "description": st.none() | _TEXTS, "config_schema": _FIELDS, "other": _FIELDS}
    )
    | _FIELDS,
    max_size=3,
)
_BODIES = st.fixed_dictionaries(
    {"name": _TEXTS},
    optional={
        "wheel_url": _TEXTS | _FIELDS,
        "schemas": _SCHEMAS | _FIELDS,
        "resource_schemas": _SCHEMAS,
        "config_schema": _FIELDS,
        "entrypoint": st.lists(_TEXTS) | _FIELDS,
        "metadata": _FIELDS | st.fixed_dictionaries({"display_name": _TEXTS, "description": _TEXTS | _FIELDS}),
        "unknown": _FIELDS,
    },
)


@given(_BODIES)
def test_fields_of_a_body_are_decoded_alike_whether_all_are_good_or_one_is_bad(body: dict[str, Any]) -> None:
    whole = {"wheel_url": "https://wheels.example.com", **body, "version": "1.0.0"}

    decoded, errors = decode_fields(whole, RegistrationBody)
    beside, more = decode_fields({**whole, "version": 1}, RegistrationBody)

    assert beside == msgspec.structs.replace(decoded, version=None)
    assert [error for error in more if error.loc != ("body", "version")] == errors


def _sent(schema: dict[str, Any], *, ensure_ascii: bool = True) -> Any:
    return parse_json(json.dumps(schema, ensure_ascii=ensure_ascii).encode())


def _outcome(make: Callable[[Any], CanonicalJson], value: object) -> object:
    try:
        return make(value)
    except RegistryError as error:
        return type(error), error.code, error.detail
