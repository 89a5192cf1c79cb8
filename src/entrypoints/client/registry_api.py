"""The registry's API, as a release uses it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import httpx
import msgspec

from domain.names import ProviderName
from entrypoints.client.accepted import OnWait, wait_for_version
from entrypoints.client.credentials import advice
from entrypoints.client.errors import ClientError, RefusedError, UnusableError
from entrypoints.client.retrying_client import RetryingClient, members

TIMEOUT = httpx.Timeout(30, connect=10, read=300)
"""Seconds. The registry fetches and checks the wheel before it answers."""


class RegistrationResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a registration.

    Attributes:
        outcome: ``created``, ``unchanged``, or, on a dry run only, ``conflict``.
        version: As the registry shows it.
        verification: The verdict on the wheel, on a dry run.
        compatibility: The comparison with the version before, if there is one.
        code: The code of a conflict.
        detail: The sentence of a conflict.
    """

    outcome: Literal["created", "unchanged", "conflict"]
    dry_run: bool = False
    version: dict[str, Any] | None = None
    verification: dict[str, Any] | None = None
    compatibility: dict[str, Any] | None = None
    code: str | None = None
    detail: str | None = None
    differences: list[str] | None = None
    existing_status: str | None = None


def register(
    client: RetryingClient,
    registry_url: str,
    token: str,
    announcement: Mapping[str, object],
    *,
    dry_run: bool,
    attestations: Sequence[bytes] = (),
    later: OnWait | None = None,
) -> RegistrationResult:
    """Register an announcement, or dry-run it. Safe to repeat: a repeat of the same content writes nothing.

    Attestations, which are JSON, are sent byte for byte.

    With ``later``, ask the registry not to answer as late as when all is done; it is called while that goes on.

    Raises:
        RefusedError: The registry will not register it.
        OutOfReachError: It did not answer.
        UnusableError: What is announced cannot be written as JSON.
    """
    name = ProviderName.parse(str(announcement["name"]))
    route = "/console/provider-versions" if name.is_platform else "/provider-versions"
    response = client.post(
        "the registry",
        f"{registry_url.rstrip('/')}{route}",
        bearer=token,
        body=_encoded(announcement, attestations),
        query={"dry_run": "true"} if dry_run else None,
        fields=None if later is None else {"Prefer": "respond-async"},
        timeout=TIMEOUT,
    )
    if later is not None and response.status_code == httpx.codes.ACCEPTED:
        version = dict(wait_for_version(client, registry_url, response, later))
        published = RegistrationResult(outcome="created", version=version)
        if not _is_of(published, announcement):
            raise unexpected(response)
        return _with_changes(client, registry_url, published)
    if response.status_code not in {httpx.codes.OK, httpx.codes.CREATED}:
        raise refusal_of(response, name, token)
    result = _result(response, dry_run=dry_run)
    if result is None or not _is_of(result, announcement):
        raise unexpected(response)
    return result if dry_run else _with_changes(client, registry_url, result)


def _with_changes(client: RetryingClient, registry_url: str, result: RegistrationResult) -> RegistrationResult:
    """Return a result with what changed since the version before, if the registry says it: it is registered anyway."""
    version = result.version or {}
    if not version.get("compatibility"):
        return result
    path = f"/providers/{version['canonical']}/versions/{quote(version['version'], safe='+')}/compatibility"
    try:
        compared = members(client.get("the registry", f"{registry_url.rstrip('/')}{path}"))
    except ClientError:
        return result
    return msgspec.structs.replace(result, compatibility=compared) if "report" in compared else result


def _encoded(announcement: Mapping[str, object], attestations: Sequence[bytes]) -> bytes:
    try:
        body = json.dumps(announcement, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:  # half of a surrogate pair, a number beyond a double, or too deep
        raise UnusableError(f"what would be announced cannot be written as JSON in UTF-8: {error}") from None
    return body if not attestations else b'%s,"attestations":[%s]}' % (body[:-1], b",".join(attestations))


def _result(response: httpx.Response, *, dry_run: bool) -> RegistrationResult | None:
    """Return the result that a response describes, or None if it describes none."""
    if not dry_run:
        outcome: Literal["created", "unchanged"] = (
            "created" if response.status_code == httpx.codes.CREATED else "unchanged"
        )
        return RegistrationResult(outcome=outcome, version=members(response))
    try:
        return msgspec.convert({**members(response), "dry_run": True}, RegistrationResult)
    except msgspec.ValidationError:
        return None


def _is_of(result: RegistrationResult, announcement: Mapping[str, object]) -> bool:
    """Tell whether the result is of the announced version: at a mistyped address, any server may answer 200."""
    if result.outcome == "conflict":
        return True
    shown = result.version or {}
    return (shown.get("canonical"), shown.get("version")) == (announcement["name"], announcement["version"])


def refusal_of(response: httpx.Response, name: ProviderName, token: str) -> RefusedError:
    """Return what the registry refused, and, where its sentence cannot know it, what to do."""
    problem = members(response)
    remedy = advice(str(problem.get("code")), name, token)
    return _refusal(
        response, problem if remedy is None else {**problem, "detail": f"{problem.get('detail')}: {remedy}"}
    )


def unexpected(response: httpx.Response) -> RefusedError:
    """Return the refusal of an answer that none of the registry's would be."""
    return _refusal(response, {})


def _refusal(response: httpx.Response, problem: Mapping[str, Any]) -> RefusedError:
    errors = problem.get("errors")
    return RefusedError(
        str(problem.get("detail") or f"the registry answered {response.status_code}, not as a registry would"),
        code=str(problem.get("code") or "unexpected_answer"),
        status=response.status_code,
        errors=[error for error in errors if _is_field(error)] if isinstance(errors, list) else (),
        request_id=response.headers.get("X-Request-ID"),
    )


def _is_field(error: object) -> bool:
    return isinstance(error, dict) and isinstance(error.get("loc", []), list)
