"""The Python under which ``.ci/run`` runs the quick part of the suite."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SUPPORTED = sorted(
    int(minor) for minor in re.findall(r"Language :: Python :: 3\.(\d+)", Path("pyproject.toml").read_text())
)
OTHERS = [minor for minor in SUPPORTED if minor != sys.version_info[1]]


class Machine:
    """Interpreters that are installed, on ``PATH`` and by pyenv."""

    def __init__(self, folder: Path) -> None:
        self.path, self.pyenv = folder / "bin", folder / "pyenv"
        self.path.mkdir()

    def install(self, minor: int) -> Path:
        return _interpreter(self.path / f"python3.{minor}", f"echo {minor}")

    def install_by_pyenv(self, minor: int, patch: int) -> Path:
        shim = self.path / f"python3.{minor}"
        if not shim.exists():
            _interpreter(shim, "echo 'pyenv: no such command' >&2; exit 127")
        return _interpreter(
            self.pyenv / "versions" / f"3.{minor}.{patch}" / "bin" / f"python3.{minor}", f"echo {minor}"
        )

    def newest(self) -> str:
        environment = {**os.environ, "PATH": str(self.path), "PYENV_ROOT": str(self.pyenv)}
        command = [sys.executable, "-m", "requirements.newest_python"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _interpreter(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_is_the_newest_that_is_supported(machine: Machine) -> None:
    *_, newest = [machine.install(minor) for minor in OTHERS]
    machine.install(SUPPORTED[-1] + 1)

    assert machine.newest() == f"{newest}\n"


def test_it_is_not_the_one_that_runs_already(machine: Machine) -> None:
    machine.install(sys.version_info[1])

    assert machine.newest() == ""


def test_it_may_be_pyenvs_whose_shim_on_the_path_does_not_run(machine: Machine) -> None:
    machine.install_by_pyenv(OTHERS[-1], 2)
    newest = machine.install_by_pyenv(OTHERS[-1], 10)

    assert machine.newest() == f"{newest}\n"


def test_one_that_cannot_make_environments_is_passed_over(machine: Machine) -> None:
    _interpreter(machine.path / f"python3.{OTHERS[-1]}", "echo \"No module named 'ensurepip'\" >&2; exit 1")
    older = machine.install(OTHERS[0])

    assert machine.newest() == f"{older}\n"
