"""The real server and all that it talks to, for measurements."""

import hashlib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from entrypoints.development.clerk.stand_in import ClerkStandIn
from entrypoints.development.server_process import running_server, wait_until_ok
from entrypoints.development.wheel_host import WheelHost


@dataclass(frozen=True)
class Stack:
    """A running registry.

    Attributes:
        server: The server's main process; its children are the workers.
        wheels: Folder that the wheel host serves.
    """

    url: str
    server: psutil.Process
    wheels: Path
    wheel_host: str
    token: str

    def register(self, wheel: Path, *, version: str) -> None:
        """Register a wheel of the wheel host, with its digest.

        Raises:
            httpx.HTTPStatusError: The registry did not answer 201.
        """
        with wheel.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        body = {
            "name": "platform/bench",
            "version": version,
            "wheel_url": f"{self.wheel_host}/{wheel.name}",
            "sha256": digest,
            "metadata": {"display_name": "Bench", "description": "A measurement."},
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/console/provider-versions"
        httpx.post(url, json=body, headers=headers, trust_env=False, timeout=300).raise_for_status()

    def workers(self) -> list[psutil.Process]:
        """Return the processes that serve requests."""
        return [child for child in self.server.children(recursive=True) if "postgres" not in child.name()]


@contextmanager
def running_stack(**settings: str) -> Iterator[Stack]:
    """Run a registry on an embedded database of its own, with a realm and a wheel host."""
    with TemporaryDirectory(prefix="registry-bench-") as name:
        folder = Path(name)
        wheels = folder / "wheels"
        wheels.mkdir()
        with ClerkStandIn() as clerk, WheelHost(wheels, ca_directory=folder) as host:
            registry = clerk.add_machine()
            release = clerk.add_machine(scopes=[registry.id])
            port = _free_port()
            environment: Mapping[str, str] = {
                "REGISTRY_DATA_DIR": str(folder / "data"),
                "REGISTRY_PORT": str(port),
                "REGISTRY_CONSOLE_CLERK_ISSUER": clerk.issuer,
                "REGISTRY_CONSOLE_CLERK_API_URL": clerk.url,
                "REGISTRY_CONSOLE_CLERK_SECRET_KEY": registry.secret,
                "REGISTRY_CONSOLE_MACHINE_ID": registry.id,
                "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": release.id,
                "REGISTRY_WHEEL_ALLOWED_NETWORKS": "127.0.0.1/32",
                "REGISTRY_WHEEL_CA_BUNDLE": str(host.ca_path),
                **settings,
            }
            log = folder / "registry.log"
            with running_server(environment, log=log) as process:
                url = f"http://127.0.0.1:{port}"
                wait_until_ok(process, f"{url}/health/ready", log=log)
                token = clerk.mint(release, format="jwt", seconds=3600)
                yield Stack(url, psutil.Process(process.pid), wheels, host.url, token)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
