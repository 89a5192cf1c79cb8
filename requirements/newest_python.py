"""Prints the newest other Python that pyproject.toml names, if there is one: ``python -m requirements.newest_python``.

It looks for ``python3.N`` on ``PATH`` and among the versions of pyenv.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMED = re.compile(r"Programming Language :: Python :: 3\.(\d+)\"")
PROBE = "import ensurepip, sys, venv; print(sys.version_info[1])"


def main() -> None:
    """Print a path, or nothing."""
    minors = {int(minor) for minor in NAMED.findall(Path("pyproject.toml").read_text())} - {sys.version_info[1]}
    for minor in sorted(minors, reverse=True):
        for python in _candidates(minor):
            if _minor_of(python) == minor:
                sys.stdout.write(f"{python}\n")
                return


def _candidates(minor: int) -> Iterator[str]:
    if on_path := shutil.which(f"python3.{minor}"):
        yield on_path
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    yield from map(str, sorted(versions.glob(f"3.{minor}.*/bin/python3.{minor}"), key=_patch, reverse=True))


def _patch(python: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", python.parents[1].name)))


def _minor_of(python: str) -> int | None:
    """Return the version of an interpreter that can make environments; shims of pyenv may stand for none."""
    command = [python, "-c", PROBE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - found on this machine
    return int(done.stdout) if done.returncode == 0 else None


if __name__ == "__main__":
    main()
