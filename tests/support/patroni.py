"""Two PostgreSQL servers under Patroni, with an etcd of their own."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import yaml

from tests.support.clusters import Cluster, is_alive
from tests.support.ports import free_port
from tests.support.waiting import wait_until

PASSWORD = "registry-tests"
START_SECONDS = 180
"""For a node to initialise, to be copied, or to be rewound."""
_LOOPBACK = "127.0.0.1"


def programs() -> Path:
    """Return the folder with Patroni's commands; `make test-ha` installs them."""
    named = os.environ.get("PATRONI")
    if named is None:
        pytest.exit("PATRONI names no folder with Patroni's commands; run `make test-ha`", returncode=1)
    if shutil.which("etcd") is None:
        pytest.exit("etcd is absent, and Patroni needs one: apt-get install etcd-server", returncode=1)
    return Path(named).resolve()


@dataclass(eq=False)
class Node:
    """A PostgreSQL server and the Patroni that runs it."""

    name: str
    folder: Path
    settings: Mapping[str, Any]
    port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{_LOOPBACK}:{self.port}"

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres:{PASSWORD}@{self.address}/postgres"

    @property
    def configuration(self) -> Path:
        return self.folder / f"{self.name}.yaml"

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            command = [*_not_as_root(), str(programs() / "patroni"), str(self.configuration)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def kill_postgres(self) -> None:
        """Kill PostgreSQL with SIGKILL; Patroni stays."""
        _kill(self._postgres())

    def kill(self) -> None:
        """Kill all of the node with SIGKILL, Patroni first, which would start PostgreSQL again."""
        if self.process is not None:
            _kill([psutil.Process(self.process.pid)] if self.process.poll() is None else [])
            self.process.wait()
        _kill(self._postgres())

    def status(self) -> dict[str, Any]:
        """Return what Patroni says of the node; nothing while it says nothing."""
        with suppress(httpx.TransportError, ValueError):
            told: dict[str, Any] = self._ask("GET", "/patroni").json()
            return told
        return {}

    def leads(self) -> bool:
        """Tell whether the node takes writes."""
        return self.status().get("role") in {"primary", "master"}

    def members(self) -> Sequence[Mapping[str, Any]]:
        """Return what Patroni says of both nodes; nothing while it says nothing."""
        with suppress(httpx.TransportError, ValueError):
            members: Sequence[Mapping[str, Any]] = self._ask("GET", "/cluster").json().get("members", ())
            return members
        return ()

    def configure(self) -> None:
        """Write Patroni's file."""
        data = self.folder / self.name
        users = {
            kind: {"username": name, "password": PASSWORD}
            for kind, name in {"superuser": "postgres", "replication": "replicator", "rewind": "rewinder"}.items()
        }
        postgresql = {
            "listen": self.address,
            "connect_address": self.address,
            "data_dir": str(data),
            "bin_dir": str(Cluster(data).tools),
            "pgpass": str(self.folder / f"{self.name}.pgpass"),
            "authentication": users,
            "parameters": {"unix_socket_directories": ""},
            "pg_hba": [f"host {who} all {_LOOPBACK}/32 scram-sha-256" for who in ("all", "replication")],
        }
        api = f"{_LOOPBACK}:{self.api_port}"
        mine = {
            "name": self.name,
            "restapi": {"listen": api, "connect_address": api},
            "postgresql": postgresql,
            "bootstrap": {**self.settings["bootstrap"], "initdb": [{"encoding": "UTF8"}, "data-checksums"]},
        }
        self.configuration.write_text(yaml.safe_dump({**self.settings, **mine}))

    def _ask(self, method: str, path: str) -> httpx.Response:
        return httpx.request(method, f"http://{_LOOPBACK}:{self.api_port}{path}", trust_env=False, timeout=10)

    def _postgres(self) -> list[psutil.Process]:
        with suppress(FileNotFoundError, psutil.NoSuchProcess, ValueError):
            pid = int((self.folder / self.name / "postmaster.pid").read_text().splitlines()[0])
            postmaster = psutil.Process(pid)
            if "postgres" in postmaster.name():
                return [postmaster, *postmaster.children(recursive=True)]
        return []


@dataclass
class PatroniCluster:
    """Two nodes, of which one leads."""

    nodes: Sequence[Node]

    @property
    def dsn(self) -> str:
        """A DSN of both nodes, which leads to the one that takes writes."""
        hosts = ",".join(node.address for node in self.nodes)
        return f"postgresql://postgres:{PASSWORD}@{hosts}/postgres?target_session_attrs=read-write"

    def leader(self) -> Node:
        """Return the node that leads."""
        (leader,) = (node for node in self.nodes if node.leads())
        return leader

    def other(self, node: Node) -> Node:
        """Return the other node."""
        return self.nodes[1 - self.nodes.index(node)]

    def wait_until_synchronous(self, leader: Node | None = None) -> None:
        """Return when a node leads, the one given if any, and the other follows it synchronously."""

        def is_synchronous() -> bool:
            members = {member["name"]: member for node in self.nodes for member in node.members()}
            roles = {name: (member["role"], member["state"]) for name, member in members.items()}
            if sorted(roles.values()) != [("leader", "running"), ("sync_standby", "streaming")]:
                return False
            return leader is None or roles[leader.name][0] == "leader"

        wait_until(is_synchronous, seconds=START_SECONDS)

    def switch_over(self) -> None:
        """Have the other node lead, as one plans it."""
        leader = self.leader()
        names = ["--leader", leader.name, "--candidate", self.other(leader).name]
        command = [str(programs() / "patronictl"), "-c", str(leader.configuration), "switchover", *names, "--force"]
        subprocess.run(command, check=True, capture_output=True, timeout=START_SECONDS)


@contextmanager
def a_patroni_cluster(folder: Path, dynamic: Mapping[str, Any]) -> Iterator[PatroniCluster]:
    """Run both nodes under these settings of the cluster, and leave no process of them whatever happens."""
    with _etcd(folder) as etcd, ExitStack() as running:
        settings = {"scope": "registry", "etcd3": {"hosts": [etcd]}, "bootstrap": {"dcs": dynamic}}
        cluster = PatroniCluster([Node(name, folder, settings) for name in ("first", "second")])
        for node in cluster.nodes:
            node.configure()
            running.callback(node.kill)
            node.start()
        cluster.wait_until_synchronous()
        yield cluster


@contextmanager
def _etcd(folder: Path) -> Iterator[str]:
    client, peer = (f"{_LOOPBACK}:{free_port()}" for _ in range(2))
    options = {
        "data-dir": str(folder / "etcd"),
        "listen-client-urls": f"http://{client}",
        "advertise-client-urls": f"http://{client}",
        "listen-peer-urls": f"http://{peer}",
        "initial-advertise-peer-urls": f"http://{peer}",
        "initial-cluster": f"default=http://{peer}",
    }
    command = ["etcd", *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "etcd.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_until(lambda: _is_healthy(client))
            yield client
        finally:
            process.kill()


def _is_healthy(etcd: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"http://{etcd}/health", trust_env=False).is_success
    return False


def _not_as_root() -> Sequence[str]:
    """PostgreSQL refuses to run as root: a name space in which root has another number lets it keep root's files."""
    return () if os.geteuid() else ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(is_alive(process) for process in processes))
