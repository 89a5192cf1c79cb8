"""Downloads a file: redirects, checks of each response, and the minimum throughput."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

import httpx

from adapters.https.credentials import Credential, credential_for
from adapters.https.error_mapping import translated_errors
from adapters.https.fetch_url import FetchUrl
from adapters.https.policy import FetchPolicy
from adapters.https.response_checks import check_framing, check_status, redirect_location, too_large
from adapters.https.spool import Spool
from application.errors import WheelHostTimeoutError
from domain.errors import WheelProblem, WheelRefusedError


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
        raise WheelRefusedError(
            WheelProblem.REDIRECT_FORBIDDEN,
            f"the URL redirects more than {self.policy.max_redirects} times; register the address of the file itself",
        )

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

    async def _request(self, url: FetchUrl, credential: Credential | None, *, keep_alive: bool) -> httpx.Response:
        request = httpx.Request(
            "GET",
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


def _headers(
    url: FetchUrl, user_agent: str, credential: Credential | None, *, keep_alive: bool
) -> list[tuple[str, str]]:
    """Return a plain request's fields, none of which tells who registers."""
    fields = [("Host", url.authority), ("User-Agent", user_agent), ("Accept", "*/*"), ("Accept-Encoding", "identity")]
    if credential is not None:
        fields.append((credential.field_name, credential.field_value))
    return fields if keep_alive else [*fields, ("Connection", "close")]
