"""Clerk's Backend API: the HTTP client and its calls."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import certifi
import httpx
import msgspec
import structlog

from adapters.clerk.realms import ClerkInstance
from adapters.instrumentation import AuthorityObserver
from adapters.web import parse_retry_after
from application.errors import TokenAuthorityUnavailableError
from application.ports.clock import Clock

MAX_BODY_BYTES = 65_536
MAX_RETRY_AFTER = 300
"""Seconds."""
Body = TypeVar("Body", bound=msgspec.Struct)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ClerkResponse:
    """A response below 500 other than 429. A redirect is handed over like any other status: none is followed."""

    status: int
    body: bytes


class ClerkApi:
    """Calls one Clerk instance.

    Nothing is retried: each verification costs money, so callers decide.
    """

    def __init__(
        self, instance: ClerkInstance, http: httpx.AsyncClient, clock: Clock, observer: AuthorityObserver
    ) -> None:
        self._instance = instance
        self._http = http
        self._clock = clock
        self._observer = observer

    async def get_keys(self) -> ClerkResponse:
        """Fetch the published key set, without credentials.

        Raises:
            TokenAuthorityUnavailableError: Clerk did not answer in time and form.
        """
        request = self._http.build_request("GET", self._instance.jwks_url, headers={"Accept-Encoding": "identity"})
        with self._observer.authority_call("jwks"):
            return await self._exchange("jwks", request)

    async def get(self, path: str) -> ClerkResponse:
        """Read from the Backend API with the instance's secret. Nothing in the path may come unchecked from outside.

        Raises:
            TokenAuthorityUnavailableError: As for ``post``.
        """
        return await self._call(path, "GET", {}, None)

    async def post(self, path: str, body: object) -> ClerkResponse:
        """Send JSON to the Backend API with the instance's secret.

        Raises:
            TokenAuthorityUnavailableError: Clerk did not answer in time and form, or refused the secret; the latter
                is for the operator to correct and logged as an error.
        """
        return await self._call(path, "POST", {"Content-Type": "application/json"}, msgspec.json.encode(body))

    def decode(self, call: str, response: ClerkResponse, kind: type[Body]) -> Body:
        """Return the body of a 200 as what it must be.

        Raises:
            TokenAuthorityUnavailableError: Any other status, or another body.
        """
        if response.status != 200:
            self._fail(call, f"status {response.status}")
        try:
            return msgspec.json.decode(response.body, type=kind)
        except (ValueError, RecursionError):
            self._fail(call, f"no {kind.__name__}")

    def invalid_response(self, call: str, why: str) -> NoReturn:
        """Give up on a response that is not Clerk's.

        Raises:
            TokenAuthorityUnavailableError: Always.
        """
        self._fail(call, why)

    async def _call(self, path: str, method: str, headers: dict[str, str], content: bytes | None) -> ClerkResponse:
        url = self._instance.api_url.rstrip("/") + path
        credentials = {"Authorization": f"Bearer {self._instance.secret_key}", "Accept-Encoding": "identity"}
        request = self._http.build_request(method, url, content=content, headers=credentials | headers)
        with self._observer.authority_call(_operation(path)):
            response = await self._exchange(path, request)
            if response.status in {401, 403}:
                setting = self._instance.secret_key_setting
                _log.error("clerk_secret_refused", call=path, status=response.status, setting=setting)
                raise unavailable()
            return response

    async def _exchange(self, call: str, request: httpx.Request) -> ClerkResponse:
        try:
            async with asyncio.timeout(self._instance.deadline):
                response = await self._http.send(request, stream=True)
                try:
                    self._check_status(call, response)
                    return ClerkResponse(response.status_code, await self._read(call, response))
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
            self._fail(call, type(error).__name__, reason=system_reason(error))

    def _check_status(self, call: str, response: httpx.Response) -> None:
        status = response.status_code
        if status == 429 or status >= 500:
            asked = parse_retry_after(response.headers.get("Retry-After"), now=self._clock.now())
            retry_after = None if asked is None else min(max(round(asked), 1), MAX_RETRY_AFTER)
            self._fail(call, f"status {status}", retry_after)

    async def _read(self, call: str, response: httpx.Response) -> bytes:
        # Compression was declined; undoing it unasked could inflate without bound.
        if response.headers.get("Content-Encoding", "identity") != "identity":
            self._fail(call, "compressed body")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                self._fail(call, "body too large")
        return bytes(body)

    def _fail(self, call: str, why: str, retry_after: int | None = None, *, reason: str | None = None) -> NoReturn:
        _log.warning("clerk_failed", call=call, why=why, **({"reason": reason} if reason else {}))
        raise unavailable(retry_after)


def _operation(path: str) -> str:
    """Name what a path of the Backend API is about, without ids: ``organizations`` of ``/v1/organizations/org_1``."""
    return path.split("/")[2]


def unavailable(retry_after: int | None = None) -> TokenAuthorityUnavailableError:
    """Return the failure that callers see whatever went wrong with Clerk."""
    msg = "the authority that issues tokens cannot be asked at the moment; nothing was changed, try again shortly"
    return TokenAuthorityUnavailableError(msg, retry_after=retry_after)


_MOST_CAUSES = 8
_LONGEST_REASON = 500


def new_http_client(instance: ClerkInstance) -> httpx.AsyncClient:
    """Return a client that uses no proxy and follows no redirects.

    It trusts the system's certificate authorities, which ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` replace as everywhere
    with OpenSSL, and the public ones of certifi.
    """
    timeout = httpx.Timeout(instance.read_timeout, connect=instance.connect_timeout, pool=instance.connect_timeout)
    return httpx.AsyncClient(verify=_tls(instance), trust_env=False, follow_redirects=False, timeout=timeout)


def _tls(instance: ClerkInstance) -> ssl.SSLContext:
    if not any(url.lower().startswith("https:") for url in (instance.issuer, instance.api_url)):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for loopback: no authorities, which take time to load
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    # As on Python before 3.13 and in curl: private authorities often lack extensions that RFC 5280 requires.
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    return context


def system_reason(error: BaseException) -> str | None:
    """Return what the operating system, the resolver or TLS said, or None if the failure is none of theirs.

    Errors of the HTTP protocol are left out: their messages may repeat header values.
    """
    causes = dict.fromkeys(
        f"{type(cause).__name__}: {cause}".rstrip(": ") for cause in _system_errors(error, _MOST_CAUSES)
    )
    return "; ".join(causes)[:_LONGEST_REASON] or None


def _system_errors(error: BaseException, most: int) -> Iterator[OSError]:
    """Yield the errors that a failure comes from, of those that led to each other only the first to occur."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions[:most]:
            yield from _system_errors(member, most)
    elif cause is not None and most > 0 and (found := list(_system_errors(cause, most - 1))):
        yield from found
    elif isinstance(error, OSError):
        yield error
