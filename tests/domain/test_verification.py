"""Taking down verdicts."""

import pytest

from domain.errors import WheelProblem, WheelRefusedError
from domain.verification import Check, VerificationLog
from tests.builders import NOW


def test_each_check_is_taken_down_with_what_it_compared() -> None:
    log = VerificationLog()
    with log.check("digest") as check:
        check.detail = "as announced"
    log.wheel_bytes = 7

    verdict = log.verdict(at=NOW)

    assert verdict.checks == (Check("digest", passed=True, detail="as announced"),)
    assert (verdict.passed, verdict.wheel_bytes, verdict.inflated_bytes, verdict.checked_at) == (True, 7, None, NOW)


def test_a_check_that_had_less_to_compare_than_there_could_be_says_so() -> None:
    log = VerificationLog()
    with log.check("digest") as check:
        check.detail, check.is_partial = "none was announced", True
    assert log.verdict(at=NOW).checks == (Check("digest", passed=True, detail="none was announced", is_partial=True),)


def test_a_refusal_is_taken_down_and_goes_on_its_way() -> None:
    log = VerificationLog()
    with pytest.raises(WheelRefusedError), log.check("digest"):
        raise WheelRefusedError(WheelProblem.DIGEST_MISMATCH, "differs")

    verdict = log.verdict(at=NOW)

    assert verdict.checks == (Check("digest", passed=False, detail="differs"),)
    assert not verdict.passed


def test_a_transient_failure_is_no_verdict() -> None:
    log = VerificationLog()
    with pytest.raises(OSError, match="gone"), log.check("download"):
        raise OSError("gone")

    assert log.verdict(at=NOW).checks == ()
