"""Downloads a file: redirects, checks of each response, and the minimum throughput."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal, cast

import httpx

from adapters.https.fetch_request import Credential, FetchUrl, credential_for
from adapters.https.policy import FetchPolicy
from adapters.https.spool import Spool
from adapters.https.transport import RetryableError, host_failed, translated_errors
from adapters.web import parse_retry_after
from application.errors import WheelHostTimeoutError
from domain.errors import WheelProblem, WheelRefusedError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_FORBIDDEN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_UNAVAILABLE = frozenset({429, 502, 503, 504})


@dataclass(slots=True)
class MinimumThroughput:
    """Refuses a host that delivers less than a minimum, which no timeout of a single read notices.

    Counts only the time spent waiting for the host, so a slow local disk does not matter.

    Attributes:
        min_rate: Bytes per second.
        window: Seconds over which the rate is averaged.
    """

    host: str
    min_rate: int
    window: float
    _waited: float = 0.0
    _received: int = 0

    def add(self, size: int, *, seconds: float) -> None:
        """Count bytes that arrived after that many seconds of waiting.

        Raises:
            WheelHostTimeoutError: The window that ended now was too slow.
        """
        self._waited += seconds
        self._received += size
        if self._waited < self.window:
            return
        if self._received < self.min_rate * self._waited:
            raise WheelHostTimeoutError(
                f"the wheel's host {self.host} sends less than {self.min_rate} bytes per second; try again later"
            )
        self._waited, self._received = 0.0, 0


@dataclass(frozen=True, slots=True)
class Downloader:
    """Downloads over a transport. Uses no ``AsyncClient``: cookies are not wanted, and redirects are checked here."""

    transport: httpx.AsyncBaseTransport
    policy: FetchPolicy

    async def download(
        self, url: FetchUrl, spool: Spool, *, on_start: Callable[[], None], credentials: Sequence[Credential] = ()
    ) -> None:
        """Follow redirects to the file and spool it; ``on_start`` is called once its head has passed the checks.

        No credentials are sent after a redirect to another host or port, nor to the first one after it.

        Raises:
            WheelRefusedError: See the port.
            WheelHostFailedError: See the port.
            WheelHostTimeoutError: See the port.
            SpoolUnavailableError: The disk is full.
            RetryableError: Nothing was spooled yet, and another attempt may succeed.
        """
        for hop in range(self.policy.max_redirects + 1):
            credential = credential_for(url, credentials)
            following = await self._hop(url, spool, is_first=hop == 0, on_start=on_start, credential=credential)
            if following is None:
                return
            if following.authority != url.authority:
                credentials = ()
            url = following
        raise _too_many_redirects(self.policy.max_redirects)

    async def _hop(
        self,
        url: FetchUrl,
        spool: Spool,
        *,
        is_first: bool,
        on_start: Callable[[], None],
        credential: Credential | None,
    ) -> FetchUrl | None:
        """Spool the file and return None, or return the URL that the response redirects to."""
        with translated_errors(url.host):
            response = await self._request(url, credential, keep_alive=is_first and self.policy.max_idle > 0)
            async with aclosing(response):
                if (location := redirect_location(url.host, response)) is not None:
                    return url.redirected(location)
                check_status(url.host, response, has_credentials=credential is not None)
                check_framing(url.host, response, self.policy.max_bytes)
                on_start()
                await self._receive(url.host, response, spool)
                return None

    async def look(
        self, url: FetchUrl, *, credentials: Sequence[Credential] = (), method: Literal["HEAD", "GET"] = "HEAD"
    ) -> httpx.Response:
        """Follow redirects to the file, and return the response, unchecked and closed. Nothing is retried.

        Raises:
            RetryableError: Another attempt may succeed.
            WheelRefusedError: It redirects too often, or where it may not.
            WheelHostFailedError: See the port.
            WheelHostTimeoutError: See the port.
        """
        for _ in range(self.policy.max_redirects + 1):
            credential = credential_for(url, credentials)
            with translated_errors(url.host):
                response = await self._request(url, credential, keep_alive=False, method=method)
                await response.aclose()
            location = redirect_location(url.host, response)
            if location is None:
                return response
            following = url.redirected(location)
            credentials = credentials if following.authority == url.authority else ()
            url = following
        raise _too_many_redirects(self.policy.max_redirects)

    async def _request(
        self, url: FetchUrl, credential: Credential | None, *, keep_alive: bool, method: str = "GET"
    ) -> httpx.Response:
        request = httpx.Request(
            method,
            url.origin,
            headers=_headers(url, self.policy.user_agent, credential, keep_alive=keep_alive),
            extensions={
                "target": url.target.encode("ascii"),
                "timeout": httpx.Timeout(self.policy.rate_window, connect=self.policy.connect_timeout).as_dict(),
            },
        )
        try:
            async with asyncio.timeout(self.policy.answer_timeout):
                return await self.transport.handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout("no response in time", request=request) from error

    async def _receive(self, host: str, response: httpx.Response, spool: Spool) -> None:
        throughput = MinimumThroughput(host, self.policy.min_rate, self.policy.rate_window)
        time = asyncio.get_running_loop().time
        asked = time()
        async for chunk in cast("httpx.AsyncByteStream", response.stream):
            throughput.add(len(chunk), seconds=time() - asked)
            if spool.size + len(chunk) > self.policy.max_bytes:
                raise too_large(self.policy.max_bytes)
            await spool.write(chunk)
            asked = time()
        await spool.finish()


def _too_many_redirects(allowed: int) -> WheelRefusedError:
    return WheelRefusedError(
        WheelProblem.REDIRECT_FORBIDDEN,
        f"the URL redirects more than {allowed} times; register the address of the file itself",
    )


def _headers(
    url: FetchUrl, user_agent: str, credential: Credential | None, *, keep_alive: bool
) -> list[tuple[str, str]]:
    """Return a plain request's fields, none of which tells who registers."""
    fields = [("Host", url.authority), ("User-Agent", user_agent), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    if credential is not None:
        fields.append((credential.field_name, credential.field_value))
    return fields if keep_alive else [*fields, ("Connection", "close")]


def redirect_location(host: str, response: httpx.Response) -> str | None:
    """Return where the response redirects to, or None if it does not.

    Raises:
        WheelHostFailedError: It redirects without a location, or to several.
    """
    if response.status_code not in _REDIRECTS:
        return None
    locations = set(_values(response, "location"))
    if len(locations) != 1 or "" in locations:
        raise host_failed(host, "redirects without saying where to")
    return locations.pop()


def check_status(host: str, response: httpx.Response, *, has_credentials: bool = False) -> None:
    """Accept 200 only: 203 and 206 are not the whole file as it was uploaded.

    Raises:
        WheelRefusedError: The file is not there.
        RetryableError: The host is unavailable for now.
        WheelHostFailedError: Any other status.
    """
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status in _MISSING:
        raise WheelRefusedError(
            WheelProblem.NOT_FOUND,
            f"the host {host} answers {status}, there is no such file; upload the wheel before registering it",
        )
    if status in _FORBIDDEN:
        why = (
            "it does not accept the credentials that this registry has for it; tell the registry's operators"
            if has_credentials
            else "the file is not public; wheels are fetched without credentials"
        )
        raise host_failed(host, f"answers {status}: {why}")
    failure = host_failed(host, f"answers {status} instead of 200; try again later")
    raise RetryableError(failure, retry_after=retry_after(response)) if status in _UNAVAILABLE else failure


def check_framing(host: str, response: httpx.Response, max_bytes: int) -> None:
    """Accept a body that is the file as it was uploaded, whose end is announced, and that is not too large.

    Raises:
        WheelHostFailedError: It is encoded, or it would end where the connection does.
        WheelRefusedError: It is too large.
    """
    if any(encoding.lower() not in {"", "identity"} for encoding in _values(response, "content-encoding")):
        raise host_failed(host, "sends the file encoded although identity was asked for; serve wheels as they are")
    lengths, codings = _values(response, "content-length"), _values(response, "transfer-encoding")
    if not lengths and not codings:
        raise host_failed(host, "does not announce the file's length, so a broken transfer would go unnoticed")
    if codings and [coding.lower() for coding in codings] != ["chunked"]:
        raise host_failed(host, "sends the file in a transfer encoding other than chunked; serve wheels as they are")
    if lengths and int(lengths[0].lstrip("0") or "0") > max_bytes:  # int() refuses thousands of digits, zeros too
        raise too_large(max_bytes)


def too_large(max_bytes: int) -> WheelRefusedError:
    """Return the refusal of a wheel over the limit."""
    return WheelRefusedError(WheelProblem.TOO_LARGE, f"the wheel is larger than the {max_bytes} bytes that are allowed")


def _values(response: httpx.Response, name: str) -> list[str]:
    return [value.strip(" ") for value in response.headers.get_list(name)]


def retry_after(response: httpx.Response) -> float:
    """Return the seconds that the host asks to wait; a date counts from the response's own ``Date``."""
    try:
        now = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        now = None
    return parse_retry_after(response.headers.get("retry-after"), now=now) or 0.0
