"""The published keys of one issuer (RFC 7517), cached."""

import asyncio
from collections.abc import Callable
from typing import Literal

import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from adapters.clerk.api import ClerkApi, unavailable
from adapters.clerk.realms import ClerkInstance
from adapters.clerk.token_checks import RejectionReason, decode_base64url
from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError

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


_log = structlog.get_logger()


class JwksCache:
    """Keeps one issuer's keys; never share it between issuers.

    Keys are fetched again when they are old or a key id is unknown, by one request at a time, and after any request not
    before the cool-down is over. While fetching fails, the keys already known stay in use.
    """

    def __init__(self, instance: ClerkInstance, api: ClerkApi, monotonic: Callable[[], float]) -> None:
        self._instance = instance
        self._api = api
        self._monotonic = monotonic
        self._keys: dict[str, RSAKey] = {}
        self._fetched_at: float | None = None
        self._attempted_at: float | None = None
        self._failure: TokenAuthorityUnavailableError | None = None
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> RSAKey:
        """Return the key with that id.

        Raises:
            NotAuthenticatedError: The issuer publishes no such key.
            TokenAuthorityUnavailableError: The key is not known and the keys could not be fetched.
        """
        if kid not in self._keys or not self._younger(self._fetched_at, self._instance.keys_lifetime):
            await self._refresh()
        key = self._keys.get(kid)
        if key is not None:
            return key
        if self._failure is not None:
            raise unavailable(self._failure.retry_after)
        raise NotAuthenticatedError(RejectionReason.UNKNOWN_KEY.value)

    async def aclose(self) -> None:
        """Give up a fetch that is under way."""
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.wait([self._fetch])

    async def _refresh(self) -> None:
        if self._fetch is None or self._fetch.done():
            if self._younger(self._attempted_at, self._instance.keys_cooldown):
                return
            self._fetch = asyncio.create_task(self._replace_keys())
        # A caller that goes away must not take the fetch from those who wait with it.
        await asyncio.shield(self._fetch)

    async def _replace_keys(self) -> None:
        try:
            response = await self._api.get_keys()
            if response.status != 200:
                self._api.invalid_response("jwks", f"status {response.status}")
            self._keys = read_keys(response.body)
            self._fetched_at, self._failure = self._monotonic(), None
            _log.debug("clerk_keys_fetched", issuer=self._instance.issuer, keys=len(self._keys))
        except MalformedKeySetError:
            _log.warning("clerk_failed", call="jwks", why="no usable keys")
            self._failure = unavailable()
        except TokenAuthorityUnavailableError as error:
            self._failure = error
        finally:
            self._attempted_at = self._monotonic()

    def _younger(self, since: float | None, seconds: float) -> bool:
        return since is not None and self._monotonic() - since < seconds
