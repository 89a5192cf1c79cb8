"""What can go wrong on the way to a host and with it, as the port's errors."""

import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog

from adapters.https.answer_parsing import ProtocolError
from adapters.https.retries import RetryableError
from application.errors import WheelHostFailedError, WheelHostTimeoutError

_log = structlog.get_logger()


def connecting_failures(host: str) -> AbstractContextManager[None]:
    """Translate what connecting raises.

    Raises:
        RetryableError: There is no connection.
        WheelHostFailedError: TLS failed, or there is no such name.
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
    failure = _not_connected(host, error)
    if failure is None:
        return None
    _log.warning("wheel_host_unreachable", host=host, error=type(error).__name__, reason=str(error))
    is_unknown = isinstance(error, socket.gaierror) and error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}
    return failure if is_unknown or isinstance(error, ssl.SSLError) else RetryableError(failure)


def _not_connected(host: str, error: BaseException) -> WheelHostFailedError | WheelHostTimeoutError | None:
    match error:
        case TimeoutError():
            return WheelHostTimeoutError(
                _sentence(host, "takes too long to be connected to; try again later"), reached=False
            )
        case ssl.SSLError():
            what = "has no TLS certificate that the registry trusts, or does not speak TLS"
        case OSError():
            what = "cannot be reached; check the URL's host"
        case _:
            return None
    return WheelHostFailedError(_sentence(host, what), reached=False)


def _on_the_wire(host: str, error: BaseException) -> Exception | None:
    match error:
        case TimeoutError():
            return WheelHostTimeoutError(_sentence(host, "takes too long to answer; try again later"))
        case ProtocolError():
            return _failed(host, f"sent an answer that cannot be read ({error}); try again later")
        case OSError():
            return _failed(host, "broke off; try again later")
        case _:
            return None


def _failed(host: str, what: str) -> WheelHostFailedError:
    return WheelHostFailedError(_sentence(host, what))


def _sentence(host: str, what: str) -> str:
    return f"the wheel's host {host} {what}"
