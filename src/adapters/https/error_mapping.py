"""Failures of wheel hosts as the port's errors."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import structlog

from adapters.https.egress_proxy import EgressProxyError
from application.errors import TransientError, WheelHostFailedError, WheelHostTimeoutError

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
