"""The compose file, as it is but for names and ports, with a realm of its own."""

import hashlib
import secrets
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import trustme

from tests.builders import a_wheel
from tests.containers.engine import Compose, build
from tests.containers.images import IMAGE
from tests.support.ports import free_port
from tests.support.stack import DISTRIBUTION
from tests.support.waiting import wait_until

VERSIONS = 4000
"""Wheels that the realm holds, ``1.0.0`` and so on."""

REALM_IMAGE = "provider-registry:test-realm"
NAMES = ("clerk.example.com", "wheels.example.com", "127.0.0.1")

_FILES = Path("docker")
_REALM = Path(__file__).parent / "realm"
_DEVELOPMENT = Path("src/entrypoints/development")
_START_SECONDS = 300
_PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the proxy speaks HTTP, and loading authorities takes long


def build_realm(folder: Path) -> None:
    """Build the image of the realm, and leave its authority's certificate in a folder."""
    context = folder / "realm"
    shutil.copytree(_REALM, context)
    shutil.copytree(_DEVELOPMENT, context / "entrypoints" / "development", ignore=shutil.ignore_patterns("__pycache__"))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert(*NAMES).private_key_and_cert_chain_pem.write_to_path(str(context / "host.pem"))
    (context / "wheels").mkdir()
    for number in range(VERSIONS):
        version = f"1.0.{number}"
        (context / "wheels" / _filename(version)).write_bytes(a_wheel(DISTRIBUTION, version))
    build(context, REALM_IMAGE, "--build-arg", f"REGISTRY_IMAGE={IMAGE}", dockerfile="Dockerfile")


@dataclass(frozen=True)
class Deployment:
    """What ``docker compose up`` starts, and how to call it.

    Attributes:
        url: The proxy's.
        folder: Holds the files of Compose.
    """

    compose: Compose
    folder: Path
    url: str
    release_secret: str

    def up(self, image: str) -> None:
        """Start or replace the services so that they run an image, and wait until the proxy finds a ready replica."""
        text = (_FILES / "compose.yaml").read_text()
        for written, here in (
            ("image: provider-registry\n", f"image: {image}\n"),
            ("127.0.0.1:8000:", f"127.0.0.1:{self.url.rpartition(':')[2]}:"),
        ):
            assert written in text
            text = text.replace(written, here)
        (self.folder / "compose.yaml").write_text(text)
        self.compose("up", "--detach", "--no-build")
        wait_until(self.is_ready, seconds=_START_SECONDS)

    def is_ready(self) -> bool:
        try:
            return self.get("/health/ready").is_success
        except httpx.TransportError:
            return False

    def token(self) -> str:
        port = self.compose.port("realm", 8443)
        answer = httpx.post(
            f"https://127.0.0.1:{port}/v1/m2m_tokens",
            headers={"Authorization": f"Bearer {self.release_secret}"},
            json={"token_format": "jwt", "seconds_until_expiration": 3600},
            verify=ssl.create_default_context(cafile=str(self.folder / "ca.pem")),
            trust_env=False,
        )
        return str(answer.raise_for_status().json()["token"])

    def register(self, version: str, token: str) -> httpx.Response:
        body = {
            "name": "platform/gcp",
            "version": version,
            "wheel_url": f"https://wheels.example.com:8444/{_filename(version)}",
            "sha256": hashlib.sha256(a_wheel(DISTRIBUTION, version)).hexdigest(),
            "metadata": {"display_name": "Google Cloud", "description": "Manages Google Cloud."},
        }
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.post(
            f"{self.url}/console/provider-versions",
            json=body,
            headers=headers,
            trust_env=False,
            verify=_PLAIN,
            timeout=60,
        )

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", trust_env=False, verify=_PLAIN, timeout=30)

    def version(self, version: str) -> dict[str, Any]:
        """Read a registered version."""
        return dict(self.get(f"/providers/platform/gcp/versions/{version}").raise_for_status().json())


@contextmanager
def a_deployment(folder: Path, ca: Path, image: str) -> Iterator[Deployment]:
    """Bring the compose file up, and take it down with all that it made."""
    registry_secret, release_secret = (f"ak_{secrets.token_hex(16)}" for _ in range(2))
    folder.mkdir(parents=True)
    shutil.copy(_FILES / "nginx.conf", folder)
    shutil.copy(_REALM / "compose.yaml", folder / "realm.yaml")
    shutil.copy(ca, folder / "ca.pem")
    shutil.copy(_FILES / "registry.env.example", folder / "registry.env")
    environment = {
        "DATABASE_PASSWORD": secrets.token_hex(16),
        "REALM_IMAGE": REALM_IMAGE,
        "REALM_REGISTRY_SECRET": registry_secret,
        "REALM_RELEASE_SECRET": release_secret,
    }
    files = [folder / "compose.yaml", folder / "realm.yaml"]
    compose = Compose(f"registry-test-{secrets.token_hex(4)}", files, environment)
    deployment = Deployment(compose, folder, f"http://127.0.0.1:{free_port()}", release_secret)
    try:
        deployment.up(image)
        yield deployment
    except BaseException:
        print(compose("logs", "--no-color", "--tail", "60"))  # noqa: T201 - pytest shows it beside the failure
        raise
    finally:
        compose.remove()


def _filename(version: str) -> str:
    return f"{DISTRIBUTION}-{version}-py3-none-any.whl"
