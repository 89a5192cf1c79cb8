"""One request and its answer, on a connection of its own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from adapters.https.addresses import AddressRules
from adapters.https.answers import AnswerHead
from adapters.https.backend import JudgingNetworkBackend
from adapters.https.cookies import NoCookies
from adapters.https.policy import FetchPolicy
from adapters.https.requests import request_for
from adapters.https.resolver import Resolver
from adapters.https.targets import Target
from adapters.https.transport import JudgedTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsExchanges:
    """Sends requests; connections are never reused, so each hop of a redirect is judged anew."""

    policy: FetchPolicy
    rules: AddressRules
    resolver: Resolver
    tls: ssl.SSLContext

    @asynccontextmanager
    async def ask(self, target: Target) -> AsyncIterator[tuple[AnswerHead, httpx.Response]]:
        """Ask for a target; the body can be read while the context is open.

        Raises whatever httpx and the backend raise.
        """
        async with self._client() as client:
            async with asyncio.timeout(self.policy.answer_timeout):
                response = await client.send(request_for(target, self.policy), stream=True)
            yield AnswerHead(target.host, response.status_code, response.headers.raw), response

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=JudgedTransport(JudgingNetworkBackend(self.rules, self.resolver), self.tls),
            timeout=httpx.Timeout(self.policy.connect_timeout, read=self.policy.rate_window),
            cookies=NoCookies(),
            follow_redirects=False,
            trust_env=False,
        )
