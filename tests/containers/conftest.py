"""What the tests of the containers share. See ``make test-containers``."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers import sizes
from tests.containers.deployment import Deployment, a_deployment, build_realm
from tests.containers.images import IMAGE, build_image

_TABLE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def image(request: pytest.FixtureRequest) -> str:
    """The image of this tree."""
    build_image()
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", Path("docker/Dockerfile").read_text(), re.MULTILINE)
    request.config.stash[_TABLE] = list(sizes.table(IMAGE, base))
    return IMAGE


@pytest.fixture(scope="session")
def authority(image: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the authority of a realm whose image is built."""
    folder = tmp_path_factory.mktemp("realm")
    build_realm(folder)
    return folder / "ca.pem"


@pytest.fixture(scope="module")
def deployment(image: str, authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with a_deployment(tmp_path_factory.mktemp("deployment") / "docker", authority, image) as deployment:
        yield deployment


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(_TABLE, []):
        terminalreporter.write_line(line)
