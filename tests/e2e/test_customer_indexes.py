"""pip and uv take from a namespace's index what was published there, and from the platform's nothing of a customer."""

import asyncio
import hashlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from domain.wheel.url import WheelUrl
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.wheel_host import WheelHost
from tests.builders import NOW, a_building_version, a_proven_wheel, a_wheel, some_metadata
from tests.e2e.conftest import Stack
from tests.support.installers import COMMANDS, Installer
from tests.support.public_index import add_wheel, public_index
from tests.support.stores import writing

GCP = "pragmatiks-gcp-provider"
METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nRequires-Dist: certifi\n"


class Customer:
    """An organisation that registers in its own namespace."""

    def __init__(self, stack: Stack, realm: FakeClerk, slug: str) -> None:
        self.stack = stack
        self.slug = slug
        self.key = realm.create_api_key(realm.add_organization(slug=slug).id)

    def register(self, name: str, version: str, distribution: str, metadata: str | None = None) -> httpx.Response:
        body = self.stack.upload(
            version, name=f"{self.slug}/{name}", distribution=distribution, files={}, metadata=metadata
        )
        return httpx.post(
            f"{self.stack.url}/provider-versions",
            json=body,
            headers=self.stack.headers(self.key),
            trust_env=False,
            timeout=30,
        )

    @property
    def index(self) -> str:
        return f"{self.stack.url}/simple/~{self.slug}/"


@pytest.fixture
def realm() -> Iterator[FakeClerk]:
    with FakeClerk() as realm:
        yield realm


@pytest.fixture
def running(stack: Stack, realm: FakeClerk) -> Iterator[Stack]:
    settings = {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": realm.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": realm.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": realm.secret_key,
    }
    with stack.server(**settings) as process:
        stack.wait_until_ready(process)
        yield stack


@pytest.fixture
def acme(running: Stack, realm: FakeClerk) -> Customer:
    """A customer that has a distribution of its own, and certifi 9999."""
    acme = Customer(running, realm, "acme")
    metadata = METADATA.format(name="acme_tools", version="1.0.0")
    for answer in (
        acme.register("tools", "1.0.0", "acme_tools", metadata),
        acme.register("certificates", "9999.0.0", "certifi"),
    ):
        assert answer.status_code == 201, answer.text
    return acme


@pytest.fixture(params=COMMANDS)
def installer(request: pytest.FixtureRequest, running: Stack, tmp_path: Path) -> Installer:
    home = tmp_path / "home"
    home.mkdir()
    return Installer(request.param, home, running.host.ca_path)


@pytest.fixture
def public(tmp_path: Path) -> Iterator[str]:
    """A public package index that has the real certifi."""
    folder = tmp_path / "public"
    add_wheel(folder, "certifi-2026.1.0-py3-none-any.whl", a_wheel("certifi", "2026.1.0", files={"certifi.py": b""}))
    with public_index(folder) as url:
        yield url


def publish(stack: Stack, body: Mapping[str, object]) -> dict[str, Any]:
    response = stack.post(body)
    assert response.status_code == 201, response.text
    published: dict[str, Any] = response.json()
    return published


@pytest.mark.usefixtures("acme")
def test_a_dependency_of_a_first_party_provider_does_not_come_from_a_customer(
    running: Stack, installer: Installer, public: str
) -> None:
    publish(running, running.upload(metadata=METADATA.format(name="pragmatiks_gcp_provider", version="1.0.0")))

    done = installer.install(
        "--index-url", public, "--extra-index-url", f"{running.url}/simple/", GCP, dependencies=True
    )

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0", "certifi-2026.1.0"}


@pytest.mark.usefixtures("acme")
def test_the_platforms_index_has_no_distribution_of_a_customer(running: Stack, installer: Installer) -> None:
    for distribution in ("certifi", "acme-tools"):
        done = installer.install("--index-url", f"{running.url}/simple/", distribution)
        assert done.returncode != 0, done.stdout
    assert installer.installed() == set()


@pytest.mark.parametrize("mark", ["~", ""])
def test_a_customers_index_has_its_distributions_under_any_spelling(
    acme: Customer, installer: Installer, mark: str
) -> None:
    done = installer.install("--index-url", f"{acme.stack.url}/simple/{mark}acme/", "Acme.Tools")

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"acme_tools-1.0.0"}


