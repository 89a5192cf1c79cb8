"""Odd wheels, and what pip 26 and uv 0.13 make of each: ``make test-wheels`` asks them again."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.errors import WheelProblem
from tests.support.archives import Archive, Part

FILE_NAME = "demo-1.0-py3-none-any.whl"
DIST_INFO = "demo-1.0.dist-info"
_METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"
_WHEEL = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
BOTH, PIP, UV, NEITHER = frozenset({"pip", "uv"}), frozenset({"pip"}), frozenset({"uv"}), frozenset[str]()
Lines = Callable[[Mapping[str, bytes]], str | bytes]


@dataclass(frozen=True, kw_only=True)
class OddWheel:
    """A wheel that is odd in one way.

    Attributes:
        installed_by: Names of the installers that install it.
        problem: Why the registry refuses it, or None.
    """

    data: bytes
    installed_by: frozenset[str]
    problem: WheelProblem | None


def a_line(path: str, data: bytes, *, algorithm: str = "sha256") -> str:
    """Return a line of RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()
    return f"{path},{algorithm}={digest},{len(data)}\n"


def lines(files: Mapping[str, bytes]) -> str:
    """Return a RECORD that lists these files and itself."""
    listed = [a_line(path, data) for path, data in files.items() if not path.endswith("/")]
    return "".join([*listed, f"{DIST_INFO}/RECORD,,\n"])


def a_demo(
    more: Mapping[str, bytes] | None = None,
    *,
    entry_points: str | bytes | None = None,
    metadata: bytes = _METADATA,
    wheel: bytes = _WHEEL,
    record: Lines = lines,
) -> bytes:
    """Build the wheel of a package named demo."""
    files = {
        "demo/__init__.py": b"def main(): pass\n",
        **(more or {}),
        f"{DIST_INFO}/METADATA": metadata,
        f"{DIST_INFO}/WHEEL": wheel,
    }
    if entry_points is not None:
        files[f"{DIST_INFO}/entry_points.txt"] = _bytes(entry_points)
    files[f"{DIST_INFO}/RECORD"] = _bytes(record(files))
    return Archive(
        parts=[
            Part(name=path.encode(), data=data, method=0 if path.endswith("/") else 8) for path, data in files.items()
        ]
    ).build()


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
