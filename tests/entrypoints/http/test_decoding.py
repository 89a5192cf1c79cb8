"""Good fields of a body are decoded alike, whether the others are good or not."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.models.registration import RegistrationBody
from entrypoints.http.requests.decoding import decode_fields

_AWKWARD = '":\\{}[],ab\x00\x01\x1f\x7fé\u2028\ud7ff\ue000\uffff\U00010000\U0010ffff'
_TEXTS = st.text(st.sampled_from(_AWKWARD), max_size=3) | st.sampled_from(["1.5", "1e5", "\\u0000", "$ref"])
_NUMBERS = st.integers() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
_SPECIAL = st.sampled_from([0.0, -0.0, 1.0, 1e5, 2.0**53, 1e22, 1e-7, 10**4299, 2**64, -(2**63) - 1])
_DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _SPECIAL | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
)


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
