"""Responses in Clerk's format."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CannedResponse:
    """A response that does not depend on the request."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def json_response(status: int, body: dict[str, Any]) -> CannedResponse:
    return CannedResponse(status, json.dumps(body).encode(), (("Content-Type", "application/json"),))


def error_response(status: int, code: str, *, retry_after: str | None = None) -> CannedResponse:
    """Return an error in Clerk's format."""
    message = code.replace("_", " ")
    body = {"errors": [{"code": code, "message": message, "long_message": message}], "clerk_trace_id": "trace_fake"}
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return CannedResponse(status, json.dumps(body).encode(), (("Content-Type", "application/json"), *headers))


def too_many_requests(retry_after: str | None) -> CannedResponse:
    """Return a 429; ``retry_after`` goes into the header as it is."""
    return error_response(429, "too_many_requests", retry_after=retry_after)
