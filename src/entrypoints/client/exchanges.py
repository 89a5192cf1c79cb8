"""Asking over HTTP, again where that is safe and of use."""

import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from entrypoints.client.errors import OutOfReachError

ATTEMPTS = 6
LONGEST_PAUSE = 60.0
_FIRST_PAUSE = 0.5
_RETRIED = {429, 502, 503, 504}
_LONGEST_DIGITS = 9
TIMEOUT = httpx.Timeout(30)
"""Seconds."""

Note = Callable[[str], None]


def new_http_client(ca_bundle: Path | None) -> httpx.Client:
    """Open a client that follows no redirects, since requests carry tokens, and trusts a bundle beside the usual."""
    context = httpx.create_ssl_context()
    # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    fresh = httpx.Limits(max_keepalive_connections=0)  # a kept connection would go stale in the pauses
    return httpx.Client(verify=context, timeout=TIMEOUT, limits=fresh, follow_redirects=False)


class Exchanges:
    """Sends requests that are safe to repeat, and repeats them while the answer is a passing one."""

    def __init__(self, http: httpx.Client, note: Note, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take a client, whoever wants to read about each failure, and how to wait."""
        self._http = http
        self._note = note
        self._sleep = sleep

    def post(
        self,
        whom: str,
        url: str,
        *,
        bearer: str,
        body: Mapping[str, object],
        query: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> httpx.Response:
        """Return the first answer that is not 429, 502, 503 or 504; wait as ``Retry-After`` says, or ever longer.

        Raises:
            OutOfReachError: There was none in six attempts.
        """
        pause, problem = _FIRST_PAUSE, ""
        for attempt in range(1, ATTEMPTS + 1):
            wait = pause
            try:
                headers = {"Authorization": f"Bearer {bearer}"}
                answer = self._http.post(url, json=body, params=query, headers=headers, timeout=timeout)
            except httpx.RequestError as error:
                problem = f"{whom} could not be reached ({type(error).__name__})"
            else:
                if answer.status_code not in _RETRIED:
                    return answer
                problem = f"{whom} answered {answer.status_code}{_said(answer)}"
                wait = _asked_pause(answer, otherwise=pause)
            if attempt < ATTEMPTS:
                self._note(f"{problem}; attempt {attempt + 1} of {ATTEMPTS} in {wait:g} s")
                self._sleep(wait)
                pause *= 2
        raise OutOfReachError(f"asked {ATTEMPTS} times; at last {problem}. Running this again is safe")


def members(answer: httpx.Response) -> dict[str, Any]:
    """Return the members of an answer's JSON object; none if it is none."""
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _said(answer: httpx.Response) -> str:
    detail = members(answer).get("detail")
    return f": {detail}" if isinstance(detail, str) else ""


def _asked_pause(answer: httpx.Response, *, otherwise: float) -> float:
    """Return the seconds in ``Retry-After``, a minute at most. Neither the registry nor Clerk sends dates."""
    text = answer.headers.get("Retry-After", "").strip()
    if not (text.isascii() and text.isdigit()):
        return otherwise
    return min(float(text[:_LONGEST_DIGITS]), LONGEST_PAUSE)
