"""How httpx reaches wheel hosts."""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from adapters.https.backend import JudgingNetworkBackend

# What httpx calls the exceptions of httpcore that mean something to a fetch; the first that fits counts.
_TWINS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.TimeoutException, httpx.TimeoutException),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.NetworkError, httpx.NetworkError),
    (httpcore.ProtocolError, httpx.ProtocolError),
)


class JudgedTransport(httpx.AsyncBaseTransport):
    """Sends each request of a client over HTTP/1.1 on a new connection, which its network backend opens."""

    def __init__(self, backend: JudgingNetworkBackend, tls: ssl.SSLContext) -> None:
        """Take what opens connections, and whom to trust."""
        self._backend = backend
        self._tls = tls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the head of the answer; its body is read from the wire as it is iterated over.

        Raises:
            WheelRefusedError: At least one address of the host may not be reached.
            httpx.TransportError: There is no connection, or the host broke the protocol.
        """
        asked = _for_the_wire(request)
        connection = httpcore.AsyncHTTPConnection(
            asked.url.origin, ssl_context=self._tls, network_backend=self._backend
        )
        with _in_httpx_terms():
            answer = await connection.handle_async_request(asked)
        return _Answer(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close every connection, whatever state it is in."""
        await self._backend.aclose()


class _Answer(httpx.Response):
    @property
    def has_redirect_location(self) -> bool:
        """Deny it: httpx would read the ``Location`` even without following it, and fail at it in ways of its own."""
        return False


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _in_httpx_terms():
            async for part in self._answer.aiter_stream():
                yield part


def _for_the_wire(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


@contextmanager
def _in_httpx_terms() -> Iterator[None]:
    try:
        yield
    except tuple(theirs for theirs, _ in _TWINS) as error:
        twin = next(twin for theirs, twin in _TWINS if isinstance(error, theirs))
        raise twin(str(error)) from error.__cause__ or error  # what TLS said stays the direct cause
