"""Reading a published key set (RFC 7517)."""

from typing import Literal

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from adapters.clerk.strict_encoding import decode_base64url

_MODULUS_BITS = range(2048, 8193)
_EXPONENT_BITS = range(2, 33)


class MalformedKeySetError(ValueError):
    """Not a key set, or one without a usable key."""


class _Jwk(msgspec.Struct, frozen=True):
    kty: Literal["RSA"]
    kid: str
    n: str
    e: str
    use: Literal["sig"] = "sig"
    alg: Literal["RS256"] = "RS256"


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[msgspec.Raw]


def read_keys(body: bytes) -> dict[str, RSAKey]:
    """Return the usable keys by id: RSA for RS256 signatures, from 2048 to 8192 bits. Others are passed over.

    Raises:
        MalformedKeySetError: The body is no key set, or no key in it is usable.
    """
    try:
        entries = msgspec.json.decode(body, type=_KeySet).keys
    except (ValueError, RecursionError) as error:
        raise MalformedKeySetError from error
    keys: dict[str, RSAKey] = {}
    for entry in entries:
        try:
            jwk = msgspec.json.decode(entry, type=_Jwk)
            # Of two keys under one id, the first counts: the order is Clerk's.
            keys.setdefault(jwk.kid, _import(jwk))
        except (JoseError, ValueError, RecursionError):
            continue
    if not keys:
        raise MalformedKeySetError
    return keys


def _import(jwk: _Jwk) -> RSAKey:
    modulus, exponent = (int.from_bytes(decode_base64url(text)) for text in (jwk.n, jwk.e))
    if modulus.bit_length() not in _MODULUS_BITS or exponent.bit_length() not in _EXPONENT_BITS:
        raise ValueError("an RSA key too weak or too costly to use")
    return RSAKey.import_key({"kty": "RSA", "n": jwk.n, "e": jwk.e, "use": "sig", "alg": "RS256"})
