"""Pages of package indexes are complete, and cost other requests nothing however large they are."""

import gzip
import threading
from collections.abc import Sequence
from typing import Any

import anyio
import httpx
import pytest
from packaging.utils import NormalizedName

from domain.distributions import IndexFile
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from entrypoints.http.routes import index_pages
from entrypoints.presenters.installing import simple_index_view, simple_project_view
from tests.builders import NOW
from tests.entrypoints.http.conftest import Service, serving

JSON = "application/vnd.pypi.simple.v1+json"
MANY = 10_000


class LargeIndex:
    """An index of many distributions, each with many files. Counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0

    async def list_distributions(self, prefix: str) -> Sequence[NormalizedName]:
        await self._ask()
        return [NormalizedName(f"project-{number}") for number in range(MANY)]

    async def list_files(self, prefix: str, distribution: NormalizedName) -> Sequence[IndexFile]:
        await self._ask()
        return [
            IndexFile(
                filename=f"project-1.{number}.0-py3-none-any.whl",
                url=f"https://wheels.example.com/files/project-1.{number}.0-py3-none-any.whl",
                sha256=f"{number:064x}",
                size=number,
                requires_python=">=3.11",
                published_at=NOW,
                is_yanked=False,
            )
            for number in range(MANY)
        ]

    async def _ask(self) -> None:
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await anyio.lowlevel.checkpoint()
        self.at_once -= 1


def with_large_index() -> tuple[MemoryAdapters, LargeIndex]:
    adapters, index = MemoryAdapters(), LargeIndex()
    object.__setattr__(adapters, "distributions", index)
    return adapters, index


async def get(service: Service, path: str, accept: str = JSON) -> httpx.Response:
    response = await service.client.get(path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
    return response


async def test_pages_are_complete() -> None:
    adapters, _ = with_large_index()
    async with serving(adapters) as service:
        projects = (await get(service, "/simple/")).json()["projects"]
        project = (await get(service, "/simple/project/")).json()
        page = (await get(service, "/simple/project/", "text/html")).text
    assert len(projects) == len(project["files"]) == len(project["versions"]) == page.count("<a ") == MANY
    assert project["versions"][:2] == ["1.0.0", "1.1.0"]


async def test_pages_are_made_and_compressed_in_the_pool_for_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: dict[str, str] = {}

    def noting(kind: str, work: Any) -> Any:
        def work_and_note(*arguments: Any, **options: Any) -> Any:
            threads[kind] = threading.current_thread().name.partition("_")[0]
            return work(*arguments, **options)

        return work_and_note

    monkeypatch.setattr(index_pages, "simple_index_view", noting("index", simple_index_view))
    monkeypatch.setattr(index_pages, "simple_project_view", noting("project", simple_project_view))
    monkeypatch.setattr(gzip, "compress", noting("compress", gzip.compress))
    adapters, _ = with_large_index()
    async with serving(adapters) as service:
        for path in ("/simple/", "/simple/project/"):
            for accept in (JSON, "text/html"):
                threads.clear()
                await get(service, path, accept)
                assert set(threads.values()) == {"rendering"}
                assert len(threads) == 2


async def test_a_page_is_made_once_until_its_namespace_changes() -> None:
    adapters, index = with_large_index()
    async with serving(adapters) as service:
        for _ in range(3):
            await get(service, "/simple/project/")
            await get(service, "/simple")
        assert index.asked == 2
        await service.publish()
        await get(service, "/simple/project/")
        assert index.asked == 3


@pytest.mark.parametrize("read_cache_bytes", [0, HttpLimits().read_cache_bytes])
async def test_many_who_ask_at_once_do_not_make_many_pages_at_once(read_cache_bytes: int) -> None:
    adapters, index = with_large_index()
    async with serving(adapters, HttpLimits(read_cache_bytes=read_cache_bytes)) as service:
        at_once = httpx.ASGITransport(service.client.app)
        async with httpx.AsyncClient(transport=at_once, base_url="http://testserver") as readers:
            answered: list[int] = []

            async def look() -> None:
                answered.append((await readers.get("/simple/project/", headers={"Accept": JSON})).status_code)

            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(look)
    assert answered == [200] * 20
    assert index.most_at_once <= 2
    assert index.asked <= (2 if read_cache_bytes else 20)


async def test_a_page_that_a_reader_has_is_not_sent_again() -> None:
    adapters, _ = with_large_index()
    async with serving(adapters) as service:
        first = await get(service, "/simple/project/")
        again = await service.client.get(
            "/simple/project/",
            headers={"Accept": JSON, "Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]},
        )
    assert (again.status_code, again.content) == (304, b"")
