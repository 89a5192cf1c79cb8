"""The fake's signing key."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

Json = Mapping[str, Any]


def encode_segment(content: Json | bytes) -> str:
    """Return a segment of a compact token; bytes go in as they are, so that a test can write what no encoder would."""
    data = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """An RSA key of 2048 bits, made anew for each instance."""

    def __init__(self, kid: str | None = None) -> None:
        self.kid = kid or f"ins_{secrets.token_hex(12)}"
        self._key = RSAKey.generate_key(2048)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half, as Clerk publishes it."""
        public = self._key.as_dict(private=False)
        return {
            "use": "sig",
            "kty": "RSA",
            "kid": self.kid,
            "alg": "RS256",
            "n": str(public["n"]),
            "e": str(public["e"]),
        }

    @property
    def public_pem(self) -> bytes:
        """The public half in PEM."""
        return self._key.as_pem(private=False)

    def sign(self, header: Json | bytes, claims: Json | bytes) -> str:
        """Return a compact token over exactly this header and these claims, signed with RS256 whatever they say."""
        signing_input = f"{encode_segment(header)}.{encode_segment(claims)}"
        signature = JWSRegistry.algorithms["RS256"].sign(signing_input.encode(), self._key)
        return f"{signing_input}.{encode_segment(signature)}"
