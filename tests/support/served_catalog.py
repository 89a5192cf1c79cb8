"""The catalog served on loopback, over memory adapters, with everything between the socket and the ports real."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import uvicorn

from adapters import ed25519
from adapters.memory.attestation_verifier import InMemoryAttestationVerifier
from domain.availability import Availability, CheckSchedule, OriginVerdict
from domain.customers import Customer, Organization
from domain.log.notes import SigningKey
from domain.registrants import ConsoleMachine
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.http.app import create_app
from tests.builders import MACHINE_ID, NOW, RUNTIME_VERSION
from tests.support.catalogs import ATTESTED, DRIFTED, RELEASES, YANKED, release, signed_statement
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@contextmanager
def a_served_catalog() -> Iterator[tuple[str, MemoryAdapters]]:
    """Serve the example catalog; yield its address and what is behind it."""
    key = SigningKey.of("registry.example.com/log", bytes(32), ed25519.public_key)
    vouched_for = InMemoryAttestationVerifier()
    adapters = MemoryAdapters().with_log([key]).with_provenance(vouched_for)
    serving: Future[asyncio.AbstractEventLoop] = Future()

    @asynccontextmanager
    async def open_registry():  # type: ignore[no-untyped-def] # noqa: ANN202 -- as create_app takes it
        serving.set_result(asyncio.get_running_loop())
        assert adapters.log is not None
        await adapters.log.writer.open("registry.example.com/log", event_id=str(uuid4()), at=adapters.clock.now())
        yield build_registry(adapters, release_machine_ids=[MACHINE_ID], runtime_version=RUNTIME_VERSION)

    port = free_port()
    config = uvicorn.Config(
        create_app(open_registry, transparency_log=True, provenance=True, customer_realm=True),
        port=port,
        ws="none",
        loop="asyncio",
        log_config=None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        _fill(f"http://127.0.0.1:{port}", adapters, vouched_for)
        asyncio.run_coroutine_threadsafe(_check_wheels(adapters), serving.result()).result()
        wait_until(lambda: httpx.get(f"http://127.0.0.1:{port}/log/checkpoint", trust_env=False).is_success)
        yield f"http://127.0.0.1:{port}", adapters
    finally:
        server.should_exit = True
        thread.join()


def _fill(url: str, adapters: MemoryAdapters, vouched_for: InMemoryAttestationVerifier) -> None:
    acme = Customer(
        id="user_ann",
        user_id="user_ann",
        organization_id="org_acme",
        organization_slug="acme",
        organization_name="Acme Inc.",
        role="admin",
    )
    acme_inc = Organization(id="org_acme", name="Acme Inc.", slug="acme", created_at=NOW, updated_at=NOW)
    adapters.customer_directory.add_organization(acme_inc)
    machine = adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    tokens = {"acme": adapters.customer_verifier.issue(acme)}
    with httpx.Client(base_url=url, trust_env=False) as client:
        for canonical, version, changes in RELEASES:
            body = release(adapters.fetcher, canonical, version, changes)
            if (canonical, version) in ATTESTED:
                attestation = {"version": 1, "of": body["wheel_url"]}
                vouched_for.put(json.dumps(attestation, separators=(",", ":")).encode(), signed_statement(body))
                body |= {"attestations": [attestation]}
            token = tokens.get(canonical.partition("/")[0])
            client.post(
                "/provider-versions" if token else "/console/provider-versions",
                json=body,
                headers={"Authorization": f"Bearer {token or machine}"},
            ).raise_for_status()
        for (canonical, version), reason in YANKED.items():
            path = f"/console/providers/{canonical}/versions/{version}/yank"
            headers = {"Authorization": f"Bearer {machine}"}
            client.put(path, json={"reason": reason}, headers=headers).raise_for_status()


async def _check_wheels(adapters: MemoryAdapters) -> None:
    """Let all wheels be where they were registered, but for some."""
    at_once = CheckSchedule(look_every=timedelta())
    await adapters.checks.enrol(at_once, limit=1000)
    for check in await adapters.checks.claim(seconds=60, limit=1000):
        is_drifted = (check.wheel.provider.canonical, check.wheel.version.text) in DRIFTED
        verdict = OriginVerdict.DRIFTED if is_drifted else OriginVerdict.INTACT
        known = Availability(verdict=verdict, since=NOW, checked_at=NOW)
        await adapters.checks.record(check.lease, known, after=timedelta(days=1))
