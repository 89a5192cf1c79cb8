"""What can go wrong on the wire, as the port's errors."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import httpx

from adapters.https.retries import RetryableError
from domain.errors import WheelHostFailedError, WheelHostTimeoutError

_BROKEN = (
    httpx.RequestError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    OSError,  # ssl.SSLError is one
)


@contextmanager
def wire_failures(host: str) -> Iterator[None]:
    """Translate what the HTTP client raises.

    Raises:
        RetryableError: There was no connection.
        WheelHostTimeoutError: The host went silent.
        WheelHostFailedError: TLS failed, or the host broke off or broke the protocol.
    """
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise RetryableError(_slow(host, "be connected to")) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise _slow(host, "answer") from error
    except httpx.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLError):
            raise _failed(host, "has no TLS certificate that the registry trusts, or does not speak TLS") from error
        raise RetryableError(_failed(host, "cannot be reached; check the URL's host")) from error
    except _BROKEN as error:
        raise _failed(host, "broke off or sent what is not HTTP; try again later") from error


def _slow(host: str, what: str) -> WheelHostTimeoutError:
    return WheelHostTimeoutError(f"the wheel's host {host} takes too long to {what}; try again later")


def _failed(host: str, what: str) -> WheelHostFailedError:
    return WheelHostFailedError(f"the wheel's host {host} {what}")
