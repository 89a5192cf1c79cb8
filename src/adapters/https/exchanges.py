"""One request and its answer, on a connection of its own."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpcore

from adapters.https.addresses import AddressRules
from adapters.https.answers import AnswerHead
from adapters.https.backend import JudgingNetworkBackend
from adapters.https.policy import FetchPolicy
from adapters.https.resolver import Resolver
from adapters.https.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsExchanges:
    """Sends requests; connections are never reused, so each hop of a redirect is judged anew."""

    policy: FetchPolicy
    rules: AddressRules
    resolver: Resolver
    tls: ssl.SSLContext

    @asynccontextmanager
    async def ask(self, target: Target) -> AsyncIterator[tuple[AnswerHead, httpcore.Response]]:
        """Ask for a target; the body can be read while the context is open.

        Raises whatever httpcore and the backend raise.
        """
        backend = JudgingNetworkBackend(self.rules, self.resolver)
        origin = httpcore.Origin(b"https", target.host.encode(), target.port)
        connection = httpcore.AsyncHTTPConnection(origin, ssl_context=self.tls, network_backend=backend)
        try:
            async with asyncio.timeout(self.policy.answer_timeout):
                response = await connection.handle_async_request(self._request(target))
            yield AnswerHead(target.host, response.status, response.headers), response
        finally:
            await backend.aclose()

    def _request(self, target: Target) -> httpcore.Request:
        policy = self.policy
        return httpcore.Request(
            b"GET",
            httpcore.URL(scheme=b"https", host=target.host.encode(), port=target.port, target=target.path.encode()),
            headers={
                "Host": target.authority,
                "User-Agent": policy.user_agent,
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            extensions={
                "timeout": {
                    "connect": policy.connect_timeout,
                    "read": policy.rate_window,
                    "write": policy.connect_timeout,
                }
            },
        )
