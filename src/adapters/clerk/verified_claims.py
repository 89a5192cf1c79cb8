"""Claims that are known to be the issuer's."""

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.registry import HeaderParameter

from adapters.clerk.claims import Claims
from adapters.clerk.refusals import Refusal
from adapters.clerk.shapes import MAX_TOKEN_LENGTH
from adapters.clerk.strict_encoding import decode_object
from application.errors import NotAuthenticatedError


class _Rs256Only(jws.JWSRegistry):
    """Lets joserfc judge the algorithm alone: the header was read strictly before, and unknown parameters pass."""

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
            raise NotAuthenticatedError(Refusal.BAD_SIGNATURE.value) from None
        try:
            members = decode_object(payload)
        except ValueError:
            raise NotAuthenticatedError(Refusal.MALFORMED_CLAIMS.value) from None
        super().__init__(members)
