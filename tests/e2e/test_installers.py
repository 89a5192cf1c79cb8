"""pip and uv install from a running registry, and fetch wheels from their own HTTPS host."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.support.example_provider import build_example
from tests.support.installers import COMMANDS, Installer

EXAMPLE = Path(__file__).parents[2] / "examples/hello_provider"
GCP = "pragmatiks-gcp-provider"


@pytest.fixture
def running(stack: Stack) -> Iterator[Stack]:
    with stack.server() as process:
        stack.wait_until_ready(process)
        yield stack


@pytest.fixture(params=COMMANDS)
def installer(request: pytest.FixtureRequest, running: Stack, tmp_path: Path) -> Installer:
    home = tmp_path / "home"
    home.mkdir()
    return Installer(request.param, home, running.host.ca_path)


def publish(stack: Stack, body: Mapping[str, object]) -> dict[str, Any]:
    response = stack.post(body)
    assert response.status_code == 201, response.text
    published: dict[str, Any] = response.json()
    return published


def publish_example(stack: Stack) -> dict[str, Any]:
    example = build_example(EXAMPLE, stack.wheels)
    return publish(stack, {**example.announcement, "wheel_url": f"{stack.host.url}/{example.wheel.name}"})


def yank(stack: Stack, version: str, reason: str) -> None:
    url = f"{stack.url}/console/providers/platform/gcp/versions/{version}/yank"
    yanked = httpx.put(url, json={"reason": reason}, headers=stack.headers(), trust_env=False)
    assert yanked.status_code == 200, yanked.text


def exchange(stack: Stack, body: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Replace a wheel on the host by another, valid one, and return the body that registers that."""
    other = a_wheel(version=body["version"], **changes)
    (stack.wheels / body["wheel_url"].rpartition("/")[2]).write_bytes(other)
    return {**body, "sha256": hashlib.sha256(other).hexdigest()}


def index(stack: Stack) -> tuple[str, str]:
    return ("--index-url", f"{stack.url}/simple/")


def test_the_example_provider_is_installed_by_its_name(running: Stack, installer: Installer) -> None:
    publish_example(running)

    done = installer.install(*index(running), "pragmatiks-hello-provider")

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_hello_provider-1.0.0"}
    assert (installer.target / "hello_provider/__init__.py").is_file()


def test_the_example_provider_is_installed_as_the_registry_says(running: Stack, installer: Installer) -> None:
    publish_example(running)
    requirement = running.get("/providers/platform/hello/versions/latest/install").json()["requirement"]

    done = installer.install("--no-index", requirement)

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_hello_provider-1.0.0"}


def test_a_wheel_that_was_exchanged_after_its_registration_is_refused(running: Stack, installer: Installer) -> None:
    version = publish(running, running.upload())
    exchange(running, version, files={"gcp_provider/__init__.py": b"evil = True\n"})
    requirement = running.get("/providers/platform/gcp/versions/1.0.0/install").json()["requirement"]

    by_name = installer.install(*index(running), GCP)
    by_url = installer.install("--no-index", requirement)

    for refused in (by_name, by_url):
        assert refused.returncode != 0, refused.stdout
        assert version["wheel_sha256"] in refused.stdout
    assert installer.installed() == set()


def test_the_highest_version_that_is_not_yanked_is_installed(running: Stack, installer: Installer) -> None:
    for version in ("1.9.0", "1.10.0", "1.11.0"):
        publish(running, running.upload(version))
    yank(running, "1.11.0", "Deletes buckets.")

    done = installer.install(*index(running), GCP)

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.10.0"}


def test_a_yanked_version_is_installed_when_pinned_and_its_reason_is_reported(
    running: Stack, installer: Installer
) -> None:
    publish(running, running.upload())
    yank(running, "1.0.0", 'Deletes "buckets" & <more>.')

    unpinned = installer.install(*index(running), GCP)
    pinned = installer.install(*index(running), f"{GCP}==1.0.0")

    assert pinned.returncode == 0, pinned.stdout
    assert 'Deletes "buckets" & <more>.' in pinned.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0"}
    assert unpinned.returncode != 0, unpinned.stdout


def test_a_version_for_another_python_is_passed_over(running: Stack, installer: Installer) -> None:
    publish(running, running.upload("1.0.0"))
    later = "Metadata-Version: 2.4\nName: pragmatiks_gcp_provider\nVersion: 2.0.0\nRequires-Python: >=3.99\n"
    publish(running, exchange(running, running.upload("2.0.0"), metadata=later))

    done = installer.install(*index(running), GCP)

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0"}


def test_a_prerelease_is_installed_when_asked_for(running: Stack, installer: Installer) -> None:
    publish(running, running.upload("1.0.0"))
    publish(running, {**running.upload("2.0.0rc1"), "version": "2.0.0-rc.1"})

    done = installer.install(*index(running), f"{GCP}==2.0.0rc1")

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-2.0.0rc1"}


def test_other_spellings_of_a_name_lead_to_it(running: Stack, installer: Installer) -> None:
    publish(running, running.upload())

    done = installer.install(*index(running), "Pragmatiks_GCP.provider")

    assert done.returncode == 0, done.stdout


def test_an_unknown_distribution_is_not_found(running: Stack, installer: Installer) -> None:
    done = installer.install(*index(running), "unknown")

    assert done.returncode != 0, done.stdout
    assert "unknown" in done.stdout


def test_the_page_of_a_distribution_is_a_list_of_links_for_clients_that_take_html_only(
    running: Stack, tmp_path: Path
) -> None:
    publish(running, running.upload())
    uv = Installer("uv", tmp_path, running.host.ca_path)

    done = uv.install("--no-index", "--find-links", f"{running.url}/simple/{GCP}/", GCP)

    assert done.returncode == 0, done.stdout
    assert uv.installed() == {"pragmatiks_gcp_provider-1.0.0"}
