"""HTTP requests of the release client, with retries."""

import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec
import stamina

from adapters.web import parse_retry_after
from entrypoints.client.errors import OutOfReachError, RefusedError, UnusableError
from entrypoints.client.proxies import EnvironmentTransport

ATTEMPTS = 6
LONGEST_WAIT = 60.0
_FIRST_WAIT = 0.5
_TRANSIENT = {429, 502, 503, 504}
_LONGEST_REFUSAL = 64 * 1024
"""Bytes that are read of a body that says why something is refused."""
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


class _TransientFailureError(Exception):
    """An attempt failed, and the next one may not. The message says how.

    Attributes:
        retry_after: Seconds that the server asks to wait; None if it does not say.
    """

    def __init__(self, problem: str, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


class _Backoff:
    """A backoff hook of stamina: waits double, unless the server says how long to wait, a minute at most."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._failures = 0

    def __call__(self, error: Exception) -> float | bool:
        """Return the seconds to wait; False if there is no further attempt."""
        if not isinstance(error, _TransientFailureError):
            return False
        self._failures += 1
        if self._failures == ATTEMPTS:
            return False
        wait: float = _FIRST_WAIT * 2 ** (self._failures - 1)
        if error.retry_after is not None:
            wait = min(error.retry_after, LONGEST_WAIT)
        self._note(f"{error}; attempt {self._failures + 1} of {ATTEMPTS} in {wait:g} s")
        return wait


class RetryingClient:
    """Sends requests that are safe to repeat, and retries them after transient failures."""

    def __init__(self, http: httpx.Client, note: Note) -> None:
        self._http = http
        self._note = note
        stamina.instrumentation.set_on_retry_hooks(())  # they would log what ``note`` shows

    def post(
        self,
        whom: str,
        url: str,
        *,
        bearer: str | None = None,
        body: bytes,
        query: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> httpx.Response:
        """Send JSON, with further header fields, and return the first response that is not 429, 502, 503 or 504.

        Raises:
            OutOfReachError: There was none in six attempts.
            UnusableError: The URL is invalid, or its proxy cannot be used.
        """
        headers = {"Content-Type": "application/json", **(fields or {})}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return self._send(
            whom, lambda: self._http.post(url, content=body, params=query, headers=headers, timeout=timeout)
        )

    def put(self, whom: str, url: str, *, bearer: str, body: bytes) -> httpx.Response:
        """Replace by JSON. Returns and raises as ``post``."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
        return self._send(whom, lambda: self._http.put(url, content=body, headers=headers))

    def delete(self, whom: str, url: str, *, bearer: str) -> httpx.Response:
        """Delete. Returns and raises as ``post``."""
        return self._send(whom, lambda: self._http.delete(url, headers={"Authorization": f"Bearer {bearer}"}))

    def get(
        self, whom: str, url: str, *, accept: str | None = None, auth: httpx.BasicAuth | None = None
    ) -> httpx.Response:
        """Read, and return the first response that is not 429, 502, 503 or 504. Raises as ``post``."""
        headers = None if accept is None else {"Accept": accept}
        return self._send(whom, lambda: self._http.get(url, headers=headers, auth=auth))

    def get_at_most(self, limit: int, whom: str, url: str) -> httpx.Response:
        """Read as ``get`` does, from a host that may be hostile: so many bytes of a success, and some of a refusal.

        Raises:
            RefusedError: A success has more.
        """

        def read() -> httpx.Response:
            with self._http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
                is_success = response.status_code == httpx.codes.OK
                body = _first_bytes(response, limit if is_success else _LONGEST_REFUSAL)
                if is_success and len(body) > limit:
                    raise RefusedError(
                        f"{whom} sent more than {limit} bytes for {response.url.path}, which no valid response has; "
                        "tell those who run it",
                        code="response_too_large",
                        status=response.status_code,
                    )
                wait = response.headers.get("Retry-After")
                fields = None if wait is None else {"Retry-After": wait}
                return httpx.Response(response.status_code, headers=fields, content=body)

        return self._send(whom, read)

    def _send(self, whom: str, attempt: Callable[[], httpx.Response]) -> httpx.Response:
        def send() -> httpx.Response:
            try:
                response = attempt()
            except httpx.InvalidURL as error:
                raise UnusableError(f"the URL of {whom} cannot be used: {error}") from None
            except httpx.RequestError as error:
                raise _TransientFailureError(f"{whom} could not be reached ({reason(error)})") from None
            if response.status_code in _TRANSIENT:
                problem = f"{whom} answered {response.status_code}{_detail(response)}"
                # Neither the registry nor Clerk sends dates.
                raise _TransientFailureError(problem, parse_retry_after(response.headers.get("Retry-After"), now=None))
            return response

        try:
            return stamina.RetryingCaller(attempts=None, timeout=None)(_Backoff(self._note), send)
        except _TransientFailureError as error:
            raise OutOfReachError(f"asked {ATTEMPTS} times; at last {error}. Running this again is safe") from None


def reason(error: httpx.RequestError) -> str:
    """Return the kind of a failure, and what the system, the name service or TLS said, if it is theirs.

    What else is in such messages may repeat header values.
    """
    cause: BaseException = error
    while (earlier := cause.__cause__ or cause.__context__) is not None:
        cause = earlier
    said = f": {cause}" if isinstance(cause, OSError) and str(cause) else ""
    return f"{type(error).__name__}{said}"


def members(response: httpx.Response) -> dict[str, Any]:
    """Return the members of a response's JSON object; none if it is something else."""
    try:
        return msgspec.json.decode(response.content, type=dict[str, Any])
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        return {}


def _first_bytes(response: httpx.Response, limit: int) -> bytes:
    """Return the first bytes of a body as it was sent, one more than the limit if it is longer."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk[: limit + 1 - len(body)]
        if len(body) > limit:
            break
    return bytes(body)


def _detail(response: httpx.Response) -> str:
    detail = members(response).get("detail")
    return f": {detail}" if isinstance(detail, str) else ""
