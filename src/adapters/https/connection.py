"""HTTP/1.1 with wheel hosts."""

import asyncio

from adapters.https.answer_parsing import FRAMING_BYTES, AnswerParser
from adapters.https.answers import AnswerHead
from adapters.https.policy import FetchPolicy
from adapters.https.special_blocks import IPAddress
from adapters.https.streams import TlsStream
from adapters.https.targets import Target

_BODY_BYTES = 256 * 1024
_READINGS_AT_ONCE = 4  # one takes some hundred microseconds at worst


class Connection:
    """A connection to a wheel host. Besides an ``OSError``, it raises ``ProtocolError`` for what is not HTTP.

    Attributes:
        address: Where it goes.
    """

    def __init__(self, stream: TlsStream, address: IPAddress, policy: FetchPolicy) -> None:
        """Speak HTTP on a stream, and own it."""
        self.address = address
        self._stream = stream
        self._policy = policy
        self._answer = AnswerParser()
        self._was_read = False
        self._read_at_once = FRAMING_BYTES
        self._readings = 0

    async def ask(self, target: Target, *, reuse: bool) -> AnswerHead:
        """Send a plain GET without anything that identifies the registry's users, and return how it is answered.

        Args:
            target: What is asked for.
            reuse: Whether the host may keep the connection for another request.
        """
        self._answer = AnswerParser()
        self._was_read = False
        self._read_at_once = FRAMING_BYTES
        await self._stream.write(_request(target, self._policy.user_agent, reuse=reuse))
        while self._answer.status is None:
            await self._receive()
        head = AnswerHead(target.host, self._answer.status, self._answer.fields)
        if head.values(b"content-length"):  # little else than the body follows, so that much may be looked at at once
            self._read_at_once = _BODY_BYTES
        return head

    async def read(self) -> bytes | None:
        """Return what arrived of the answer's body, or None at its end."""
        while not (body := self._answer.take()):
            if self._answer.is_whole:
                self._was_read = True
                return None
            await self._receive()
        return body

    def is_ready(self) -> bool:
        """Tell whether another request may be sent: the last answer was read to its end, and nothing came after it."""
        return self._was_read and self._answer.may_another_follow and self._stream.is_quiet()

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    async def _receive(self) -> None:
        self._readings += 1
        if self._readings % _READINGS_AT_ONCE == 0:
            await asyncio.sleep(0)  # thousands of records come with one reading, and others want their turn
        async with asyncio.timeout(self._policy.rate_window):
            self._answer.feed(await self._stream.read(self._read_at_once))


def _request(target: Target, user_agent: str, *, reuse: bool) -> bytes:
    lines = [
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {user_agent}",
        "Accept: */*",
        "Accept-Encoding: identity",
        *(() if reuse else ("Connection: close",)),
        "\r\n",
    ]
    return "\r\n".join(lines).encode("ascii")
