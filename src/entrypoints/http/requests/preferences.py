"""Preferences of a client (RFC 7240)."""

from typing import Any

from litestar import Request

RESPOND_ASYNC = "respond-async"


def prefers_async(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the client prefers a response before the work is done.

    Source: RFC 7240, sections 2 and 4.1. Tokens are case-insensitive, and fields may be repeated. A preference that is
    not understood is ignored.
    """
    fields = request.headers.getall("prefer", [])
    preferences = (part.partition(";")[0].strip().lower() for field in fields for part in field.split(","))
    return RESPOND_ASYNC in preferences
