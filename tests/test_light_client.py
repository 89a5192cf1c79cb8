"""What a pipeline installs is small."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

LOCKED = Path("requirements/client.txt").read_text()
NAMES = re.findall(r"^([a-z0-9_.-]+)==", LOCKED, re.MULTILINE | re.IGNORECASE)


def test_the_client_is_fewer_than_25_packages_with_itself() -> None:
    assert 10 < len(NAMES) < 25


def test_every_dependency_of_the_client_is_locked_as_the_server_has_it() -> None:
    pins = re.findall(r"^\S+==[^\s\\]+", LOCKED, re.MULTILINE)
    declared = tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"]

    assert {re.split(r"[><=~!]", each)[0] for each in declared} <= set(NAMES)
    assert set(pins) <= set(re.findall(r"^\S+==[^\s\\]+", Path("requirements/runtime.txt").read_text(), re.MULTILINE))


def test_the_client_takes_less_than_40_megabytes_with_its_modules_compiled() -> None:
    elsewhere = set(re.findall(r"^([a-z]+)==\S+ ; sys_platform == 'win32'", LOCKED, re.MULTILINE))
    sizes = {name: sum(map(_size, metadata.files(name) or ())) for name in NAMES if name not in elsewhere}
    own = sum(2 * path.stat().st_size for path in Path("src").rglob("*.py"))

    assert all(sizes.values()), sizes
    assert sum(sizes.values()) + own < 40_000_000


def _size(file: metadata.PackagePath) -> int:
    """Return what a file takes; a compiled module is about as large as its source."""
    if file.suffix == ".pyc":
        return 0
    return (file.size or 0) * (2 if file.suffix == ".py" else 1)
