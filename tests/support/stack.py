"""The real server as a process of its own, with a real realm, a real wheel host and a real database."""

import hashlib
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine
from entrypoints.development.server_process import running_server, wait_until_ok
from entrypoints.development.wheel_host import WheelHost
from tests.builders import a_wheel
from tests.support.ports import free_port

DISTRIBUTION = "pragmatiks_gcp_provider"

# The server is spoken to without TLS, and loading the usual authorities takes longer than most requests.
_NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Stack:
    """Everything that a registration meets."""

    clerk: FakeClerk
    registry: FakeMachine
    release: FakeMachine
    host: WheelHost
    wheels: Path
    settings: Mapping[str, str]
    url: str
    log: Path

    @contextmanager
    def server(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        with running_server({**self.settings, **settings}, log=self.log) as process:
            yield process

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        wait_until_ok(process, f"{self.url}/health/ready", log=self.log)

    def wait_until_listening(self, process: subprocess.Popen[bytes]) -> None:
        wait_until_ok(process, f"{self.url}/health", log=self.log)

    def upload(
        self,
        version: str = "1.0.0",
        *,
        files: Mapping[str, bytes] | None = None,
        distribution: str = DISTRIBUTION,
        metadata: str | None = None,
        **changes: object,
    ) -> dict[str, Any]:
        """Put a wheel on the host and return the body that registers it."""
        data = a_wheel(distribution, version, files=files, metadata=metadata)
        name = f"{distribution}-{version}-py3-none-any.whl"
        (self.wheels / name).write_bytes(data)
        return {
            "name": "platform/gcp",
            "version": version,
            "wheel_url": f"{self.host.url}/{name}",
            "sha256": hashlib.sha256(data).hexdigest(),
            "metadata": {"display_name": "Google Cloud", "description": "Manages Google Cloud."},
            **changes,
        }

    def headers(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.clerk.mint(self.release, format='jwt')}"}

    def post(
        self, body: Mapping[str, object], token: str | None = None, *, fields: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return httpx.post(
            f"{self.url}/console/provider-versions",
            json=body,
            headers={**self.headers(token), **(fields or {})},
            trust_env=False,
            timeout=30,
            verify=_NO_AUTHORITIES,
        )

    @contextmanager
    def posting(
        self, *bodies: Mapping[str, object], token: str | None = None
    ) -> Iterator[list[Future[httpx.Response]]]:
        """Register all at once, in threads that have ended on exit."""
        with ThreadPoolExecutor(len(bodies)) as threads:
            yield [threads.submit(self.post, body, token) for body in bodies]

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", trust_env=False, timeout=30, verify=_NO_AUTHORITIES)


@contextmanager
def a_stack(database_dsn: str, tmp_path: Path) -> Iterator[Stack]:
    """Run all but the server; its log must then hold no defect."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with FakeClerk() as clerk, WheelHost(wheels, ca_directory=tmp_path) as host:
        registry = clerk.add_machine()
        release = clerk.add_machine(scopes=[registry.id])
        port = free_port()
        settings = {
            "DATABASE_URL": database_dsn,
            "REGISTRY_PORT": str(port),
            "REGISTRY_CONSOLE_CLERK_ISSUER": clerk.issuer,
            "REGISTRY_CONSOLE_CLERK_API_URL": clerk.url,
            "REGISTRY_CONSOLE_CLERK_SECRET_KEY": registry.secret,
            "REGISTRY_CONSOLE_MACHINE_ID": registry.id,
            "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": release.id,
            "REGISTRY_TASKS": "registrations",
            "REGISTRY_RUNTIME_VERSION": "2.3.0",
            "REGISTRY_WHEEL_ALLOWED_NETWORKS": "127.0.0.1/32",
            "REGISTRY_WHEEL_CA_BUNDLE": str(host.ca_path),
        }
        log = tmp_path / "registry.log"
        yield Stack(clerk, registry, release, host, wheels, settings, f"http://127.0.0.1:{port}", log)
        logged = log.read_text() if log.exists() else ""
        assert "request_failed" not in logged
        assert "Traceback" not in logged
