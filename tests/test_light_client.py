"""What a pipeline installs is small."""

import re
import tomllib
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
