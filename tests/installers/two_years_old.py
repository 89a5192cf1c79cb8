"""pip and uv of November 2024 install from the mirror: `make test-installers`."""

import os
from pathlib import Path

import pytest

from tests.e2e.conftest import stack
from tests.e2e.test_mirror import World, installs_without_its_host, world
from tests.support.installers import COMMANDS

__all__ = ["stack", "world"]
PYTHON = os.environ["INSTALLERS_PYTHON"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wheel_whose_host_is_gone_still_installs_and_resolving_takes_its_metadata_alone(
    world: World, tmp_path: Path, name: str
) -> None:
    downloads = {"pip": 1, "uv": 0}[
        name
    ]  # pip of 2024 resolves by metadata, then downloads what a dry run would install
    installs_without_its_host(world, tmp_path, name, PYTHON, wheels=downloads)
