"""One PostgreSQL server, one realm and one wheel host, and whatever is measured on them. All of it on loopback."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import psutil
import trustme

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.schema import upgrade
from benchmarks.client import Request
from benchmarks.granian_server import BODY_VARIABLE, FOLDER_VARIABLE
from benchmarks.payloads import schemas
from benchmarks.plan import Plan
from benchmarks.processes import free_port, serving
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine

REGISTRATIONS = "/console/provider-versions"
_PLAIN_SERVICE = ("uvicorn", "benchmarks.plain_service.app:app", "--loop", "uvloop", "--http", "httptools")


@dataclass(frozen=True, slots=True)
class Served:
    """A server under measurement."""

    url: str
    process: psutil.Process


@dataclass(frozen=True, slots=True)
class WheelHost:
    """An HTTPS host for the wheels of a folder."""

    url: str
    folder: Path
    ca_path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What a section measures with.

    Attributes:
        say: Shows what is being done.
    """

    plan: Plan
    say: Callable[[str], None]
    folder: Path
    postgres: str
    host: WheelHost
    clerk: FakeClerk
    machine: FakeMachine
    environment: dict[str, str] = field(repr=False)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Make a database, empty, and drop it afterwards."""
        name = f"bench_{free_port()}"
        query(self.postgres, f"CREATE DATABASE {name}")
        try:
            yield urlsplit(self.postgres)._replace(path=f"/{name}").geturl()
        finally:
            query(self.postgres, f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def migrated_database(self) -> Iterator[str]:
        """Make a database with the registry's tables, and drop it afterwards."""
        with self.database() as dsn:
            upgrade(dsn)
            yield dsn

    @contextmanager
    def registry(self, dsn: str | None = None, **settings: str) -> Iterator[Served]:
        """Run the registry, on a database of its own if none is named, with settings beside the usual ones."""
        if dsn is None:
            with self.migrated_database() as own, self.registry(own, **settings) as served:
                yield served
            return
        port = free_port()
        variables = {**self.environment, "DATABASE_URL": dsn, "REGISTRY_PORT": str(port), **settings}
        with self._serving(["entrypoints.cli.main", "serve"], port, "/health/ready", variables) as served:
            yield served

    @contextmanager
    def plain_service(self) -> Iterator[Served]:
        """Run the yardstick in FastAPI, on a database of its own on the same server."""
        with self.database() as dsn:
            variables = {
                "PLAIN_DATABASE_URL": f"postgresql+asyncpg:{dsn.partition(':')[2]}",
                "PLAIN_CA_BUNDLE": str(self.host.ca_path),
            }
            port = free_port()
            command = [*_PLAIN_SERVICE, "--port", str(port)]
            with self._serving(command, port, "/health", variables) as served:
                yield served

    @contextmanager
    def constant(self, body: bytes, path: str) -> Iterator[Served]:
        """Run the registry's own server on an application that only ever sends these bytes."""
        file = self.folder / "constant"
        file.write_bytes(body)
        port = free_port()
        command = ["benchmarks.granian_server", "constant", str(port)]
        with self._serving(command, port, path, {BODY_VARIABLE: str(file)}) as served:
            yield served

    def token(self) -> str:
        """Return a signed token of a machine that may release."""
        return self.clerk.mint(self.machine, format="jwt", seconds=3600)

    def registration(self, wheel: Path, *, name: str, version: str, with_schemas: bool = True) -> Request:
        """Return the request that registers a wheel of the host."""
        with wheel.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        body = {
            "name": f"platform/{name}",
            "version": version,
            "wheel_url": f"{self.host.url}/{wheel.name}",
            "sha256": digest,
            "schemas": schemas() if with_schemas else None,
            "metadata": {"display_name": name.title(), "description": "A measurement.", "tags": ["bench"]},
        }
        return Request("POST", REGISTRATIONS, json.dumps(body), self.token())

    @contextmanager
    def _serving(self, command: list[str], port: int, path: str, variables: dict[str, str]) -> Iterator[Served]:
        url = f"http://127.0.0.1:{port}"
        with serving(command, url=url + path, log=self.folder / f"{port}.log", environment=variables) as process:
            yield Served(url, process)


def query(dsn: str, statement: str) -> Any:  # noqa: ANN401 - the driver is not typed
    """Run a statement, and return the first column of its first row, or None."""
    return asyncio.run(_query(dsn, statement))


async def _query(dsn: str, statement: str) -> Any:  # noqa: ANN401 - the driver is not typed
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@contextmanager
def a_workbench(plan: Plan, say: Callable[[str], None]) -> Iterator[Workbench]:
    """Set up a workbench, and clear it away afterwards."""
    with TemporaryDirectory(prefix="registry-bench-") as name:
        folder = Path(name)
        say("Starting PostgreSQL")
        with EmbeddedPostgres(folder / "postgres") as postgres, a_wheel_host(folder) as host, FakeClerk() as clerk:
            registry = clerk.add_machine()
            release = clerk.add_machine(scopes=[registry.id])
            environment = {
                "REGISTRY_CONSOLE_CLERK_ISSUER": clerk.issuer,
                "REGISTRY_CONSOLE_CLERK_API_URL": clerk.url,
                "REGISTRY_CONSOLE_CLERK_SECRET_KEY": registry.secret,
                "REGISTRY_CONSOLE_MACHINE_ID": registry.id,
                "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": release.id,
                "REGISTRY_WHEEL_ALLOWED_NETWORKS": "127.0.0.1/32",
                "REGISTRY_WHEEL_CA_BUNDLE": str(host.ca_path),
            }
            yield Workbench(
                plan=plan,
                say=say,
                folder=folder,
                postgres=postgres.dsn,
                host=host,
                clerk=clerk,
                machine=release,
                environment=environment,
            )


@contextmanager
def a_wheel_host(folder: Path) -> Iterator[WheelHost]:
    """Serve an empty folder over HTTPS, in a process of its own, with a throwaway certificate."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    paths = {name: folder / f"{name}.pem" for name in ("authority", "certificate", "key")}
    authority.cert_pem.write_to_path(str(paths["authority"]))
    certificate.private_key_pem.write_to_path(str(paths["key"]))
    paths["certificate"].write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
    wheels = folder / "wheels"
    wheels.mkdir()
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    command = ["benchmarks.granian_server", "wheels", str(port)]
    command += ["--certificate", str(paths["certificate"]), "--key", str(paths["key"])]
    variables = {FOLDER_VARIABLE: str(wheels)}
    trust = ssl.create_default_context(cafile=paths["authority"])
    with serving(command, url=url, log=folder / "wheels.log", environment=variables, trust=trust):
        yield WheelHost(url, wheels, paths["authority"])
