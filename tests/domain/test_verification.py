"""Taking down verdicts."""

import pytest

from domain.errors import WheelFault, WheelRefusedError
from domain.verification import Check, Examination
from tests.builders import NOW


def test_each_check_is_taken_down_with_what_it_compared() -> None:
    examination = Examination()
    with examination.check("digest") as compared:
        compared.text = "as announced"
    examination.wheel_bytes = 7

    verdict = examination.verdict(at=NOW)

    assert verdict.checks == (Check("digest", passed=True, detail="as announced"),)
    assert (verdict.passed, verdict.wheel_bytes, verdict.inflated_bytes, verdict.checked_at) == (True, 7, None, NOW)


def test_a_refusal_is_taken_down_and_goes_on_its_way() -> None:
    examination = Examination()
    with pytest.raises(WheelRefusedError), examination.check("digest"):
        raise WheelRefusedError(WheelFault.DIGEST_MISMATCH, "differs")

    verdict = examination.verdict(at=NOW)

    assert verdict.checks == (Check("digest", passed=False, detail="differs"),)
    assert not verdict.passed


def test_a_transient_failure_is_no_verdict() -> None:
    examination = Examination()
    with pytest.raises(OSError, match="gone"), examination.check("download"):
        raise OSError("gone")

    assert examination.verdict(at=NOW).checks == ()
