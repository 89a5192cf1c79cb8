"""HTTP/1.1 with wheel hosts."""

import asyncio
from typing import TypeAlias

import h11

from adapters.https.answers import AnswerHead
from adapters.https.policy import FetchPolicy
from adapters.https.special_blocks import IPAddress
from adapters.https.streams import TlsStream
from adapters.https.targets import Target

_HEAD_BYTES = 16 * 1024  # the longest head; also read at once where lines are looked for, which is costly
_BODY_BYTES = 256 * 1024
_LOOKS_AT_ONCE = 16  # at what the host says; one takes some tens of microseconds, however little there is to see
_Event: TypeAlias = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]


class Connection:
    """A connection to a wheel host. Besides an ``OSError``, it raises ``h11.ProtocolError`` for what is not HTTP.

    Attributes:
        address: Where it goes.
    """

    def __init__(self, stream: TlsStream, address: IPAddress, policy: FetchPolicy) -> None:
        """Speak HTTP on a stream, and own it."""
        self.address = address
        self._stream = stream
        self._policy = policy
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
        self._read_at_once = _HEAD_BYTES
        self._looks = 0

    async def ask(self, target: Target, *, reuse: bool) -> AnswerHead:
        """Send a plain GET without anything that identifies the registry's users, and return how it is answered.

        Args:
            target: What is asked for.
            reuse: Whether the host may keep the connection for another request.
        """
        fields = [
            ("Host", target.authority),
            ("User-Agent", self._policy.user_agent),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            *(() if reuse else (("Connection", "close"),)),
        ]
        request = h11.Request(method="GET", target=target.path, headers=fields)
        await self._stream.write((self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b""))
        while not isinstance(event := await self._event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the host hung up without an answer")
            await asyncio.sleep(0)  # thousands of them come with one reading, and others want their turn
        head = AnswerHead(target.host, event.status_code, list(event.headers))
        self._read_at_once = _BODY_BYTES if head.values(b"content-length") else _HEAD_BYTES
        return head

    async def read(self) -> bytes | None:
        """Return what arrived of the answer's body, or None at its end."""
        event = await self._event()
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            raise h11.RemoteProtocolError("the host hung up in the middle of the body")
        if self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._read_at_once = _HEAD_BYTES
        return None

    def is_ready(self) -> bool:
        """Tell whether another request may be sent: the last answer was read to its end, and nothing came after it."""
        resting = self._http.our_state is self._http.their_state is h11.IDLE
        return resting and not any(self._http.trailing_data) and self._stream.is_quiet()

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    async def _event(self) -> _Event:
        while (event := await self._look()) is h11.NEED_DATA:
            async with asyncio.timeout(self._policy.rate_window):
                self._http.receive_data(await self._stream.read(self._read_at_once))
        return event

    async def _look(self) -> _Event:
        self._looks += 1
        if self._looks % _LOOKS_AT_ONCE == 0:
            await asyncio.sleep(0)  # thousands of pieces come with one reading, and others want their turn
        return self._http.next_event()
