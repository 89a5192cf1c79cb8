"""Docker's own command line, and Compose as it is installed."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_PASSED_ON = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_LAST_LINES = 40


class ContainerError(AssertionError):
    """A command failed; the message holds the end of what it printed."""


def docker(*arguments: str) -> str:
    """Run a command and return what it prints."""
    return _run(["docker", *arguments])


def succeeds(*arguments: str) -> bool:
    return subprocess.run(["docker", *arguments], capture_output=True, check=False).returncode == 0


def build(folder: Path, tag: str, *options: str, dockerfile: str = "docker/Dockerfile") -> None:
    docker("build", "--file", str(folder / dockerfile), "--tag", tag, *options, str(folder))


def build_options() -> Sequence[str]:
    """Return the package index and the proxies of the environment as build arguments, and ``DOCKER_BUILD_OPTIONS``."""
    named = [word for name in _PASSED_ON if os.environ.get(name) for word in ("--build-arg", name)]
    return [*named, *shlex.split(os.environ.get("DOCKER_BUILD_OPTIONS", ""))]


def inspect(container: str) -> dict[str, Any]:
    (found,) = json.loads(docker("inspect", container))
    return dict(found)


@dataclass(frozen=True)
class Compose:
    """A project of Compose.

    Attributes:
        project: Its name, which all that it makes is labelled with.
        files: The first one and those that change it.
        environment: What the files ask for.
    """

    project: str
    files: Sequence[Path]
    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, *arguments: str) -> str:
        files = [word for file in self.files for word in ("--file", str(file))]
        command = [*_compose(), "--project-name", self.project, *files, *arguments]
        return _run(command, environment=self.environment)

    def containers(self, service: str) -> list[str]:
        """Return the ids of a service's running containers."""
        return self("ps", "--quiet", service).split()

    def port(self, service: str, port: int) -> int:
        """Return the port of this host that is forwarded to a service's."""
        return int(self("port", service, str(port)).strip().rpartition(":")[2])

    def remove(self) -> None:
        """Remove all that the project made. Fails if anything is left."""
        volumes = self._volumes()
        self("down", "--volumes", "--remove-orphans", "--timeout", "20")
        # Anonymous volumes that a replaced container passed on to the next one stay behind.
        if passed_on := volumes & set(docker("volume", "ls", "--quiet").split()):
            docker("volume", "rm", *passed_on)
        left = {kind: self._labelled(kind) for kind in ("container", "network", "volume")}
        assert not any(left.values()), f"left behind: {left}"

    def _volumes(self) -> set[str]:
        mounts = (mount for container in self._labelled("container") for mount in inspect(container)["Mounts"])
        return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}

    def _labelled(self, kind: str) -> list[str]:
        everything = ["--all"] if kind == "container" else []
        label = f"label=com.docker.compose.project={self.project}"
        return docker(kind, "ls", *everything, "--quiet", "--filter", label).split()


@cache
def _compose() -> Sequence[str]:
    plugin = ["docker", "compose"]
    if subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0:
        return plugin
    assert shutil.which("docker-compose"), "neither `docker compose` nor `docker-compose` is installed"
    return ["docker-compose"]


def _run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()[-_LAST_LINES:]
        raise ContainerError("\n".join([f"{' '.join(command)} failed with {done.returncode}:", *lines]))
    return done.stdout
