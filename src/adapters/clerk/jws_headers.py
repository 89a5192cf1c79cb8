"""What may be read of a JWT before its signature is verified."""

from dataclasses import dataclass
from typing import Self

from adapters.clerk.refusals import Refusal, require
from adapters.clerk.strict_encoding import decode_base64url, decode_object
from application.errors import NotAuthenticatedError

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
            raise NotAuthenticatedError(Refusal.MALFORMED_HEADER.value) from None
        require(header.get("alg") == "RS256", Refusal.WRONG_ALGORITHM)
        require(header.get("typ") == "JWT", Refusal.WRONG_TYPE)
        # "b64" changes what is signed (RFC 7797) and is only valid when critical.
        require("crit" not in header and "b64" not in header, Refusal.CRITICAL_EXTENSION)
        require(not any(name in header for name in _KEYS_IN_THE_HEADER), Refusal.BRINGS_ITS_KEY)
        if "cat" in header:
            require(header["cat"] == category, Refusal.WRONG_CATEGORY)
        else:
            require(allow_missing_category, Refusal.MISSING_CATEGORY)
        kid = header.get("kid")
        if not isinstance(kid, str) or not kid:
            raise NotAuthenticatedError(Refusal.WRONG_KEY_ID.value)
        return cls(kid)
