"""Keeping from customers what would map the network that the registry stands in."""

from collections.abc import Iterator
from contextlib import contextmanager

from application.errors import WheelHostError, WheelHostUnreachableError
from domain.errors import WheelProblem, WheelRefusedError
from domain.registrants import Account

_SENTENCE = (
    "the wheel's host cannot be reached by this registry; check that its name resolves to public addresses only, that "
    "it answers on port 443, and that a publicly trusted authority issued its certificate, then send this again"
)


@contextmanager
def network_withheld(account: Account) -> Iterator[None]:
    """Give a customer one answer wherever there is no connection to a wheel's host.

    It tells neither an unknown name from one at an internal address nor an open port from a closed one.

    Raises:
        WheelHostUnreachableError: There is no connection, and the account is a customer's.
    """
    try:
        yield
    except WheelHostError as error:
        if error.reached or not account.is_customer:
            raise
        raise WheelHostUnreachableError(_SENTENCE, reason=error.detail) from None
    except WheelRefusedError as error:
        if error.problem is not WheelProblem.ADDRESS_FORBIDDEN or not account.is_customer:
            raise
        raise WheelHostUnreachableError(_SENTENCE, reason=error.detail) from None
