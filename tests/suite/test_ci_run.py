"""What ``.ci/run`` does on machines of different kinds. Every program that it calls notes that it was called."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(".ci/run").absolute()
BROWSER = "apt-get install -y -qq --no-install-recommends chromium"
PARTS = [
    "make run ARGS=--once",
    "make --jobs=2 --output-sync=target containers workflows types",
    "make test-browser",
    "make test-attacks ATTACKS_PATIENCE=3",
    "make test-programs",
    "make test-attestations",
    "make test",
]


class Machine:
    """A ``PATH`` of programs that do nothing but note how they were called."""

    def __init__(self, folder: Path) -> None:
        self.path, self.calls = folder / "bin", folder / "calls"
        self.path.mkdir()
        for name in ("bash", "dirname", "basename"):
            (self.path / name).symlink_to(str(shutil.which(name)))
        for name in ("make", "chromium", "nginx"):
            self.provide(name)
        self.provide("python3", "[ $1 != --version ] || echo Python 3.11.7")

    def provide(self, name: str, script: str = "exit 0") -> Path:
        program = self.path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\n{script}\n')
        program.chmod(0o755)
        return program

    def installing(self, name: str) -> str:
        return f"{{ : > {self.path / name}; {shutil.which('chmod')} +x {self.path / name}; }}"

    def lack(self, name: str) -> None:
        (self.path / name).unlink()

    def run(self) -> "Run":
        done = subprocess.run([SCRIPT], env={"PATH": str(self.path)}, capture_output=True, text=True, check=False)
        return Run(done.returncode, done.stdout, self.calls.read_text().splitlines())


@dataclass(frozen=True)
class Run:
    status: int
    said: str
    calls: list[str]

    @property
    def made(self) -> list[str]:
        return [call for call in self.calls if call.startswith("make ")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_as_root_a_missing_browser_is_installed(machine: Machine) -> None:
    machine.lack("chromium")
    machine.provide("id", "echo 0")
    machine.provide("apt-get", machine.installing("chromium"))
    run = machine.run()

    assert (run.status, run.made) == (0, PARTS)
    assert BROWSER in run.calls


def test_a_browser_that_cannot_be_installed_fails_for_root(machine: Machine) -> None:
    machine.lack("chromium")
    machine.provide("id", "echo 0")
    machine.provide("apt-get", "exit 100")

    assert machine.run().status != 0


def test_without_root_a_missing_browser_is_installed_through_sudo(machine: Machine) -> None:
    machine.lack("chromium")
    machine.provide("id", "echo 1000")
    machine.provide("sudo", f'[ "$2" = true ] || {machine.installing("chromium")}')
    run = machine.run()

    assert (run.status, run.made) == (0, PARTS)
    assert f"sudo --non-interactive {BROWSER}" in run.calls
    assert not any(call.startswith("apt-get") for call in run.calls)


@pytest.mark.parametrize("sudo", [None, "echo a password is required >&2; exit 1"], ids=["none", "with a password"])
def test_without_root_and_sudo_the_browser_is_left_out_and_that_is_said(machine: Machine, sudo: str | None) -> None:
    machine.lack("chromium")
    machine.provide("id", "echo 1000")
    if sudo:
        machine.provide("sudo", sudo)
    run = machine.run()

    assert (run.status, run.made) == (0, [part for part in PARTS if "browser" not in part])
    assert "Left out: the pages in a browser." in run.said


def test_the_quick_part_runs_under_another_python(machine: Machine) -> None:
    other = machine.provide("python3.13", "echo Python 3.13.0")
    machine.provide("python3", f"[ $1 = --version ] && echo Python 3.11.7 || echo {other}")
    run = machine.run()

    assert f"make quick PYTHON={other} VENV=.data/python3.13" in run.calls
    assert any(call.startswith(f"make test-quick PYTHON={other} VENV=.data/python3.13 ") for call in run.calls)
    assert "The quick part of the suite under Python 3.13.0; the whole of it under Python 3.11.7 follows." in run.said


def test_where_there_is_no_other_python_that_is_said(machine: Machine) -> None:
    run = machine.run()

    assert run.made == PARTS
    assert "Left out: the quick part of the suite under another Python." in run.said


def test_what_fails_ends_it(machine: Machine) -> None:
    machine.provide("make", '[ "$1" != test-programs ]')
    run = machine.run()

    assert run.status != 0
    assert run.made == PARTS[:5]
