"""What customers are told of hosts that cannot be reached."""

import pytest

from application.errors import WheelHostFailedError, WheelHostTimeoutError, WheelHostUnreachableError
from application.use_cases.check_announcement import network_withheld
from domain.errors import RegistryError, WheelProblem, WheelRefusedError
from domain.registrants import Account

CUSTOMER, MACHINE = Account("org_acme", is_customer=True), Account("mch_release")
NOT_REACHED = [
    WheelRefusedError(WheelProblem.ADDRESS_FORBIDDEN, "the host db.internal is at an address that is not fetched from"),
    WheelHostFailedError("the wheel's host db.internal cannot be reached", reached=False),
    WheelHostFailedError("the wheel's host db.internal has no TLS certificate", reached=False),
    WheelHostTimeoutError("the wheel's host db.internal takes too long to be connected to", reached=False),
]
REACHED = [
    WheelRefusedError(WheelProblem.NOT_FOUND, "the host wheels.example.com answers 404"),
    WheelHostFailedError("the wheel's host wheels.example.com answers 500"),
    WheelHostTimeoutError("the wheel did not arrive"),
]


def told(account: Account, error: RegistryError) -> RegistryError:
    with pytest.raises(RegistryError) as caught, network_withheld(account):
        raise error
    return caught.value


def test_customers_get_one_answer_wherever_there_is_no_connection() -> None:
    answers = [told(CUSTOMER, error) for error in NOT_REACHED]
    assert {(type(answer), answer.code) for answer in answers} == {
        (WheelHostUnreachableError, "wheel_host_unreachable")
    }
    assert len({answer.detail for answer in answers}) == 1
    assert "internal" not in answers[0].detail
    assert [answer.reason for answer in answers] == [error.detail for error in NOT_REACHED]  # type: ignore[attr-defined]


@pytest.mark.parametrize("error", REACHED)
def test_customers_learn_what_a_host_answers(error: RegistryError) -> None:
    assert told(CUSTOMER, error) is error


@pytest.mark.parametrize("error", [*NOT_REACHED, *REACHED])
def test_the_console_realm_learns_everything(error: RegistryError) -> None:
    assert told(MACHINE, error) is error
