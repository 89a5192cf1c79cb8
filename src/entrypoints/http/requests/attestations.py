"""Attestations in bodies: each is kept as the bytes that were sent."""

from collections.abc import Sequence

import msgspec

from domain.provenance.errors import InvalidAttestationsError
from domain.provenance.sent import validate_attestations
from entrypoints.http.requests.invalid_requests import FieldError

_FIELD = ("body", "attestations")


class _Body(msgspec.Struct):
    attestations: list[msgspec.Raw] | None = None


def sent_attestations(raw: bytes) -> tuple[tuple[bytes, ...], Sequence[FieldError]]:
    """Return the attestations of a body that is a JSON object, and what is wrong with them."""
    try:
        sent = msgspec.json.decode(raw, type=_Body).attestations or ()
        return validate_attestations([bytes(each) for each in sent]), ()
    except msgspec.ValidationError:
        return (), [FieldError(_FIELD, "must be an array of objects", "invalid")]
    except InvalidAttestationsError as error:
        return (), [FieldError(_FIELD, error.detail, error.code)]
