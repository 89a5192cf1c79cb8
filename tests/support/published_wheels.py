"""Published wheels by name and digest, fetched with pip from whatever index it is configured for, and kept."""

import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.utils import parse_wheel_filename

_LIST = Path(__file__).parents[1] / "wheels" / "published.txt"


@dataclass(frozen=True, kw_only=True)
class PublishedWheel:
    """A published wheel, and what became of it.

    Attributes:
        code: Of the registry's refusal, or None if it accepts the wheel.
        installed_by: Names of the installers that install it on any platform.
    """

    filename: str
    sha256: str
    code: str | None
    installed_by: frozenset[str]

    @property
    def requirement(self) -> str:
        """The line of a requirements file that means this wheel only."""
        name, version, *_ = parse_wheel_filename(self.filename)
        return f"{name}=={version} --hash=sha256:{self.sha256}"

    @property
    def target(self) -> tuple[str, ...]:
        """The options that make pip look for wheels of this kind, whatever it runs on."""
        python, abi, platform = (part.split(".") for part in self.filename.removesuffix(".whl").split("-")[-3:])
        version = python[-1].lstrip("cpy")
        dotted = {"2": "2.7", "3": "3.11"}.get(version, f"{version[0]}.{version[1:]}")
        options = {"python-version": dotted, "implementation": "cp", "abi": abi[0], "platform": platform[0]}
        return tuple(f"--{name}={value}" for name, value in options.items())


def _parsed(line: str) -> PublishedWheel:
    filename, sha256, verdict, installers = line.split()
    return PublishedWheel(
        filename=filename,
        sha256=sha256,
        code=None if verdict == "accepted" else verdict,
        installed_by=frozenset(installers.split("+")) - {"none"},
    )


_LINES = [line for line in _LIST.read_text().splitlines() if not line.startswith("#")]
WHEELS: Mapping[str, PublishedWheel] = {wheel.filename: wheel for wheel in map(_parsed, _LINES)}


def fetch(folder: Path, wheels: Iterable[PublishedWheel] = tuple(WHEELS.values())) -> None:
    """Fill the folder with the wheels; only those that it lacks are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    batches = defaultdict[tuple[str, ...], list[PublishedWheel]](list)
    asked = Counter[tuple[str, ...]]()  # pip takes one version of a project at a time
    for wheel in wheels:
        if not _is_kept(folder / wheel.filename, wheel.sha256):
            project = (*wheel.target, parse_wheel_filename(wheel.filename)[0])
            asked[project] += 1
            batches[*wheel.target, str(asked[project])].append(wheel)
    for (*target, _), batch in batches.items():
        with TemporaryDirectory() as scratch:
            requirements = Path(scratch, "requirements.txt")
            requirements.write_text("".join(f"{wheel.requirement}\n" for wheel in batch))
            options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--ignore-requires-python"]
            subprocess.run(  # arguments are ours
                [sys.executable, "-m", "pip", "download", *options, *target, "--dest", folder, "-r", requirements],
                check=True,
            )


def _is_kept(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
