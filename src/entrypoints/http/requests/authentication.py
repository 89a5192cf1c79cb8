"""Reading the bearer token of a request (RFC 6750 section 2.1)."""

import hashlib
from typing import Any

import structlog
from litestar import Request

from application.errors import NotAuthenticatedError


def bearer_token(request: Request[Any, Any, Any]) -> str | None:
    """Return the token of the one ``Authorization: Bearer`` header, or None if there is no such header.

    Raises:
        NotAuthenticatedError: The header is there several times, of another scheme, or without a token.
    """
    headers = request.headers.getall("authorization", [])
    if not headers:
        return None
    if len(headers) > 1:
        raise NotAuthenticatedError("several Authorization headers")
    token = _bearer(headers[0])
    if token is None:
        raise NotAuthenticatedError("no bearer token in the Authorization header")
    # Tells attempts with one token apart from others in the log, without giving the token away.
    structlog.contextvars.bind_contextvars(token_hash=hashlib.sha256(token.encode()).hexdigest()[:12])
    return token


def presents_token(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the request has authentication information for this realm."""
    headers = request.headers.getall("authorization", [])
    return len(headers) > 1 or any(_bearer(header) is not None for header in headers)


def _bearer(header: str) -> str | None:
    scheme, _, rest = header.partition(" ")
    token = rest.strip(" ")  # and nothing else that Unicode calls a space: a token has one spelling
    return token if scheme.lower() == "bearer" and token else None
