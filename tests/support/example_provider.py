"""The example provider, built and announced as release CI would."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entrypoints.client.project import read_project


class ExampleError(Exception):
    """The example provider cannot be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A built provider.

    Attributes:
        wheel: The wheel file.
        announcement: The registration body, but for the wheel's URL.
    """

    wheel: Path
    announcement: dict[str, Any]


def build_example(project: Path, into: Path) -> Example:
    """Build a provider's wheel into a folder, reproducibly, so that every build announces the same digest.

    Raises:
        ExampleError: There is no project, or its build fails.
    """
    if not (project / "pyproject.toml").is_file():
        raise ExampleError(f"there is no example provider in {project}; start from the repository's folder")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        built = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        if built.returncode:
            raise ExampleError(f"building {project} failed:\n{built.stderr}")
        (made,) = Path(folder).glob("*.whl")
        wheel = Path(shutil.copy(made, into))
    return Example(wheel, _announcement(project, wheel))


def _announcement(project: Path, wheel: Path) -> dict[str, Any]:
    described = read_project(project)
    return {
        "name": described.name.canonical,
        "version": described.version,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        **described.announced,
    }
