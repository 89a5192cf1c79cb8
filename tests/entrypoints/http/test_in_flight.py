"""How many registrations one account may have in flight."""

import pytest

from application.errors import TooManyRegistrationsError
from entrypoints.http.requests.admission import InFlight


def test_an_account_at_its_limit_waits_for_one_to_finish_and_others_do_not() -> None:
    in_flight = InFlight(2)

    with in_flight.hold("mch_a"), in_flight.hold("mch_a"):
        with pytest.raises(TooManyRegistrationsError, match="mch_a has 2"), in_flight.hold("mch_a"):
            raise AssertionError("a third one was let in")
        with in_flight.hold("mch_b"):
            pass
    with in_flight.hold("mch_a"), in_flight.hold("mch_a"):
        pass


def test_a_registration_that_fails_gives_its_place_back() -> None:
    in_flight = InFlight(1)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="broken"), in_flight.hold("mch_a"):
            raise RuntimeError("broken")
