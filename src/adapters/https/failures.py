"""What can go wrong on the way to a host and with it, as the port's errors."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.https.answer_parsing import ProtocolError
from adapters.https.retries import RetryableError
from domain.errors import WheelHostFailedError, WheelHostTimeoutError


@contextmanager
def connecting_failures(host: str) -> Iterator[None]:
    """Translate what connecting raises.

    Raises:
        RetryableError: There is no connection.
        WheelHostFailedError: TLS failed.
    """
    try:
        yield
    except TimeoutError as error:
        raise RetryableError(_slow(host, "be connected to")) from error
    except ssl.SSLError as error:
        raise _failed(host, "has no TLS certificate that the registry trusts, or does not speak TLS") from error
    except OSError as error:
        raise RetryableError(_failed(host, "cannot be reached; check the URL's host")) from error


@contextmanager
def wire_failures(host: str) -> Iterator[None]:
    """Translate what a connection raises.

    Raises:
        WheelHostTimeoutError: The host went silent.
        WheelHostFailedError: It broke off or broke the protocol.
    """
    try:
        yield
    except TimeoutError as error:
        raise _slow(host, "answer") from error
    except ProtocolError as error:
        raise _failed(host, f"sent an answer that cannot be read ({error}); try again later") from error
    except OSError as error:
        raise _failed(host, "broke off; try again later") from error


def _slow(host: str, what: str) -> WheelHostTimeoutError:
    return WheelHostTimeoutError(f"the wheel's host {host} takes too long to {what}; try again later")


def _failed(host: str, what: str) -> WheelHostFailedError:
    return WheelHostFailedError(f"the wheel's host {host} {what}")
