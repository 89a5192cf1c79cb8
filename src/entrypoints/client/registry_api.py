"""Handing an announcement to a registry."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

import httpx
import msgspec

from domain.names import ProviderName
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.retrying_client import RetryingClient, members

TOKEN_SECONDS = 1800
"""How long a minted token lives: enough for every attempt."""
TIMEOUT = httpx.Timeout(30, connect=10, read=300)
"""Seconds. The registry fetches and checks the wheel before it answers."""
_TOKEN = re.compile(r"[!-~]+")  # what a header can carry


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        outcome: ``created``, ``unchanged``, or, on a dry run only, ``conflict``.
        version: As the registry shows it.
        verification: The verdict on the wheel, on a dry run.
        code: The code of a conflict.
        detail: The sentence of a conflict.
    """

    outcome: Literal["created", "unchanged", "conflict"]
    dry_run: bool = False
    version: dict[str, Any] | None = None
    verification: dict[str, Any] | None = None
    code: str | None = None
    detail: str | None = None
    differences: list[str] | None = None
    existing_status: str | None = None


def mint_token(client: RetryingClient, api_url: str, secret: str) -> str:
    """Return a fresh token of the machine whose secret this is.

    Raises:
        RefusedError: Clerk does not take the secret.
        OutOfReachError: Clerk did not answer.
    """
    asked = msgspec.json.encode({"token_format": "opaque", "seconds_until_expiration": TOKEN_SECONDS, "claims": None})
    answer = client.post("Clerk", f"{api_url.rstrip('/')}/v1/m2m_tokens", bearer=secret, body=asked)
    token = members(answer).get("token")
    if answer.status_code != httpx.codes.CREATED or not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise RefusedError(
            f"Clerk answered {answer.status_code} and minted no token; check REGISTRY_MACHINE_SECRET_KEY and "
            "REGISTRY_CLERK_API_URL",
            code="token_not_minted",
            status=answer.status_code,
        )
    return token


def register(
    client: RetryingClient, registry_url: str, token: str, announcement: Mapping[str, object], *, dry_run: bool
) -> Registration:
    """Register what is announced, or ask what would come of it. Repeats are safe: the registry tells them apart.

    Raises:
        RefusedError: The registry will not register it.
        OutOfReachError: It did not answer.
        UnusableError: What is announced cannot be written as JSON.
    """
    name = ProviderName.parse(str(announcement["name"]))
    route = "/console/provider-versions" if name.is_platform else "/provider-versions"
    answer = client.post(
        "the registry",
        f"{registry_url.rstrip('/')}{route}",
        bearer=token,
        body=_encoded(announcement),
        query={"dry_run": "true"} if dry_run else None,
        timeout=TIMEOUT,
    )
    if answer.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
        raise _refusal(answer, members(answer))
    told = _told(answer, dry_run=dry_run)
    if told is None or not _is_of(told, announcement):
        raise _refusal(answer, {})
    return told


def _encoded(announcement: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(announcement, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:  # half of a surrogate pair, a number beyond a double, or too deep
        raise UnusableError(f"what would be announced cannot be written as JSON in UTF-8: {error}") from None


def _told(answer: httpx.Response, *, dry_run: bool) -> Registration | None:
    """Return what the answer says came of it, or None if it says nothing of the kind."""
    if not dry_run:
        outcome: Literal["created", "unchanged"] = (
            "created" if answer.status_code == httpx.codes.CREATED else "unchanged"
        )
        return Registration(outcome=outcome, version=members(answer))
    try:
        return msgspec.convert({**members(answer), "dry_run": True}, Registration)
    except msgspec.ValidationError:
        return None


def _is_of(told: Registration, announcement: Mapping[str, object]) -> bool:
    """Tell whether the version is the announced one: anything may answer 200 at a mistyped address."""
    if told.outcome == "conflict":
        return True
    shown = told.version or {}
    return (shown.get("canonical"), shown.get("version")) == (announcement["name"], announcement["version"])


def _refusal(answer: httpx.Response, problem: Mapping[str, Any]) -> RefusedError:
    errors = problem.get("errors")
    return RefusedError(
        str(problem.get("detail") or f"the registry answered {answer.status_code}, not as a registry would"),
        code=str(problem.get("code") or "unexpected_answer"),
        status=answer.status_code,
        errors=[error for error in errors if _is_field(error)] if isinstance(errors, list) else (),
        request_id=answer.headers.get("X-Request-ID"),
    )


def _is_field(error: object) -> bool:
    return isinstance(error, dict) and isinstance(error.get("loc", []), list)
