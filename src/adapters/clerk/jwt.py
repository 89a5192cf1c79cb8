"""Verifying signed tokens (RFC 7519): header, signature, claims, times."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.registry import HeaderParameter

from adapters.clerk.jwks import JwksCache
from adapters.clerk.realms import ClerkInstance
from adapters.clerk.token_checks import RejectionReason, decode_base64url, decode_object, reject_unless
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock

MAX_TOKEN_LENGTH = 16_384
# The end of the year 9999 in Unix seconds: later times are no dates, and huge integers do not become floats.
_LATEST = 253_402_300_799


def is_compact_jws(token: str) -> bool:
    """Return whether a token has the three segments of a signed JWT; an encrypted one has five."""
    return token.count(".") == 2


def as_timestamp(value: object, refusal: RejectionReason, *, per_second: int = 1) -> float:
    """Return a time in seconds since 1970, from a number in fractions of a second; ``True`` is none, nor is infinity.

    Raises:
        NotAuthenticatedError: It is something else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST * per_second:
        return value / per_second
    raise NotAuthenticatedError(refusal.value)


class Claims:
    """The members of a token's payload. Whether they are to be believed is for the subclass to say."""

    def __init__(self, members: Mapping[str, object]) -> None:
        self._members = members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def get(self, name: str) -> object:
        return self._members.get(name)

    def text(self, name: str, refusal: RejectionReason) -> str:
        """Return a claim that is a string.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, str):
            return value
        raise NotAuthenticatedError(refusal.value)

    def texts(self, name: str, refusal: RejectionReason) -> list[str]:
        """Return a claim that is an array of strings; a single string is none.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise NotAuthenticatedError(refusal.value)

    def timestamp_claim(self, name: str, refusal: RejectionReason) -> float:
        """Return a claim that is a NumericDate (RFC 7519 section 2), in seconds since 1970.

        Raises:
            NotAuthenticatedError: It is missing, no number, or beyond the year 9999.
        """
        return as_timestamp(self._members.get(name), refusal)


SKEW_SECONDS = 5


def check_validity(claims: Claims, *, now: float, max_lifetime: float) -> None:
    """Return if the token is good now, give or take the skew, and was issued for no longer than allowed.

    Raises:
        NotAuthenticatedError: A time is missing or odd, the token is expired or not yet valid, or lives too long.
    """
    issued_at = claims.timestamp_claim("iat", RejectionReason.WRONG_ISSUE_TIME)
    expires_at = claims.timestamp_claim("exp", RejectionReason.WRONG_EXPIRY)
    check_not_expired(expires_at, now=now)
    reject_unless(issued_at <= now + SKEW_SECONDS, RejectionReason.ISSUED_IN_FUTURE)
    reject_unless(issued_at < expires_at, RejectionReason.WRONG_EXPIRY)
    reject_unless(expires_at - issued_at <= max_lifetime, RejectionReason.LIFETIME_TOO_LONG)
    if "nbf" in claims:
        not_before = claims.timestamp_claim("nbf", RejectionReason.WRONG_NOT_BEFORE)
        reject_unless(not_before <= now + SKEW_SECONDS, RejectionReason.NOT_YET_VALID)


def check_not_expired(expires_at: float, *, now: float) -> None:
    """Return if a token that expires then is still good now.

    Raises:
        NotAuthenticatedError: It is not.
    """
    reject_unless(now < expires_at + SKEW_SECONDS, RejectionReason.EXPIRED)


MACHINE_CATEGORY = "cl_B7d4PD333AAA"
SESSION_CATEGORY = "cl_B7d4PD111AAA"
_KEYS_IN_THE_HEADER = ("jku", "jwk", "x5u", "x5c")


