"""Tokens of the client: where they come from, and what they say when the registry does not take them."""

import base64
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from domain.names import ProviderName
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.retrying_client import RetryingClient, members
from entrypoints.settings import ClientSettings

TOKEN_SECONDS = 1800
"""How long a minted token lives: enough for every attempt."""
_TOKEN = re.compile(r"[!-~]+")  # what a header can carry
_NO_TOKEN = "set REGISTRY_MACHINE_SECRET_KEY to mint a token with, or REGISTRY_TOKEN"  # noqa: S105 -- no secret
_MINT = "unset REGISTRY_TOKEN and set REGISTRY_MACHINE_SECRET_KEY, so that each run mints its own, or set a fresh token"
_LONGEST_CLAIM = 100


def require_credentials(settings: ClientSettings) -> None:
    """Refuse settings without a token, before anything is waited for.

    Raises:
        UnusableError: There is neither a token nor a secret to mint one with.
    """
    if settings.token is None and settings.machine_secret_key is None:
        raise UnusableError(_NO_TOKEN)


def obtain_token(client: RetryingClient, settings: ClientSettings) -> str:
    """Return the token that is set, or a fresh one of the machine whose secret is set.

    Raises:
        UnusableError: Neither is set.
        RefusedError: Clerk does not take the secret.
        OutOfReachError: Clerk did not answer.
    """
    if settings.token is not None:
        return settings.token.reveal()
    if settings.machine_secret_key is None:
        raise UnusableError(_NO_TOKEN)
    return mint_token(client, settings.clerk_api_url, settings.machine_secret_key.reveal())


def mint_token(client: RetryingClient, api_url: str, secret: str) -> str:
    """Return a fresh token of the machine whose secret this is. Raises as ``obtain_token``."""
    asked = msgspec.json.encode({"token_format": "opaque", "seconds_until_expiration": TOKEN_SECONDS, "claims": None})
    whom = f"Clerk at {httpx.URL(api_url).netloc.decode()} (REGISTRY_CLERK_API_URL)"
    response = client.post(whom, f"{api_url.rstrip('/')}/v1/m2m_tokens", bearer=secret, body=asked)
    token = members(response).get("token")
    if response.status_code != httpx.codes.CREATED or not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise RefusedError(
            f"Clerk answered {response.status_code} and minted no token; check REGISTRY_MACHINE_SECRET_KEY and "
            "REGISTRY_CLERK_API_URL",
            code="token_not_minted",
            status=response.status_code,
        )
    return token


def advice(code: str, name: ProviderName, token: str, *, now: float | None = None) -> str | None:
    """Return what to do about a refusal of a token, or of a namespace; None if the registry's sentence says it all."""
    if code == "route_not_found":
        return _no_realm(name)
    if code != "not_authenticated":
        return None
    claims = _claims(token)
    subject = str(claims.get("sub", ""))
    if name.is_platform and (token.startswith("ak_") or subject.startswith("user_")):
        return (
            f"{name} is a provider of the platform, which takes a machine's token, and this one is a customer's; write "
            f'provider = "ORGANISATION/{name.name}" with the slug of your organisation'
        )
    if not name.is_platform and (token.startswith("mt_") or subject.startswith("mch_")):
        return (
            f"{name} is a provider of the organisation {name.prefix}, which takes its API key or session token in "
            f"REGISTRY_TOKEN, and this token is a machine's; write provider = \"{name.name}\" for the platform's"
        )
    return _about(claims, time.time() if now is None else now)


def _no_realm(name: ProviderName) -> str:
    if name.is_platform:
        return f"this registry takes no providers of the platform, such as {name}; check REGISTRY_URL"
    return (
        f"{name} is a provider of the organisation {name.prefix}, and this registry has no realm for customers; "
        f'write provider = "{name.name}" for platform/{name.name}, or check REGISTRY_URL'
    )


def _about(claims: Mapping[str, Any], now: float) -> str:
    said = [f"{label} {_shown(claims[claim])}" for claim, label in _LABELS.items() if claim in claims]
    of_whom = f" ({', '.join(said)})" if said else ""
    expires = claims.get("exp")
    if not claims or not isinstance(expires, int | float) or isinstance(expires, bool):
        return f"this token{of_whom} does not say when it expires, and may have expired or been revoked; {_MINT}"
    if expires <= now:
        return f"this token{of_whom} expired {_span(now - expires)} ago; {_MINT}"
    return (
        f"this token{of_whom} is valid for {_span(expires - now)} more, so it is not its age; check that it was minted "
        "for this registry, or ask an operator for the reason under the request id"
    )


_LABELS = {"aud": "audience", "sub": "subject"}


def _claims(token: str) -> dict[str, Any]:
    """Return what a signed token says, unverified; nothing for an opaque one."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)), type=dict[str, Any])
    except (ValueError, RecursionError):
        return {}


def _shown(claim: object) -> str:
    text = ", ".join(map(str, claim)) if isinstance(claim, list) else str(claim)
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:_LONGEST_CLAIM])


def _span(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds:.0f} s"
