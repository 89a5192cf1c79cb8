"""Requests with bad fields."""

from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError


def test_bad_fields_are_summarised_in_one_sentence() -> None:
    errors = [
        FieldError(("body", "name"), "is missing", "missing"),
        FieldError(("body", "tags", 3), "is blank", "text"),
    ]

    refusal = InvalidRequestError(errors)

    assert refusal.detail == "name: is missing; tags.3: is blank"
    assert refusal.errors == tuple(errors)
