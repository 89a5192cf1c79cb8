"""An httpx transport for hosts that are not trusted, and its failures as the port's errors."""

import asyncio
import socket
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial

import httpx
import structlog

from adapters.https.connection import Connection
from adapters.https.connector import Connector
from adapters.https.egress_proxy import EgressProxyError
from adapters.https.special_purpose_ranges import IPAddress
from application.errors import TransientError, WheelHostFailedError, WheelHostTimeoutError
from domain.wheel.url import DEFAULT_PORT

Origin = tuple[str, int]
"""Host and port."""


class ConnectionPool:
    """Keeps connections open for the next request to the same origin: a release registers many wheels of one host.

    A connection is closed when its host sends anything or closes it, and after ``idle_timeout`` seconds.
    Serves one event loop.
    """

    def __init__(self, max_idle: int, *, idle_timeout: float) -> None:
        self._max_idle = max_idle
        self._idle_timeout = idle_timeout
        self._idle: dict[Connection, tuple[Origin, asyncio.TimerHandle]] = {}

    def acquire(self, origin: Origin, addresses: Collection[IPAddress]) -> Connection | None:
        """Return the newest idle connection to one of these addresses, or None."""
        while (connection := self._newest(origin)) is not None:
            self._take_out(connection)
            if connection.address in addresses and not connection.tcp.has_unread_data():
                return connection
            connection.close()
        return None

    async def release(self, origin: Origin, connection: Connection) -> None:
        """Keep a connection if it can serve another request; close it otherwise."""
        if not self._max_idle or not await connection.is_reusable():
            connection.close()
            return
        if len(self._idle) == self._max_idle:
            self._close(next(iter(self._idle)))
        loop = asyncio.get_running_loop()
        self._idle[connection] = (origin, loop.call_later(self._idle_timeout, self._close, connection))
        loop.add_reader(connection.tcp.socket, self._close, connection)

    def close(self) -> None:
        for connection in tuple(self._idle):
            self._close(connection)

    def _newest(self, origin: Origin) -> Connection | None:
        return next((idle for idle, (owner, _) in reversed(self._idle.items()) if owner == origin), None)

    def _close(self, connection: Connection) -> None:
        self._take_out(connection)
        connection.close()

    def _take_out(self, connection: Connection) -> None:
        _, expiry = self._idle.pop(connection)
        expiry.cancel()
        asyncio.get_running_loop().remove_reader(connection.tcp.socket)


class WheelHostTransport(httpx.AsyncBaseTransport):
    """Sends requests over HTTPS to addresses that the policy allows, and bounds what a response may cost.

    Unlike httpx's own transport it resolves the host itself, parses HTTP/1.1 strictly, and limits the bytes that are
    not part of a body. It honours the request extensions ``timeout`` (``connect`` and ``read``) and ``target``.
    A request with ``Connection: close``, as every one with content must have, neither uses an idle connection nor
    leaves one. Serves one event loop.
    """

    def __init__(self, connector: Connector, *, max_idle: int = 0, idle_timeout: float = 4.0) -> None:
        self._connector = connector
        self._pool = ConnectionPool(max_idle, idle_timeout=idle_timeout)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and return its response once the head was read.

        Raises:
            WheelRefusedError: The policy forbids an address of the host.
            httpx.TransportError: ``ConnectError`` and ``ConnectTimeout`` have the ``OSError`` as their cause.
        """
        host, port = request.url.raw_host.decode("ascii"), request.url.port or DEFAULT_PORT
        seconds = request.extensions.get("timeout", {}).get("connect")
        try:
            addresses = await self._connector.resolve(host, port, seconds=seconds)
            if (response := await self._on_idle_connection(request, (host, port), addresses)) is not None:
                return response
            connection = await self._connector.connect(host, port, addresses, seconds=seconds)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time", request=request) from error
        except OSError as error:
            raise httpx.ConnectError("no connection", request=request) from error
        return await self._exchange(connection, request, (host, port))

    async def aclose(self) -> None:
        self._pool.close()

    async def _on_idle_connection(
        self, request: httpx.Request, origin: Origin, addresses: Collection[IPAddress]
    ) -> httpx.Response | None:
        """Return the response on an idle connection; None if there is none or it fails, since a GET may be repeated."""
        if not _keeps_alive(request) or (idle := self._pool.acquire(origin, addresses)) is None:
            return None
        try:
            return await self._exchange(idle, request, origin)
        except httpx.TransportError:
            return None

    async def _exchange(self, connection: Connection, request: httpx.Request, origin: Origin) -> httpx.Response:
        try:
            await connection.send(request)
        except BaseException:
            connection.close()
            raise
        return connection.response(partial(self._release, connection, request, origin))

    async def _release(self, connection: Connection, request: httpx.Request, origin: Origin) -> None:
        if _keeps_alive(request):
            await self._pool.release(origin, connection)
        else:
            connection.close()


def _keeps_alive(request: httpx.Request) -> bool:
    return bool(request.headers.get("connection") != "close")


_log = structlog.get_logger()


class RetryableError(Exception):
    """An attempt failed, and the next one may succeed.

    Attributes:
        failure: What to raise if there is no next one.
        retry_after: Seconds that the host asks to wait.
    """

    def __init__(self, failure: TransientError, *, retry_after: float = 0.0) -> None:
        super().__init__(failure.detail)
        self.failure = failure
        self.retry_after = retry_after


@contextmanager
def translated_errors(host: str) -> Iterator[None]:
    """Raise the port's errors in place of httpx's.

    Raises:
        RetryableError: There is no connection.
        WheelHostTimeoutError: The host went silent.
        WheelHostFailedError: TLS failed, there is no such name, or the host broke the connection or the protocol.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise _not_connected(host, error) from error
    except httpx.TimeoutException as error:
        raise WheelHostTimeoutError(_sentence(host, "takes too long to answer; try again later")) from error
    except httpx.ProtocolError as error:
        raise host_failed(host, f"sent an answer that cannot be read ({error}); try again later") from error
    except httpx.TransportError as error:
        raise host_failed(host, "broke off; try again later") from error


def host_failed(host: str, what: str) -> WheelHostFailedError:
    """Return a sentence about the host as an error."""
    return WheelHostFailedError(_sentence(host, what))


def _not_connected(host: str, error: httpx.ConnectError | httpx.ConnectTimeout) -> Exception:
    cause = error.__cause__ or error
    _log.warning("wheel_host_unreachable", host=host, error=type(cause).__name__, reason=str(cause))
    if isinstance(error, httpx.ConnectTimeout):
        what = _sentence(host, "takes too long to be connected to; try again later")
        return RetryableError(WheelHostTimeoutError(what, reached=False))
    if isinstance(cause, EgressProxyError):
        failure = WheelHostFailedError(f"the registry's egress proxy {cause}", reached=False)
        return RetryableError(failure) if cause.is_transient else failure
    if isinstance(cause, ssl.SSLError):
        what = _sentence(host, "has no TLS certificate that the registry trusts, or does not speak TLS")
        return WheelHostFailedError(what, reached=False)
    failure = WheelHostFailedError(_sentence(host, "cannot be reached; check the URL's host"), reached=False)
    return failure if _is_unknown_name(cause) else RetryableError(failure)


def _is_unknown_name(error: BaseException) -> bool:
    return isinstance(error, socket.gaierror) and error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}


def _sentence(host: str, what: str) -> str:
    return f"the wheel's host {host} {what}"
