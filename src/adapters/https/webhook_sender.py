"""Sending messages to receivers that are not trusted."""

import asyncio
import ssl
from datetime import timedelta
from http import HTTPStatus

import httpx

from adapters.https.address_policy import AddressPolicy
from adapters.https.connector import Connector, Resolver, SystemResolver
from adapters.https.download import retry_after
from adapters.https.egress_proxy import EgressProxy
from adapters.https.fetch_request import FetchUrl
from adapters.https.policy import FetchPolicy
from adapters.https.tls import create_ssl_context
from adapters.https.transport import WheelHostTransport
from domain.errors import WheelRefusedError
from domain.webhooks.delivery import Answer, Reply
from domain.webhooks.receivers import ReceiverUrl
from domain.webhooks.signing import Message

TIMEOUT_SECONDS = 20.0
"""For a whole attempt; the specification recommends 15 to 30."""
_USER_AGENT = FetchPolicy().user_agent
_CONTENT_TYPE = "application/cloudevents+json"


class HttpsWebhookSender:
    """Sends over HTTPS, each message on a connection of its own; implements ``WebhookSender``.

    Reads the head of an answer and no more. Follows no redirects. Serves one event loop.

    Args:
        seconds: For a whole attempt.
    """

    def __init__(
        self,
        *,
        addresses: AddressPolicy | None = None,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver | None = None,
        proxy: EgressProxy | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        connector = Connector(
            tls=tls or create_ssl_context(),
            policy=addresses or AddressPolicy(),
            resolver=resolver or SystemResolver(),
            proxy=proxy,
        )
        self._transport = WheelHostTransport(connector)
        self._seconds = seconds

    async def send(self, url: ReceiverUrl, message: Message) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._transport.handle_async_request(_request(FetchUrl.of(url), message))
                await response.aclose()
        except WheelRefusedError:
            return Answer(Reply.FAILED, "address_forbidden")
        except (TimeoutError, httpx.TimeoutException):
            return Answer(Reply.FAILED, "timeout")
        except httpx.TransportError as error:
            return Answer(Reply.FAILED, _result(error))
        return read_answer(response)


def read_answer(response: httpx.Response) -> Answer:
    """Return what an answer means to the sender of a webhook."""
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(Reply.ACCEPTED, str(status))
    reply = Reply.GONE if status == HTTPStatus.GONE else Reply.FAILED
    return Answer(reply, str(status), timedelta(seconds=retry_after(response)))


def _request(url: FetchUrl, message: Message) -> httpx.Request:
    fields = [
        ("Host", url.authority),
        ("User-Agent", _USER_AGENT),
        ("Connection", "close"),
        ("Content-Type", _CONTENT_TYPE),
        ("Content-Length", str(len(message.body))),
        ("webhook-id", message.id),
        ("webhook-timestamp", str(message.seconds)),
        ("webhook-signature", message.signatures),
    ]
    extensions = {"target": url.target.encode("ascii")}
    return httpx.Request("POST", url.origin, headers=fields, content=message.body, extensions=extensions)


def _result(error: httpx.TransportError) -> str:
    if isinstance(error.__cause__, ssl.SSLError):
        return "tls_failed"
    if isinstance(error, httpx.ConnectError):
        return "unreachable"
    return "answer_unreadable" if isinstance(error, httpx.ProtocolError) else "connection_broken"
