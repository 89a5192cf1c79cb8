"""Admitting requests with bodies, before anything of the body is read."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, TypeVar

from litestar import Request

from application.errors import CheckBusyError, TooManyRegistrationsError
from application.scheduling import FairShare, Shares
from domain.registrants import Account
from entrypoints.http.limits import HttpLimits
from entrypoints.http.requests.bodies import read_json, read_json_bytes

_BODIES_AT_ONCE = 16
_DECODED_AT_ONCE = 2
"""One of them is a customer's at most: threads that compute take time from the event loop."""
_CHECKS_AT_ONCE = 16
"""Checks of upgrades, for which no caller has to authenticate: they share this, and have a thread of their own."""
MAX_CHECK_BYTES = 256 * 1024
_SMALLEST = 16 * 1024
"""Bytes: what a registration takes beside its body."""
T = TypeVar("T")


class Admission:
    """Shares requests in flight, memory for bodies, and threads that decode them, among accounts."""

    def __init__(self, limits: HttpLimits) -> None:
        self._body_bytes = limits.body_bytes
        self._in_flight = InFlight(limits.in_flight)
        self._bodies = FairShare(Shares.of(_BODIES_AT_ONCE * limits.body_bytes))
        self._decoding = FairShare(Shares.of(_DECODED_AT_ONCE))
        self._checks = 0
        self._decoding_checks = asyncio.Semaphore(1)

    @asynccontextmanager
    async def admit(self, request: Request[Any, Any, Any], account: Account) -> AsyncIterator[None]:
        """Count a request of an account, and the memory for its body, while the context is open.

        Raises:
            TooManyRegistrationsError: The account has as many requests or bytes under way as it may.
            TooManyFetchesError: Others have as many bytes under way as there is memory for.
        """
        with self._in_flight.hold(account.id):
            async with self._bodies.acquire(account, self._announced_bytes(request)):
                yield

    async def read_json(self, request: Request[Any, Any, Any], account: Account, make: Callable[[object], T]) -> T:
        """Return what is made of the body of an admitted request.

        Raises:
            RegistryError: See ``read_json`` of ``bodies``.
        """
        return await self.read_json_bytes(request, account, lambda body, _: make(body))

    async def read_json_bytes(
        self, request: Request[Any, Any, Any], account: Account, make: Callable[[object, bytes], T]
    ) -> T:
        """Return what is made of the body of an admitted request, decoded and as it was sent.

        Raises:
            RegistryError: See ``read_json`` of ``bodies``.
        """
        turn = partial(self._decoding.acquire, account)
        return await read_json_bytes(request, make, limit=self._body_bytes, turn=turn)

    @contextmanager
    def admit_check(self) -> Iterator[None]:
        """Count a check of an upgrade while the context is open.

        Raises:
            CheckBusyError: There are 16 already.
        """
        if self._checks >= _CHECKS_AT_ONCE:
            raise CheckBusyError("as many upgrades are being checked as may be at once; try again")
        self._checks += 1
        try:
            yield
        finally:
            self._checks -= 1

    async def read_check(self, request: Request[Any, Any, Any], make: Callable[[object], T]) -> T:
        """Return what is made of the body of an admitted check, of at most 256 KiB.

        Raises:
            RegistryError: See ``read_json`` of ``bodies``.
        """
        return await read_json(request, make, limit=MAX_CHECK_BYTES, turn=lambda: self._decoding_checks)

    def _announced_bytes(self, request: Request[Any, Any, Any]) -> int:
        """Return how long the body may become."""
        announced = request.headers.get("content-length", "")
        is_announced = announced.isascii() and announced.isdigit() and "transfer-encoding" not in request.headers
        length = int(announced[:20]) if is_announced else self._body_bytes
        return max(_SMALLEST, min(length, self._body_bytes))


class InFlight:
    """Bounds registrations in flight per caller, within this process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: Counter[str] = Counter()

    @contextmanager
    def hold(self, caller: str) -> Iterator[None]:
        """Count one registration while the context is open.

        Raises:
            TooManyRegistrationsError: The caller has as many as it may.
        """
        if self._held[caller] >= self._limit:
            raise TooManyRegistrationsError(
                f"{caller} has {self._limit} registrations in flight; wait for one to finish and send this again"
            )
        self._held[caller] += 1
        try:
            yield
        finally:
            self._held[caller] -= 1
            if not self._held[caller]:
                del self._held[caller]
