"""Admitting requests with bodies, before anything of the body is read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request

from domain.registrants import Account
from entrypoints.http.requests.service import Service

_SMALLEST = 16 * 1024
"""Bytes: what a registration takes beside its body."""


@asynccontextmanager
async def admitted(request: Request[Any, Any, Any], service: Service, account: Account) -> AsyncIterator[None]:
    """Count a request of an account, and the memory for its body, while the context is open.

    Raises:
        TooManyRegistrationsError: The account has as many requests or bytes under way as it may.
        TooManyFetchesError: Others have as many bytes under way as there is memory for.
    """
    with service.in_flight.hold(account.id):
        async with service.bodies.hold(account, _announced_bytes(request, service.limits.body_bytes)):
            yield


def _announced_bytes(request: Request[Any, Any, Any], limit: int) -> int:
    """Return how long the body may become."""
    announced = request.headers.get("content-length", "")
    is_announced = announced.isascii() and announced.isdigit() and "transfer-encoding" not in request.headers
    length = int(announced[:20]) if is_announced else limit
    return max(_SMALLEST, min(length, limit))
