"""Taking answers of wheel hosts apart. HTTP/1.1 is read by llhttp, strictly, and what it reads is bounded here."""

from http import HTTPStatus

from httptools import HttpParserError, HttpResponseParser

FRAMING_BYTES = 16 * 1024
"""How much may come without anything of the body, one reading more or less: heads, and what stands between chunks."""
_VERSIONS = frozenset({"1.0", "1.1"})
_FOREIGN = frozenset({*range(HTTPStatus.CONTINUE), HTTPStatus.SWITCHING_PROTOCOLS})


class ProtocolError(Exception):
    """What a host says is not HTTP, ends too early, or has no end. Its text says why, and quotes nothing of it."""


class AnswerParser:
    """One answer to a GET, as far as it arrived. The methods ``on_…`` are for llhttp.

    Attributes:
        status: Of the answer itself, or None until its whole head is there.
        fields: Its header fields; names in lower case. Trailers are left out.
        is_whole: Whether it arrived to its end.
    """

    def __init__(self) -> None:
        """Wait for the first byte."""
        self.status: int | None = None
        self.fields: list[tuple[bytes, bytes]] = []
        self.is_whole = False
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._framing = 0
        self._may_another_follow = False

    @property
    def may_another_follow(self) -> bool:
        """Whether the host may answer again on this connection: this one is whole, and nothing came after it."""
        return self.is_whole and self._may_another_follow

    def feed(self, data: bytes) -> None:
        """Take in what arrived; nothing stands for the end of the connection.

        Raises:
            ProtocolError: The answer is not HTTP, is cut off, or consists of too much that is not the file.
        """
        if not data:
            raise ProtocolError("it has no end")
        self._framing += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._may_another_follow = False
            if not self.is_whole:  # what comes after an answer does not change it
                raise ProtocolError(_reason(error)) from None
        if self._framing > FRAMING_BYTES:
            raise ProtocolError(f"more than {FRAMING_BYTES} bytes come without one of the file")

    def take(self) -> bytes:
        """Return what arrived of the body since the last time."""
        taken = b"".join(self._body)
        self._body.clear()
        return taken

    def on_message_begin(self) -> None:
        """Stop where another answer begins that nobody asked for."""
        if self.is_whole:
            raise ProtocolError("another answer follows")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of a head."""
        if self.status is None:
            self.fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Tell the answer's head from those of interim answers (RFC 9110 section 15.2), which are dropped."""
        status = self._parser.get_status_code()
        if status in _FOREIGN or self._parser.get_http_version() not in _VERSIONS:
            raise ProtocolError("it is of another protocol than HTTP/1.1")
        if status < HTTPStatus.OK:
            self.fields.clear()
            return
        self.status = status
        self._may_another_follow = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        self._framing = 0
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """Note the end, unless it is one of an interim answer."""
        self.is_whole = self.status is not None


def _reason(error: HttpParserError) -> str:
    """Return what is wrong in our words, if it was found here, or in llhttp's."""
    return str(error.__context__ if isinstance(error.__context__, ProtocolError) else error)