@dataclass(frozen=True, slots=True)
class UnverifiedHeader:
    """What a header claims; good for refusing the token early and for choosing the key, and for nothing else."""

    kid: str

    @classmethod
    def read(cls, segment: str, *, category: str, allow_missing_category: bool) -> Self:
        """Read the first segment of a compact token.

        Parameters that are not known are ignored, as Clerk asks. Those by which a token would bring its own key are
        refused: nothing that a token names is ever fetched or trusted.

        Raises:
            NotAuthenticatedError: The header is malformed, or not that of an RS256 JWT of the category.
        """
        try:
            header = decode_object(decode_base64url(segment))
        except ValueError:
            raise NotAuthenticatedError(RejectionReason.MALFORMED_HEADER.value) from None
        reject_unless(header.get("alg") == "RS256", RejectionReason.WRONG_ALGORITHM)
        reject_unless(header.get("typ") == "JWT", RejectionReason.WRONG_TYPE)
        # "b64" changes what is signed (RFC 7797) and is only valid when critical.
        reject_unless("crit" not in header and "b64" not in header, RejectionReason.CRITICAL_EXTENSION)
        reject_unless(not any(name in header for name in _KEYS_IN_THE_HEADER), RejectionReason.BRINGS_ITS_KEY)
        if "cat" in header:
            reject_unless(header["cat"] == category, RejectionReason.WRONG_CATEGORY)
        else:
            reject_unless(allow_missing_category, RejectionReason.MISSING_CATEGORY)
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise NotAuthenticatedError(RejectionReason.WRONG_KEY_ID.value)
        return cls(kid)


class _Rs256Only(jws.JWSRegistry):
    """Lets joserfc check the algorithm only: the header was validated before, and unknown parameters pass."""

    default_header_registry = {"alg": HeaderParameter("Algorithm", "str", required=True)}  # noqa: RUF012 - as in joserfc
    max_header_length = max_payload_length = max_signature_length = MAX_TOKEN_LENGTH


_RS256_ONLY = _Rs256Only(algorithms=["RS256"], strict_check_header=False)


class VerifiedClaims(Claims):
    """The claims of a token whose signature was verified; there is no other way to make one."""

    def __init__(self, token: str, key: RSAKey) -> None:
        """Verify the signature, then read the claims.

        Raises:
            NotAuthenticatedError: The key did not sign this token, or its claims are no JSON object, or ambiguous.
        """
        try:
            payload = jws.deserialize_compact(token, key, algorithms=["RS256"], registry=_RS256_ONLY).payload
        except (JoseError, ValueError):
            raise NotAuthenticatedError(RejectionReason.BAD_SIGNATURE.value) from None
        try:
            members = decode_object(payload)
        except ValueError:
            raise NotAuthenticatedError(RejectionReason.MALFORMED_CLAIMS.value) from None
        super().__init__(members)


class SignedTokenReader:
    """Reads JWTs of one category against the issuer's published keys, without asking Clerk per token."""

    def __init__(self, instance: ClerkInstance, keys: JwksCache, clock: Clock, *, category: str) -> None:
        self._instance = instance
        self._keys = keys
        self._clock = clock
        self._category = category

    async def read(self, token: str) -> VerifiedClaims:
        """Return the claims of a token of three segments that the instance signed and that is good now.

        Header comes first, then the signature, then claims. The caller checks what the claims say of the holder.

        Raises:
            NotAuthenticatedError: A check failed.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        header = UnverifiedHeader.read(
            token.partition(".")[0],
            category=self._category,
            allow_missing_category=self._instance.allow_missing_category,
        )
        claims = VerifiedClaims(token, await self._keys.find(header.kid))
        check_issue(claims, self._instance, now=self._clock.now().timestamp())
        return claims


def check_issue(claims: Claims, instance: ClerkInstance, *, now: float) -> None:
    """Return if claims name the instance as their issuer and are good now, in seconds since 1970.

    Raises:
        NotAuthenticatedError: They do not, or are not.
    """
    reject_unless(claims.get("iss") == instance.issuer, RejectionReason.WRONG_ISSUER)
    check_validity(claims, now=now, max_lifetime=instance.max_lifetime)
