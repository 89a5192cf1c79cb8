"""The catalog served on loopback, over memory adapters, with everything between the socket and the ports real."""

import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import uuid4

import httpx
import uvicorn

from adapters import ed25519
from domain.log.notes import SigningKey
from domain.registrants import ConsoleMachine
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.http.app import create_app
from tests.builders import MACHINE_ID, RUNTIME_VERSION
from tests.support.catalogs import RELEASES, YANKED, release
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@contextmanager
def a_served_catalog() -> Iterator[tuple[str, MemoryAdapters]]:
    """Serve the example catalog; yield its address and what is behind it."""
    key = SigningKey.of("registry.example.com/log", bytes(32), ed25519.public_key)
    adapters = MemoryAdapters().with_log([key])

    @asynccontextmanager
    async def open_registry():  # type: ignore[no-untyped-def] # noqa: ANN202 -- as create_app takes it
        assert adapters.log is not None
        await adapters.log.writer.open("registry.example.com/log", event_id=str(uuid4()), at=adapters.clock.now())
        yield build_registry(adapters, release_machine_ids=[MACHINE_ID], runtime_version=RUNTIME_VERSION)

    port = free_port()
    config = uvicorn.Config(
        create_app(open_registry, transparency_log=True), port=port, ws="none", loop="asyncio", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        _fill(f"http://127.0.0.1:{port}", adapters)
        wait_until(lambda: httpx.get(f"http://127.0.0.1:{port}/log/checkpoint", trust_env=False).is_success)
        yield f"http://127.0.0.1:{port}", adapters
    finally:
        server.should_exit = True
        thread.join()


def _fill(url: str, adapters: MemoryAdapters) -> None:
    token = adapters.verifier.issue(ConsoleMachine(MACHINE_ID))
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        for canonical, version, changes in RELEASES:
            body = release(adapters.fetcher, canonical, version, changes)
            client.post("/console/provider-versions", json=body).raise_for_status()
        for (canonical, version), reason in YANKED.items():
            path = f"/console/providers/{canonical}/versions/{version}/yank"
            client.put(path, json={"reason": reason}).raise_for_status()
