"""What callers without a good token can make us spend. Clerk charges for each verification."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

import structlog

from adapters.clerk.api import unavailable
from adapters.clerk.expiring_cache import ExpiringCache
from adapters.instrumentation import AuthorityObserver
from application.errors import NotAuthenticatedError

_Caller = TypeVar("_Caller")
_log = structlog.get_logger()


class Declined(StrEnum):
    """Why a secret was not verified."""

    REFUSED_BEFORE = "refused_before"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationBounds:
    """How much is spent, per process. Durations are in seconds.

    Attributes:
        at_once: Verifications under way.
        at_once_unknown: Of these, verifications of secrets that were never good.
        failures: Verifications in one window that end in a refusal, before secrets that were never good are declined.
        window: How long failures count.
        refusal_lifetime: How long a refusal is remembered.
        known: How many refusals, and how many good secrets, are remembered, by hash.
        known_lifetime: How long a secret counts as one that was good.
    """

    at_once: int = 32
    at_once_unknown: int = 16
    failures: int = 300
    window: float = 60.0
    refusal_lifetime: float = 60.0
    known: int = 10_000
    known_lifetime: float = 86_400.0


DEFAULT_BOUNDS = VerificationBounds()


class VerificationLimits:
    """Decides whether a secret is verified at all.

    Refusals are remembered briefly, since a refused secret never becomes good. Acceptance is not: a secret that was
    good before is verified each time, so that a revocation counts at once. It only keeps its share of the places.
    """

    def __init__(self, bounds: VerificationBounds, monotonic: Callable[[], float], observer: AuthorityObserver) -> None:
        self._bounds = bounds
        self._monotonic = monotonic
        self._observer = observer
        self._refused = ExpiringCache[str](lifetime=bounds.refusal_lifetime, size=bounds.known, monotonic=monotonic)
        self._good = ExpiringCache[bool](lifetime=bounds.known_lifetime, size=bounds.known, monotonic=monotonic)
        self._under_way = 0
        self._failures = 0
        self._window_began = monotonic()

    async def verify(self, secret: str, verification: Callable[[], Awaitable[_Caller]]) -> _Caller:
        """Return what a verification of a secret returns.

        Raises:
            NotAuthenticatedError: The secret was refused, now or a short while ago.
            TokenAuthorityUnavailableError: It was not verified, since too much is being spent.
        """
        key = sha256(secret.encode(errors="surrogatepass")).hexdigest()
        reason = self._refused.get(key)
        if reason is not None:
            self._observer.verification_declined(Declined.REFUSED_BEFORE.value)
            raise NotAuthenticatedError(reason)
        self._admit(is_known=self._good.get(key) is not None)
        self._under_way += 1
        try:
            caller = await verification()
        except NotAuthenticatedError as error:
            self._refused.put(key, error.reason)
            self._failures += 1
            raise
        finally:
            self._under_way -= 1
        self._good.put(key, True)  # noqa: FBT003 - only the key matters
        return caller

    def _admit(self, *, is_known: bool) -> None:
        now = self._monotonic()
        if now - self._window_began >= self._bounds.window:
            self._window_began, self._failures = now, 0
        if self._under_way >= (self._bounds.at_once if is_known else self._bounds.at_once_unknown):
            self._decline(Declined.TOO_MANY_AT_ONCE, retry_after=1)
        if not is_known and self._failures >= self._bounds.failures:
            self._decline(Declined.BUDGET_SPENT, retry_after=int(self._window_began + self._bounds.window - now) + 1)

    def _decline(self, why: Declined, *, retry_after: int) -> None:
        _log.info("verification_declined", why=why.value)
        self._observer.verification_declined(why.value)
        raise unavailable(retry_after)
