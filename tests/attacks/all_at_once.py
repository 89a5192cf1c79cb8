"""A reader, a customer and a stranger attack for a minute, through docker/nginx.conf. See `make test-attacks`."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import psutil
import pytest

from benchmarks.seeding import Filling, seed
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.keys import SigningKey
from tests.attacks.attackers import Plan
from tests.attacks.content import ORGANIZATION, further_bodies, hostile_paths, lengthen_history, publish
from tests.attacks.observers import Answered, observing
from tests.support.ports import free_port
from tests.support.proxy import a_proxy
from tests.support.slow_host import Gate, a_slow_host, trickling
from tests.support.stack import Stack, a_stack

SECONDS = 60
GRACE_SECONDS = 10
PATIENCE = float(os.environ.get("ATTACKS_PATIENCE", "1"))
"""For machines that others use as well: how much longer than promised may be waited."""
LONGEST_HEALTH = 0.5 * PATIENCE
LONGEST_RELEASE = 2.0 * PATIENCE
MOST_MEMORY = 512 * 1024**2
PROVIDERS = 5_000
DRY_RUNS = 60


@pytest.fixture
def stack(fresh_database_dsn: str, tmp_path: Path) -> Iterator[Stack]:
    seed(fresh_database_dsn, Filling(PROVIDERS, 1), lambda _: None)
    with a_stack(fresh_database_dsn, tmp_path) as stack:
        yield stack


def test_all_at_once_neither_stop_it_nor_hold_up_releases(stack: Stack, tmp_path: Path) -> None:
    outside, gate = free_port(), Gate()
    through = replace(stack, url=f"http://127.0.0.1:{outside}")
    with (
        FakeClerk() as customers,
        a_slow_host(stack, tmp_path) as host,
        stack.server(**_customer_realm(customers), **_trusting(stack, host.settings, tmp_path)) as server,
        a_proxy(
            tmp_path,
            ["127.0.0.1"],
            inside=int(stack.settings["REGISTRY_PORT"]),
            outside=outside,
            log=tmp_path / "access.log",
            changes={},
        ) as proxy,
    ):
        through.wait_until_ready(server)
        api_key = customers.create_api_key(customers.add_organization(ORGANIZATION).id)
        assert stack.post(stack.upload("0.9.0")).status_code == 201
        lengthen_history(stack)
        publish(stack, api_key)
        plan = Plan(
            url=through.url,
            api_key=api_key,
            forged_token=SigningKey("made-up").sign(
                {"alg": "RS256", "typ": "JWT", "kid": "made-up"}, {"sub": "mch_made_up"}
            ),
            paths=hostile_paths(),
            dry_runs=[
                {**host.offer(b"", trickling(gate), f"3.0.{number}"), "name": f"{ORGANIZATION}/many"}
                for number in range(DRY_RUNS)
            ],
            registrations=further_bodies(stack, 400),
        )
        servers = [psutil.Process(process.pid) for process in (server, proxy)]
        with attacking(plan, tmp_path) as statuses:
            with observing(through, servers) as observed:
                threading.Event().wait(SECONDS)
            server.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            ended = server.wait(3 * GRACE_SECONDS)
            stopping = time.monotonic() - begun
    lines = {
        "memory": f"{max(observed.memory) / 1024**2:.0f} MiB at most",
        "stopped": f"within {stopping:.1f} s",
        "releases": _summary(observed.releases),
        "health": _summary(observed.health),
        "reads": _summary(observed.reads),
        **{name: json.dumps(counted) for name, counted in statuses.items()},
    }
    print("", *(f"{name}: {seen}" for name, seen in lines.items()), sep="\n")  # noqa: T201

    assert {status for status, _ in observed.releases} == {201}
    assert {status for status, _ in observed.health} == {200}
    assert {status for status, _ in observed.reads} == {200}
    assert max(seconds for _, seconds in observed.releases) <= LONGEST_RELEASE
    assert max(seconds for _, seconds in observed.health) <= LONGEST_HEALTH
    assert max(observed.memory) <= MOST_MEMORY
    assert (ended, stopping <= GRACE_SECONDS + 2 * PATIENCE) == (0, True)
    assert all(statuses.values()), "an attack was not answered once"
    assert not {status for counted in statuses.values() for status in counted} & {"500"}


@contextmanager
def attacking(plan: Plan, folder: Path) -> Iterator[dict[str, Mapping[str, int]]]:
    """Let the attackers go on while the context is open; afterwards they have told what they were answered."""
    path, told = folder / "plan.json", dict[str, Mapping[str, int]]()
    path.write_bytes(msgspec.json.encode(plan))
    command = [sys.executable, "-m", "tests.attacks.attackers", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "attacking\n"
            yield told
        finally:
            process.terminate()
            last = process.stdout.readline()
    told.update(json.loads(last))


def _customer_realm(customers: FakeClerk) -> Mapping[str, str]:
    return {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
        "REGISTRY_SHUTDOWN_GRACE_SECONDS": str(GRACE_SECONDS),
    }


def _trusting(stack: Stack, slow: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """Return the setting that trusts both hosts of wheels."""
    bundles = (stack.settings["REGISTRY_WHEEL_CA_BUNDLE"], slow["REGISTRY_WHEEL_CA_BUNDLE"])
    bundle = folder / "both.pem"
    bundle.write_text("\n".join(Path(path).read_text() for path in bundles))
    return {"REGISTRY_WHEEL_CA_BUNDLE": str(bundle)}


def _summary(answers: Sequence[Answered]) -> str:
    seconds = sorted(seconds for _, seconds in answers)
    return f"{len(seconds)}, median {seconds[len(seconds) // 2]:.3f} s, longest {seconds[-1]:.3f} s"
