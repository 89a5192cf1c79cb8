"""Fetching wheels from hosts that are not trusted."""

import asyncio
import ssl
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import stamina
import structlog

from adapters.https.address_policy import AddressPolicy
from adapters.https.connector import Connector, Resolver, SystemResolver
from adapters.https.credentials_file import CredentialsFile
from adapters.https.download import Downloader
from adapters.https.egress_proxy import EgressProxy
from adapters.https.fetch_request import Credential, FetchUrl
from adapters.https.origin_probe import look
from adapters.https.policy import FetchPolicy
from adapters.https.spool import Spool
from adapters.https.tls import create_ssl_context
from adapters.https.transport import RetryableError, WheelHostTransport
from application.errors import TooManyFetchesError, WheelHostTimeoutError
from application.ports.wheel_fetcher import FetchedWheel
from domain.availability import FileSignature
from domain.wheel.url import WheelUrl

_log = structlog.get_logger()


class HttpsWheelFetcher:
    """Fetches wheels over HTTPS; implements ``application.ports.wheel_fetcher.WheelFetcher``.

    Memory use does not depend on a wheel's size. Serves one event loop.
    """

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        addresses: AddressPolicy | None = None,
        tls: ssl.SSLContext | None = None,
        spool_directory: Path | None = None,
        resolver: Resolver | None = None,
        credentials: CredentialsFile | None = None,
        proxy: EgressProxy | None = None,
    ) -> None:
        self._policy = policy or FetchPolicy()
        connector = Connector(
            tls=tls or create_ssl_context(),
            policy=addresses or AddressPolicy(),
            resolver=resolver or SystemResolver(),
            proxy=proxy,
        )
        self._transport = WheelHostTransport(
            connector, max_idle=self._policy.max_idle, idle_timeout=self._policy.idle_seconds
        )
        self._downloader = Downloader(self._transport, self._policy)
        self._credentials = credentials
        self._slots = asyncio.Semaphore(self._policy.max_concurrent)
        self._spool_directory = spool_directory or Path(tempfile.gettempdir())
        self._log = structlog.get_logger().bind()  # once: a lazy logger is created anew for every line

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        """Download a wheel, which occupies one of the slots for concurrent fetches until it is released."""
        await self._acquire_slot()
        spool = Spool(self._spool_directory)
        try:
            await self._download(url, spool, await self._credentials_for(namespace))
            return FetchedWheel(spool.content, spool.sha256, spool.size, partial(self._release, spool))
        except BaseException:
            self._release(spool)
            raise

    async def look(self, url: WheelUrl, *, namespace: str | None = None) -> FileSignature:
        """Ask a wheel's host about it; implements ``application.ports.origin_probe.OriginProbe``. Takes no slot."""
        credentials = await self._credentials_for(namespace)
        return await look(self._downloader, FetchUrl.of(url), credentials, seconds=self._policy.start_deadline)

    async def aclose(self) -> None:
        """Close the idle connections; nothing may be fetched any more."""
        await self._transport.aclose()

    async def _credentials_for(self, namespace: str | None) -> Sequence[Credential]:
        if self._credentials is None or namespace is None:
            return ()
        return await self._credentials.credentials_for(namespace)

    async def _acquire_slot(self) -> None:
        try:
            async with asyncio.timeout(self._policy.max_wait):
                await self._slots.acquire()
        except TimeoutError:
            raise TooManyFetchesError(
                "too many wheels are being checked at the moment; try again shortly", retry_after=15
            ) from None

    def _release(self, spool: Spool) -> None:
        spool.remove()
        self._slots.release()

    async def _download(self, url: WheelUrl, spool: Spool, credentials: Sequence[Credential]) -> None:
        started = asyncio.get_running_loop().time()
        starting = asyncio.timeout(self._policy.start_deadline)

        def on_start() -> None:
            if not starting.expired():
                starting.reschedule(None)

        try:
            async with asyncio.timeout(self._policy.deadline), starting:
                async for attempt in stamina.retry_context(on=Backoff(self._policy), attempts=None, timeout=None):
                    with attempt:
                        await self._downloader.download(
                            FetchUrl.of(url), spool, on_start=on_start, credentials=credentials
                        )
        except RetryableError as error:
            raise error.failure from error
        except TimeoutError:
            late = starting.expired()
            what, seconds = (
                ("begin to arrive", self._policy.start_deadline) if late else ("arrive", self._policy.deadline)
            )
            raise WheelHostTimeoutError(
                f"the wheel did not {what} from {url.host} within {seconds:g} seconds; try again later"
            ) from None
        seconds = round(asyncio.get_running_loop().time() - started, 3)
        self._log.debug("wheel_fetched", host=url.host, size=spool.size, seconds=seconds)


class Backoff:
    """A backoff hook of stamina for one fetch: waits grow exponentially, unless the host asks for more."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._deadline = asyncio.get_running_loop().time() + min(policy.deadline, policy.start_deadline)

    def __call__(self, error: Exception) -> float | bool:
        """Return the seconds to wait; False if the next attempt would be useless, one too many, or too late."""
        if not isinstance(error, RetryableError):
            return False
        wait: float = max(self._policy.first_delay * 2**self._failures, error.retry_after)
        self._failures += 1
        is_last = self._failures == self._policy.max_attempts
        if is_last or asyncio.get_running_loop().time() + wait >= self._deadline:
            return False
        _log.info("wheel_fetch_retried", reason=error.failure.detail, attempt=self._failures, wait=wait)
        return wait
