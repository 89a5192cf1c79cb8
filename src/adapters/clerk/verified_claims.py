"""Claims that are known to be the issuer's."""

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.registry import HeaderParameter

from adapters.clerk.instants import as_instant
from adapters.clerk.refusals import Refusal
from adapters.clerk.shapes import MAX_TOKEN_LENGTH
from adapters.clerk.strict_encoding import decode_object
from domain.errors import NotAuthenticatedError


class _Rs256Only(jws.JWSRegistry):
    """Lets joserfc judge the algorithm alone: the header was read strictly before, and unknown parameters pass."""

    default_header_registry = {"alg": HeaderParameter("Algorithm", "str", required=True)}  # noqa: RUF012 - as in joserfc
    max_header_length = max_payload_length = max_signature_length = MAX_TOKEN_LENGTH


class VerifiedClaims:
    """The claims of a token whose signature was verified; there is no other way to make one."""

    def __init__(self, token: str, key: RSAKey) -> None:
        """Verify the signature, then read the claims.

        Raises:
            NotAuthenticatedError: The key did not sign this token, or its claims are no JSON object, or ambiguous.
        """
        registry = _Rs256Only(algorithms=["RS256"], strict_check_header=False)
        try:
            payload = jws.deserialize_compact(token, key, algorithms=["RS256"], registry=registry).payload
        except (JoseError, ValueError):
            raise NotAuthenticatedError(Refusal.BAD_SIGNATURE.value) from None
        try:
            self._members = decode_object(payload)
        except ValueError:
            raise NotAuthenticatedError(Refusal.MALFORMED_CLAIMS.value) from None

    def __contains__(self, name: str) -> bool:
        """Return whether there is such a claim."""
        return name in self._members

    def get(self, name: str) -> object:
        """Return a claim as it stands, or None."""
        return self._members.get(name)

    def text(self, name: str, refusal: Refusal) -> str:
        """Return a claim that is a string.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, str):
            return value
        raise NotAuthenticatedError(refusal.value)

    def texts(self, name: str, refusal: Refusal) -> list[str]:
        """Return a claim that is an array of strings; a single string is none.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise NotAuthenticatedError(refusal.value)

    def instant(self, name: str, refusal: Refusal) -> float:
        """Return a claim that is a NumericDate (RFC 7519 section 2), in seconds since 1970.

        Raises:
            NotAuthenticatedError: It is missing, no number, or beyond the year 9999.
        """
        return as_instant(self._members.get(name), refusal)
