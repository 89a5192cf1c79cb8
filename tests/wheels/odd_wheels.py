"""Odd wheels are installed by those installers that the table names. Runs only by name: ``make test-wheels``."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.adapters.wheel.test_odd_wheels import WHEELS
from tests.support.installers import COMMANDS
from tests.support.odd_wheels import FILE_NAME


@pytest.mark.parametrize("case", WHEELS)
@pytest.mark.parametrize("installer", COMMANDS)
def test_an_odd_wheel_is_installed_as_noted(installer: str, case: str, tmp_path: Path) -> None:
    wheel = tmp_path / FILE_NAME
    wheel.write_bytes(WHEELS[case].data)
    options = ("--no-deps", "--no-index", "--target", str(tmp_path / "installed"))

    done = subprocess.run(
        [*COMMANDS[installer], *options, str(wheel)],
        env={"PATH": os.defpath, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )

    assert (done.returncode == 0) is (installer in WHEELS[case].installed_by), done.stdout.decode()
