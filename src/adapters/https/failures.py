"""What can go wrong on the way to a host and with it, as the port's errors."""

import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager

from adapters.https.answer_parsing import ProtocolError
from adapters.https.retries import RetryableError
from domain.errors import WheelHostFailedError, WheelHostTimeoutError


def connecting_failures(host: str) -> AbstractContextManager[None]:
    """Translate what connecting raises.

    Raises:
        RetryableError: There is no connection.
        WheelHostFailedError: TLS failed.
    """
    return _Translating(_connecting, host)


def wire_failures(host: str) -> AbstractContextManager[None]:
    """Translate what a connection raises.

    Raises:
        WheelHostTimeoutError: The host went silent.
        WheelHostFailedError: It broke off or broke the protocol.
    """
    return _Translating(_on_the_wire, host)


class _Translating(AbstractContextManager[None]):
    """Around what speaks with a host."""

    __slots__ = ("_host", "_translate")

    def __init__(self, translate: Callable[[str, BaseException], Exception | None], host: str) -> None:
        self._translate = translate
        self._host = host

    def __exit__(self, _: object, error: BaseException | None, __: object, /) -> None:
        if error is not None and (failure := self._translate(self._host, error)) is not None:
            raise failure from error


def _connecting(host: str, error: BaseException) -> Exception | None:
    match error:
        case TimeoutError():
            return RetryableError(_slow(host, "be connected to"))
        case ssl.SSLError():
            return _failed(host, "has no TLS certificate that the registry trusts, or does not speak TLS")
        case OSError():
            return RetryableError(_failed(host, "cannot be reached; check the URL's host"))
        case _:
            return None


def _on_the_wire(host: str, error: BaseException) -> Exception | None:
    match error:
        case TimeoutError():
            return _slow(host, "answer")
        case ProtocolError():
            return _failed(host, f"sent an answer that cannot be read ({error}); try again later")
        case OSError():
            return _failed(host, "broke off; try again later")
        case _:
            return None


def _slow(host: str, what: str) -> WheelHostTimeoutError:
    return WheelHostTimeoutError(f"the wheel's host {host} takes too long to {what}; try again later")


def _failed(host: str, what: str) -> WheelHostFailedError:
    return WheelHostFailedError(f"the wheel's host {host} {what}")