def test_a_namespace_that_is_called_like_a_public_project_hides_nothing(
    running: Stack, realm: FakeClerk, installer: Installer, public: str
) -> None:
    assert Customer(running, realm, "certifi").register("tools", "1.0.0", "acme_tools").status_code == 201
    publish(running, running.upload(metadata=METADATA.format(name="pragmatiks_gcp_provider", version="1.0.0")))

    done = installer.install(
        "--index-url", public, "--extra-index-url", f"{running.url}/simple/", GCP, dependencies=True
    )

    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0", "certifi-2026.1.0"}


def test_uv_takes_from_an_explicit_index_only_what_it_may_take(acme: Customer, public: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        f"""
        [project]
        name = "dependent"
        version = "1.0.0"
        requires-python = ">=3.11"
        dependencies = ["acme-tools"]

        [[tool.uv.index]]
        name = "acme"
        url = "{acme.index}"
        explicit = true

        [[tool.uv.index]]
        url = "{public}"
        default = true

        [tool.uv.sources]
        acme-tools = {{ index = "acme" }}
        """
    )
    uv = str(Path(sys.executable).with_name("uv"))
    done = subprocess.run(
        [uv, "lock", "--no-cache", "--no-progress", "--python", sys.executable],
        cwd=project,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "SSL_CERT_FILE": str(acme.stack.host.ca_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    locked = tomllib.loads((project / "uv.lock").read_text())["package"]
    assert {(each["name"], each["version"], each["source"].get("registry")) for each in locked} >= {
        ("acme-tools", "1.0.0", acme.index),
        ("certifi", "2026.1.0", public),
    }


def yank(stack: Stack, provider: str) -> None:
    url = f"{stack.url}/console/providers/{provider}/versions/1.0.0/yank"
    yanked = httpx.put(url, json={"reason": "Broken."}, headers=stack.headers(), trust_env=False)
    assert yanked.status_code == 200, yanked.text


def pinned(folder: Path, digest: str) -> tuple[str, ...]:
    requirements = folder / f"{digest}.txt"
    requirements.write_text(f"{GCP}==1.0.0 --hash=sha256:{digest}\n")
    return ("--require-hashes", "-r", str(requirements))


def test_a_pinned_digest_installs_after_a_yank_and_whatever_is_registered_then(
    running: Stack, installer: Installer, tmp_path: Path
) -> None:
    body = running.upload()
    first = publish(running, body)
    yank(running, "platform/gcp")
    refused = running.post({**body, "name": "platform/other", "sha256": "1" * 64})

    done = installer.install("--index-url", f"{running.url}/simple/", *pinned(tmp_path, first["wheel_sha256"]))

    assert (refused.status_code, refused.json()["code"]) == (409, "wheel_filename_conflict")
    assert done.returncode == 0, done.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0"}


@pytest.mark.parametrize("is_yanked", [False, True])
def test_either_digest_of_a_collision_from_before_installs(
    running: Stack, installer: Installer, tmp_path: Path, is_yanked: bool
) -> None:
    first = publish(running, running.upload())
    if is_yanked:
        yank(running, "platform/gcp")
    other = a_wheel(files={"gcp_provider/__init__.py": b"other = True\n"})
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / first["wheel_filename"]).write_bytes(other)

    with WheelHost(folder, ca_directory=folder) as host:
        collide(running, WheelUrl.parse(f"{host.url}/{first['wheel_filename']}"), other)
        authorities = tmp_path / "authorities.pem"
        authorities.write_bytes(running.host.ca_path.read_bytes() + host.ca_path.read_bytes())
        for digest in (first["wheel_sha256"], hashlib.sha256(other).hexdigest()):
            home = tmp_path / digest
            home.mkdir()
            one = Installer(installer.name, home, authorities)
            done = one.install("--index-url", f"{running.url}/simple/", *pinned(tmp_path, digest))
            assert done.returncode == 0, done.stdout
            assert one.installed() == {"pragmatiks_gcp_provider-1.0.0"}


def collide(stack: Stack, url: WheelUrl, data: bytes) -> None:
    """Publish another file under a name that is taken, as a release did that knew nothing of taken names."""
    wheel = replace(a_proven_wheel(data), filename=url.filename.text, distribution=url.filename.distribution)
    version = a_building_version(name="platform/other", wheel_url=url).publish(wheel, at=NOW)

    async def write() -> None:
        database = Database(stack.settings["DATABASE_URL"])
        decision = writing(version, some_metadata())
        await PostgresVersionRepository(database).update(version.name, version.version, decision)
        await database.dispose()

    asyncio.run(write())
