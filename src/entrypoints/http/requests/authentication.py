"""Reading the bearer token of a request (RFC 6750 section 2.1)."""

import hashlib
from typing import Any

import structlog
from litestar import Request

from domain.errors import NotAuthenticatedError


def bearer_token(request: Request[Any, Any, Any]) -> str | None:
    """Return the token of the one ``Authorization: Bearer`` header, or None if there is no such header.

    Raises:
        NotAuthenticatedError: The header is there several times, of another scheme, or without a token. The latter two
            present no token to this realm.
    """
    headers = request.headers.getall("authorization", [])
    if not headers:
        return None
    if len(headers) > 1:
        raise NotAuthenticatedError("several Authorization headers")
    scheme, _, rest = headers[0].partition(" ")
    token = rest.strip(" ")  # and nothing else that Unicode calls a space: a token has one spelling
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticatedError("no bearer token in the Authorization header", token_presented=False)
    # Tells attempts with one token apart from others in the log, without giving the token away.
    structlog.contextvars.bind_contextvars(token_hash=hashlib.sha256(token.encode()).hexdigest()[:12])
    return token
