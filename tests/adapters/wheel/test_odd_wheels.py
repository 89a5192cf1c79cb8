"""A wheel is accepted if pip and uv install it and read it alike; what only some accept is refused."""

import pytest

from domain.errors import WheelProblem, WheelRefusedError
from domain.verification import VerificationLog
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.verified_wheel import verify
from tests.support import odd_entry_points, odd_layouts
from tests.support.archives import read
from tests.support.odd_wheels import BOTH, FILE_NAME

pytestmark = pytest.mark.hostile

WHEELS = {**odd_entry_points.WHEELS, **odd_layouts.WHEELS}


@pytest.mark.parametrize("case", WHEELS)
def test_an_odd_wheel_is_accepted_or_refused_with_its_code(case: str) -> None:
    assert _problem(WHEELS[case].data) is WHEELS[case].problem


@pytest.mark.parametrize("case", [case for case, wheel in WHEELS.items() if wheel.installed_by != BOTH])
def test_a_wheel_that_an_installer_refuses_is_refused(case: str) -> None:
    assert _problem(WHEELS[case].data) is not None


def _problem(data: bytes) -> WheelProblem | None:
    try:
        verify(
            read(data),
            filename=WheelFilename.parse(FILE_NAME),
            package_name=None,
            sha256=Sha256Digest("0" * 64),
            size=len(data),
            log=VerificationLog(),
        )
    except WheelRefusedError as refusal:
        return refusal.problem
    return None
