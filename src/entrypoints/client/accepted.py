"""Waiting for a registration that the registry does later."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from entrypoints.client.errors import OutOfReachError, RefusedError
from entrypoints.client.retrying_client import RetryingClient, members

_LOCATION = re.compile(r"/registrations/[0-9a-f-]{36}")
_VERSION = re.compile(r"/providers/[!-~]+")
_REGISTRY = "the registry"
_PAUSE = 2.0
_LONGEST_WAIT = 1_800.0
_ABANDONED = "build_abandoned"

OnWait = Callable[[float], None]
"""Called after each look with the seconds elapsed."""


def wait_for_version(
    client: RetryingClient, registry_url: str, accepted: httpx.Response, on_wait: OnWait
) -> Mapping[str, Any]:
    """Return the version that an accepted registration published.

    Raises:
        RefusedError: It failed, or the answer is none of a registry.
        OutOfReachError: It has not ended for half an hour, the registry gave up, or does not answer.
    """
    base, location = registry_url.rstrip("/"), accepted.headers.get("Location", "")
    if not _LOCATION.fullmatch(location):
        raise _unexpected(accepted)
    started = time.monotonic()
    while True:
        response = client.get(_REGISTRY, base + location)
        shown = members(response)
        if response.status_code == httpx.codes.SEE_OTHER and _VERSION.fullmatch(response.headers.get("Location", "")):
            return members(client.get(_REGISTRY, base + response.headers["Location"]))
        if response.status_code != httpx.codes.OK:
            raise _unexpected(response)
        if shown.get("status") == "failed":
            raise _failure(shown, accepted)
        elapsed = time.monotonic() - started
        on_wait(elapsed)
        if elapsed > _LONGEST_WAIT:
            raise OutOfReachError("the registry still fetches and verifies the wheel. Running this again is safe")
        time.sleep(_PAUSE)


def _failure(shown: Mapping[str, Any], accepted: httpx.Response) -> RefusedError | OutOfReachError:
    code, detail = str(shown.get("code")), str(shown.get("detail"))
    if code == _ABANDONED:
        return OutOfReachError(f"{detail}. Running this again is safe")
    status = httpx.codes.CONFLICT if code.endswith("_conflict") else httpx.codes.UNPROCESSABLE_ENTITY
    return RefusedError(detail, code=code, status=status, request_id=accepted.headers.get("X-Request-ID"))


def _unexpected(response: httpx.Response) -> RefusedError:
    problem = members(response)
    return RefusedError(
        str(problem.get("detail") or f"the registry answered {response.status_code}, not as a registry would"),
        code=str(problem.get("code") or "unexpected_answer"),
        status=response.status_code,
        request_id=response.headers.get("X-Request-ID"),
    )
