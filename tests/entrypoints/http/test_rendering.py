"""Work for readers is bounded, and apart from registrations."""

import functools
import gzip
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from jinja2 import Environment
from litestar.testing import AsyncTestClient
from litestar.types import ASGIApp

from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.http import templating
from entrypoints.http.app import create_app
from entrypoints.http.cache.rendering import RenderingBusyError, RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages import responses
from entrypoints.http.routes import pages, version_pages
from entrypoints.use_cases import UseCases
from tests.builders import a_version
from tests.entrypoints.http.conftest import serving
from tests.support.stores import put


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end, so that no thread waits for ever."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_what_finds_no_place_is_refused_and_places_come_back(gate: threading.Event) -> None:
    pool = RenderingPool(threads=1, max_pending=2)
    async with anyio.create_task_group() as group:
        group.start_soon(pool.run, gate.wait)
        group.start_soon(pool.run, gate.wait)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(RenderingBusyError):
            await pool.run(str)
        gate.set()
    assert await pool.run(lambda: 1) == 1
    pool.close()


async def test_a_reader_that_is_gone_leaves_its_place_only_when_its_work_is_done(gate: threading.Event) -> None:
    pool = RenderingPool(threads=1, max_pending=1)
    with anyio.CancelScope() as gone:
        async with anyio.create_task_group() as group:
            group.start_soon(pool.run, gate.wait)
            await anyio.wait_all_tasks_blocked()
            gone.cancel()
    with pytest.raises(RenderingBusyError):
        await pool.run(str)
    pool.close()


async def test_a_version_is_registered_while_every_place_for_pages_is_taken(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(MemoryAdapters()) as service:
        await service.publish()
        rendered: list[str] = []

        def wait(template: str, **context: object) -> Representation:
            rendered.append(template)
            gate.wait()
            return page(template, **context)

        page = responses.page
        monkeypatch.setattr(pages, "page", wait)
        refused: list[httpx.Response] = []
        full = anyio.Event()

        async def look() -> None:
            response = await readers.get("/")  # other pages wait for their turn instead
            if response.status_code != 200:
                refused.append(response)
                full.set()

        at_once = httpx.ASGITransport(service.client.app)
        async with (
            httpx.AsyncClient(transport=at_once, base_url="http://testserver") as readers,
            anyio.create_task_group() as group,
        ):
            for _ in range(70):
                group.start_soon(look)
            await full.wait()
            await service.publish("2.0.0", changelog="x" * 50_000)
            assert (await service.client.get("/health")).status_code == 200
            gate.set()
    assert {response.status_code for response in refused} == {503}
    assert refused[0].headers["Retry-After"] == "5"
    assert "Load this page again" in refused[0].text


async def test_a_large_answer_is_compressed_in_the_pool_and_never_on_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[str] = set()

    def compress(*arguments: Any, **options: Any) -> bytes:
        threads.add(threading.current_thread().name.partition("_")[0])
        return gzip_compress(*arguments, **options)

    gzip_compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", compress)
    schema = {"type": "object", "description": "x" * 100_000}
    async with serving(MemoryAdapters()) as service:
        await service.publish(schemas={"bucket": {"config_schema": schema}}, changelog="x" * 90_000)
        for path in ("", "/versions/1.0.0", "/versions/1.0.0/schemas", "/versions/1.0.0/schemas/bucket", "/versions"):
            response = await service.client.get(f"/providers/platform/gcp{path}", headers={"Accept-Encoding": "gzip"})
            assert response.status_code == 200
    assert threads == {"rendering"}


async def test_a_page_is_rendered_once_until_its_provider_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []

    def counting(template: str, **context: object) -> Representation:
        rendered.append(template)
        return page(template, **context)

    page = responses.page
    for module in (pages, version_pages):
        monkeypatch.setattr(module, "page", counting)
    async with serving(MemoryAdapters()) as service:
        await service.publish()
        for path in ("/catalog/platform/gcp", "/catalog/platform/gcp/1.0.0"):
            for _ in range(3):
                assert (await service.client.get(path)).status_code == 200
        assert rendered == ["provider.html", "version.html"]
        await service.publish("2.0.0")
        assert "2.0.0" in (await service.client.get("/catalog/platform/gcp")).text
    assert rendered == ["provider.html", "version.html", "provider.html"]


async def test_a_pool_that_was_closed_serves_an_application_that_starts_again() -> None:
    pool = RenderingPool()
    pool.close()

    assert await pool.run(str.upper, "page") == "PAGE"


async def test_an_application_that_starts_again_serves_what_it_opened_then() -> None:
    first, second = MemoryAdapters(), MemoryAdapters()
    await put(second.store, a_version("1.0.0", name="platform/gcp"))
    adapters = iter([first, second])

    @asynccontextmanager
    async def open_registry() -> AsyncIterator[UseCases]:
        yield build_registry(next(adapters))

    app = create_app(open_registry)
    found = []
    for _ in range(2):
        async with AsyncTestClient[ASGIApp](app) as client:
            found.append((await client.get("/providers/platform/gcp/versions/1.0.0")).status_code)

    assert found == [404, 200]


async def test_what_is_prepared_is_done_before_the_first_page_and_takes_no_place() -> None:
    pool = RenderingPool(threads=1, max_pending=1)
    done: list[str] = []
    pool.prepare(lambda: done.append("templates"))
    await pool.run(done.append, "page")

    assert done == ["templates", "page"]
    pool.close()


async def test_no_page_waits_for_a_template_to_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str | None] = []

    class Counting(Environment):
        def compile(self, source: Any, name: str | None = None, *args: Any, **kwargs: Any) -> Any:
            compiled.append(name)
            return super().compile(source, name, *args, **kwargs)

    monkeypatch.setattr("jinja2.Environment", Counting)
    monkeypatch.setattr(templating, "_environment", functools.cache(templating._environment.__wrapped__))
    async with serving(MemoryAdapters()) as service:
        await service.publish()
        assert (await service.client.get("/")).status_code == 200
        before = len(compiled)
        assert (await service.client.get("/catalog/platform/gcp/1.0.0")).status_code == 200

    assert "pages/version.html" in compiled
    assert len(compiled) == before
