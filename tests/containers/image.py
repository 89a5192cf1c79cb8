"""The image, run as it is meant to be: read-only, without capabilities, as its own user."""

import json
import secrets
from collections.abc import Iterator

import pytest

from tests.containers.engine import ContainerError, docker, inspect, succeeds
from tests.support.waiting import wait_until

HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--tmpfs", "/tmp:size=64m", "--volume", "/var/spool/provider-registry"),
)
PROBE = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
def writable(folder):
    try:
        with open(os.path.join(folder, "probe"), "w"):
            return True
    except OSError:
        return False
folders = ["/", "/opt/registry/bin", "/etc", "/tmp", "/var/spool/provider-registry"]
print(json.dumps({
    "user": [os.getuid(), os.getgid()],
    "capabilities": [status[name] for name in ("CapEff", "CapPrm", "CapBnd")],
    "new privileges": status["NoNewPrivs"],
    "writable": [folder for folder in folders if writable(folder)],
}))
"""
_START_SECONDS = 300
_POSTGRES = "postgres:18"


def test_it_runs_as_its_user_without_capabilities_and_writes_to_two_folders_only(image: str) -> None:
    probed = json.loads(docker("run", "--rm", *HARDENED, "--entrypoint", "python", image, "-c", PROBE))

    assert probed == {
        "user": [10001, 10001],
        "capabilities": ["0" * 16] * 3,
        "new privileges": "1",
        "writable": ["/tmp", "/var/spool/provider-registry"],
    }


def test_it_holds_nothing_that_installs_or_compiles(image: str) -> None:
    look = "for each in pip pip3 uv gcc cc; do command -v $each; done; python -c 'import pip' 2>&1 | tail -n 1"

    assert docker("run", "--rm", "--entrypoint", "sh", image, "-c", look) == (
        "ModuleNotFoundError: No module named 'pip'\n"
    )


@pytest.fixture
def network() -> Iterator[str]:
    name = f"registry-test-{secrets.token_hex(4)}"
    docker("network", "create", name)
    yield name
    docker("network", "rm", name)


@pytest.fixture
def database(network: str) -> Iterator[str]:
    """The URL of an empty database in that network."""
    variables = ("--env", "POSTGRES_PASSWORD=secret", "--env", "POSTGRES_USER=registry")
    container = docker("run", "--detach", "--network", network, "--network-alias", "database", *variables, _POSTGRES)
    is_ready = ("exec", container.strip(), "pg_isready", "-h", "127.0.0.1", "-U", "registry")
    wait_until(lambda: succeeds(*is_ready), seconds=_START_SECONDS)
    yield "postgresql://registry:secret@database/registry"
    docker("rm", "--force", "--volumes", container.strip())


@pytest.fixture
def alone(image: str, network: str, database: str) -> Iterator[str]:
    """A container of the image with a database, before any realm is asked."""
    settings = {
        "DATABASE_URL": database,
        "REGISTRY_CONSOLE_CLERK_ISSUER": "https://clerk.example.com",
        "REGISTRY_CONSOLE_CLERK_SECRET_KEY": "ak_secret",
        "REGISTRY_CONSOLE_MACHINE_ID": "mch_registry",
        "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": "mch_release",
        "REGISTRY_RUNTIME_VERSION": "1.0",
    }
    variables = [word for name, value in settings.items() for word in ("--env", f"{name}={value}")]
    options = ("--network", network, *HARDENED, *variables)
    docker("run", "--rm", *options, image, "database", "upgrade")
    container = docker("run", "--detach", *options, image).strip()
    yield container
    docker("rm", "--force", "--volumes", container)


def test_it_serves_and_becomes_healthy_by_its_own_check_and_stops_when_asked(alone: str) -> None:
    wait_until(lambda: inspect(alone)["State"]["Health"]["Status"] != "starting", seconds=_START_SECONDS)

    assert inspect(alone)["State"]["Health"]["Status"] == "healthy", docker("logs", alone)

    docker("stop", "--time", "60", alone)

    assert inspect(alone)["State"]["ExitCode"] == 0


def test_without_a_database_it_stops_with_the_name_of_the_setting(image: str) -> None:
    with pytest.raises(ContainerError, match="DATABASE_URL"):
        docker("run", "--rm", *HARDENED, image)
