"""Fetching wheels from hosts that nobody vouches for."""

import asyncio
import ssl
import tempfile
from functools import partial
from pathlib import Path

import structlog

from adapters.https.addresses import AddressRules
from adapters.https.certificates import trust
from adapters.https.connecting import Connector
from adapters.https.download import download
from adapters.https.exchanges import HttpsExchanges
from adapters.https.idle_connections import IdleConnections
from adapters.https.policy import FetchPolicy
from adapters.https.resolver import Resolver, SystemResolver
from adapters.https.retries import Sleep, retrying
from adapters.https.slots import FetchSlots
from adapters.https.spool import Spool
from adapters.https.targets import Target
from application.errors import WheelHostTimeoutError
from application.ports.wheel_fetcher import FetchedWheel
from domain.wheel_urls import WheelUrl


class HttpsWheelFetcher:
    """Fetches wheels over HTTPS; implements ``application.ports.wheel_fetcher.WheelFetcher``.

    Memory use does not depend on a wheel's size. Serves one event loop.
    """

    def __init__(
        self,
        policy: FetchPolicy | None = None,
        *,
        rules: AddressRules | None = None,
        tls: ssl.SSLContext | None = None,
        spool_directory: Path | None = None,
        resolver: Resolver | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take what differs from the defaults: public addresses and authorities only, the system's temporary folder."""
        self._policy = policy or FetchPolicy()
        connector = Connector(
            rules=rules or AddressRules(),
            resolver=resolver or SystemResolver(),
            tls=tls or trust(),
            seconds=self._policy.connect_timeout,
        )
        self._idle = IdleConnections(self._policy.max_idle, seconds=self._policy.idle_seconds)
        self._exchanges = HttpsExchanges(policy=self._policy, connector=connector, idle=self._idle)
        self._slots = FetchSlots(self._policy.max_concurrent, max_wait=self._policy.max_wait)
        self._spool_directory = spool_directory or Path(tempfile.gettempdir())
        self._sleep = sleep
        self._log = structlog.get_logger().bind()  # once: a lazy logger is made anew for every line

    async def fetch(self, url: WheelUrl) -> FetchedWheel:
        """Download a wheel, which holds a place among the concurrent fetches until it is let go of."""
        await self._slots.take()
        spool = Spool(self._spool_directory)
        try:
            await self._download(url, spool)
            return FetchedWheel(spool.content, spool.sha256, spool.size, partial(self._let_go, spool))
        except BaseException:
            self._let_go(spool)
            raise

    def close(self) -> None:
        """Close what connections are kept; nothing may be fetched any more."""
        self._idle.close()

    def _let_go(self, spool: Spool) -> None:
        spool.remove()
        self._slots.give_back()

    async def _download(self, url: WheelUrl, spool: Spool) -> None:
        started = asyncio.get_running_loop().time()
        starting = asyncio.timeout(self._policy.start_deadline)

        def began() -> None:
            if not starting.expired():
                starting.reschedule(None)

        async def attempt() -> None:
            await download(Target.of(url), self._exchanges, spool, began=began)

        try:
            async with asyncio.timeout(self._policy.deadline), starting:
                await retrying(attempt, self._policy, self._sleep)
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
