"""When a verified token is good. Times are in seconds since 1970."""

from adapters.clerk.claims import Claims
from adapters.clerk.refusals import Refusal, require

SKEW_SECONDS = 5


def check_validity(claims: Claims, *, now: float, max_lifetime: float) -> None:
    """Return if the token is good now, give or take the skew, and was issued for no longer than allowed.

    Raises:
        NotAuthenticatedError: A time is missing or odd, the token is expired or not yet valid, or lives too long.
    """
    issued_at = claims.instant("iat", Refusal.WRONG_ISSUE_TIME)
    expires_at = claims.instant("exp", Refusal.WRONG_EXPIRY)
    check_not_expired(expires_at, now=now)
    require(issued_at <= now + SKEW_SECONDS, Refusal.ISSUED_IN_FUTURE)
    require(issued_at < expires_at, Refusal.WRONG_EXPIRY)
    require(expires_at - issued_at <= max_lifetime, Refusal.LIFETIME_TOO_LONG)
    if "nbf" in claims:
        not_before = claims.instant("nbf", Refusal.WRONG_NOT_BEFORE)
        require(not_before <= now + SKEW_SECONDS, Refusal.NOT_YET_VALID)


def check_not_expired(expires_at: float, *, now: float) -> None:
    """Return if a token that expires then is still good now.

    Raises:
        NotAuthenticatedError: It is not.
    """
    require(now < expires_at + SKEW_SECONDS, Refusal.EXPIRED)
