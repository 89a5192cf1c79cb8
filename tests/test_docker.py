"""What the container files call exists. No engine is needed to know that."""

import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import yaml

from entrypoints.settings import Settings, variable_of
from tests.e2e.test_command_line import run

DOCKERFILE = Path("docker/Dockerfile").read_text()
COMPOSE = yaml.safe_load(Path("docker/compose.yaml").read_text())
GROUPS = [next(iter(get_args(hint)), hint) for hint in get_type_hints(Settings).values()]
VARIABLES = {variable_of(group, field) for group in GROUPS for field in group.__struct_fields__}


def commands() -> list[list[str]]:
    served = json.loads(re.findall(r"^CMD (\[.*\])", DOCKERFILE, re.MULTILINE)[-1])
    return [served, *(service["command"] for service in COMPOSE["services"].values() if "command" in service)]


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists(command: list[str]) -> None:
    assert run(*command, "--help").returncode == 0


def test_every_variable_is_a_setting() -> None:
    named = set(
        re.findall(r"\b(?:REGISTRY_[A-Z_]+|DATABASE_URL)\b", DOCKERFILE + Path("docker/compose.yaml").read_text())
    )
    named |= set(re.findall(r"^([A-Z_]+)=", Path("docker/registry.env.example").read_text(), re.MULTILINE))

    assert len(named) > 5
    assert named <= VARIABLES


def test_the_port_is_the_same_everywhere() -> None:
    (exposed,) = re.findall(r"^EXPOSE (\d+)", DOCKERFILE, re.MULTILINE)

    assert f"REGISTRY_PORT={exposed}" in DOCKERFILE
    assert f":{exposed}/health" in DOCKERFILE
    assert COMPOSE["services"]["registry"]["ports"] == [f"127.0.0.1:{exposed}:{exposed}"]


def test_every_file_that_is_copied_exists_and_is_not_ignored() -> None:
    copied = {
        source for line in re.findall(r"^COPY (?!--from)(.*)", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]
    }
    kept = re.findall(r"^!(.*)", Path(".dockerignore").read_text(), re.MULTILINE)

    assert len(copied) > 5
    assert [source for source in copied if not Path(source).exists()] == []
    assert [source for source in copied if not source.startswith(tuple(kept))] == []


def test_the_image_runs_without_root_and_without_build_tools() -> None:
    final = DOCKERFILE.rpartition("FROM ")[2]

    assert re.search(r"^USER \d+", final, re.MULTILINE)
    assert "/opt/tools" not in final
    assert "pip install" not in final
