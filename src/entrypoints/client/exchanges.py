"""Asking over HTTP, again where that is safe and of use."""

import os
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec

from adapters.web import parse_retry_after
from entrypoints.client.errors import OutOfReachError, UnusableError
from entrypoints.client.proxies import EnvironmentTransport

ATTEMPTS = 6
LONGEST_PAUSE = 60.0
_FIRST_PAUSE = 0.5
_RETRIED = {429, 502, 503, 504}
TIMEOUT = httpx.Timeout(30, connect=10)
"""Seconds. Each address of a host may take as long as connecting may."""

Note = Callable[[str], None]


def new_http_client(ca_bundle: Path | None) -> httpx.Client:
    """Open a client that follows no redirects, since requests carry tokens, and trusts a bundle beside the usual.

    Raises:
        UnusableError: The certificates cannot be read.
    """
    try:
        tls = httpx.create_ssl_context()
        # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
        tls.verify_flags = (tls.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
        if ca_bundle is not None:
            tls.load_verify_locations(ca_bundle)
    except OSError as error:  # and ssl.SSLError is one
        named = ", ".join(name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name))
        raise UnusableError(
            f"cannot read the certificate authorities ({named or ca_bundle}): {error.strerror}"
        ) from None
    fresh = httpx.Limits(max_keepalive_connections=0)  # a kept connection would go stale in the pauses
    transport = EnvironmentTransport(tls, fresh)
    return httpx.Client(transport=transport, trust_env=False, timeout=TIMEOUT, follow_redirects=False)


class Exchanges:
    """Sends requests that are safe to repeat, and repeats them while the answer is a passing one."""

    def __init__(self, http: httpx.Client, note: Note, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._note = note
        self._sleep = sleep

    def post(
        self,
        whom: str,
        url: str,
        *,
        bearer: str,
        body: bytes,
        query: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> httpx.Response:
        """Send JSON, and return the first answer that is not 429, 502, 503 or 504.

        Waits between two attempts as ``Retry-After`` says, or ever longer.

        Raises:
            OutOfReachError: There was none in six attempts.
            UnusableError: The URL is none, or its proxy cannot be used.
        """
        pause, problem = _FIRST_PAUSE, ""
        for attempt in range(1, ATTEMPTS + 1):
            wait = pause
            try:
                headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
                answer = self._http.post(url, content=body, params=query, headers=headers, timeout=timeout)
            except httpx.InvalidURL as error:
                raise UnusableError(f"the URL of {whom} cannot be used: {error}") from None
            except httpx.RequestError as error:
                problem = f"{whom} could not be reached ({reason(error)})"
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


def reason(error: httpx.RequestError) -> str:
    """Return the kind of a failure, and what the system, the name service or TLS said, if it is theirs.

    What else is in such messages may repeat header values.
    """
    cause: BaseException = error
    while (earlier := cause.__cause__ or cause.__context__) is not None:
        cause = earlier
    said = f": {cause}" if isinstance(cause, OSError) and str(cause) else ""
    return f"{type(error).__name__}{said}"


def members(answer: httpx.Response) -> dict[str, Any]:
    """Return the members of an answer's JSON object; none if it is none."""
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        return {}


def _said(answer: httpx.Response) -> str:
    detail = members(answer).get("detail")
    return f": {detail}" if isinstance(detail, str) else ""


def _asked_pause(answer: httpx.Response, *, otherwise: float) -> float:
    """Return the seconds in ``Retry-After``, a minute at most. Neither the registry nor Clerk sends dates."""
    asked = parse_retry_after(answer.headers.get("Retry-After"), now=None)
    return otherwise if asked is None else min(asked, LONGEST_PAUSE)
