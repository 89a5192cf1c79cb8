"""Parsing HTTP/1.1 responses with llhttp in its strict mode, within bounds that llhttp itself does not have."""

from http import HTTPStatus

from httptools import HttpParserError, HttpResponseParser

FRAMING_BYTES = 16 * 1024
"""Maximum bytes of headers, interim responses, chunk framing and trailers in a row; exceeded by one read at most."""
_VERSIONS = frozenset({"1.0", "1.1"})
_FOREIGN = frozenset({*range(HTTPStatus.CONTINUE), HTTPStatus.SWITCHING_PROTOCOLS})


class ProtocolError(Exception):
    """The response is not HTTP/1.1, is truncated, or exceeds a bound. Its text says why, without quoting the host."""


class ResponseParser:
    """Parses one response to a GET incrementally. llhttp calls the methods ``on_…``.

    Attributes:
        status: Of the final response; None until its head is complete.
        fields: The header fields, with names in lower case; no trailers.
        is_complete: Whether the whole response was parsed.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.fields: list[tuple[bytes, bytes]] = []
        self.is_complete = False
        self._parser = HttpResponseParser(self)
        self._body: list[bytes] = []
        self._framing = 0
        self._may_another_follow = False

    @property
    def may_another_follow(self) -> bool:
        """Whether the connection stays usable: the host keeps it alive and sent nothing after this response."""
        return self.is_complete and self._may_another_follow

    def feed(self, data: bytes) -> None:
        """Parse the next bytes; ``b""`` is the end of the connection.

        Raises:
            ProtocolError: See there.
        """
        if not data:
            raise ProtocolError("it has no end")
        self._framing += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._may_another_follow = False
            if not self.is_complete:  # bytes after a response do not change it
                raise ProtocolError(_reason(error)) from None
        if self._framing > FRAMING_BYTES:
            raise ProtocolError(f"more than {FRAMING_BYTES} bytes come without one of the file")

    def take(self) -> bytes:
        """Return the bytes of the body that were parsed since the last call."""
        taken = b"".join(self._body)
        self._body.clear()
        return taken

    def on_message_begin(self) -> None:
        """Stop at a second response, which no request asked for."""
        if self.is_complete:
            raise ProtocolError("another answer follows")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header field, and drop a trailer."""
        if self.status is None:
            self.fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Drop interim responses (RFC 9110 section 15.2)."""
        status = self._parser.get_status_code()
        if status in _FOREIGN or self._parser.get_http_version() not in _VERSIONS:
            raise ProtocolError("it is of another protocol than HTTP/1.1")
        if status < HTTPStatus.OK:
            self.fields.clear()
            return
        self.status = status
        self._may_another_follow = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        """Collect a piece of the body."""
        self._framing = 0
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """Note the end, unless it is that of an interim response."""
        self.is_complete = self.status is not None


def _reason(error: HttpParserError) -> str:
    """Return our own reason if a callback raised it, else llhttp's."""
    return str(error.__context__ if isinstance(error.__context__, ProtocolError) else error)
