"""What is kept of reads, and how long."""

from collections.abc import Awaitable, Callable
from typing import NoReturn, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import HTTPScope, Message

from adapters.memory.observer import InMemoryObserver
from domain.names import ProviderName
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.cache.read_cache import ReadCache, ReadCacheMiddleware
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.limits import HttpLimits
from entrypoints.telemetry import Telemetry
from tests.entrypoints.http.conftest import Service, serving

VIEWS = ("", "/install", "/schemas", "/verification", "/history")
GCP = ProviderName("platform", "gcp")
AZURE = ProviderName("platform", "azure")


class Source:
    """Produces documents, and counts."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.produced = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def __call__(self) -> Representation:
        self.produced += 1
        body = str(self.produced).encode().ljust(self.size)
        self.meanwhile()
        return Representation(body, REVALIDATE)


def a_scope(name: ProviderName, view: str) -> HTTPScope:
    return cast("HTTPScope", {"path": f"/{name}/{view}", "path_template": "/{prefix}/{name}/{view}"})


def read(cache: ReadCache, source: Source, name: ProviderName = GCP, view: str = "v") -> Awaitable[Representation]:
    return cache.read(a_scope(name, view), name.prefix, name.name, source)


def a_cache(max_bytes: int = 100_000) -> ReadCache:
    cache = ReadCache(max_bytes, RenderingPool())
    cache.on_connected()
    return cache


async def test_what_was_read_is_kept_until_its_provider_changes() -> None:
    cache, source = a_cache(), Source()
    first = await read(cache, source)
    assert await read(cache, source) is first
    cache.on_change(AZURE)
    assert await read(cache, source) is first
    cache.on_change(GCP)
    assert await read(cache, source) is not first


async def test_views_are_kept_apart_and_dropped_together() -> None:
    cache, source = a_cache(), Source()
    assert await read(cache, source, view="a") is not await read(cache, source, view="b")
    assert source.produced == 2
    cache.on_change(GCP)
    await read(cache, source, view="a")
    await read(cache, source, view="b")
    assert source.produced == 4


async def test_nothing_is_kept_without_trust() -> None:
    cache, source = ReadCache(100_000, RenderingPool()), Source()
    for _ in range(2):
        await read(cache, source)
    cache.on_connected()
    kept = await read(cache, source)
    cache.on_disconnected()
    assert await read(cache, source) is not kept
    await read(cache, source)
    assert source.produced == 5


async def test_what_changes_while_it_is_read_is_not_kept() -> None:
    for change in (lambda cache: cache.on_change(GCP), ReadCache.on_disconnected, ReadCache.on_connected):
        cache, source = a_cache(), Source()
        source.meanwhile = lambda cache=cache, change=change: change(cache)  # type: ignore[misc]
        stale = await read(cache, source)
        source.meanwhile = lambda: None
        cache.on_connected()
        assert await read(cache, source) is not stale


async def test_an_error_passes_through_and_is_not_kept() -> None:
    cache, source = a_cache(), Source()

    def fail() -> None:
        raise LookupError

    source.meanwhile = fail
    for _ in range(2):
        try:
            await read(cache, source)
        except LookupError:
            continue
        raise AssertionError
    source.meanwhile = lambda: None
    assert (await read(cache, source)).body.strip() == b"3"


async def test_the_least_recently_used_makes_room() -> None:
    cache, source = a_cache(3 * 1020), Source()
    for view in ("a", "b", "c", "a", "d"):
        await read(cache, source, view=view)
    assert source.produced == 4
    for view in ("a", "c", "d"):
        await read(cache, source, view=view)
    assert source.produced == 4
    await read(cache, source, view="b")
    assert source.produced == 5


async def test_what_is_larger_than_all_room_is_not_kept() -> None:
    cache, source = a_cache(5000), Source(size=10_000)
    await read(cache, source)
    await read(cache, source)
    assert source.produced == 2


STEPS = st.lists(
    st.tuples(st.just("read"), st.sampled_from([GCP, AZURE]), st.sampled_from("abc"))
    | st.tuples(st.just("on_change"), st.sampled_from([GCP, AZURE]), st.just(""))
    | st.tuples(st.sampled_from(["on_connected", "on_disconnected"]), st.just(GCP), st.just("")),
    max_size=40,
)


@given(steps=STEPS, room=st.integers(0, 5))
async def test_whatever_happens_nothing_stale_is_served(steps: list[tuple[str, ProviderName, str]], room: int) -> None:
    cache = ReadCache(room * 1020, RenderingPool())
    truth = {GCP: 0, AZURE: 0}
    for verb, name, view in steps:
        if verb == "read":

            async def produce(name: ProviderName = name) -> Representation:
                return Representation(str(truth[name]).encode(), REVALIDATE)

            document = await cache.read(a_scope(name, view), name.prefix, name.name, produce)
            assert document.body == str(truth[name]).encode()
        elif verb == "on_change":
            truth[name] += 1
            cache.on_change(name)
        else:
            getattr(cache, verb)()


async def test_a_yank_shows_at_once_in_all_that_was_read_before(service: Service) -> None:
    await service.publish()
    base = "/providers/platform/gcp"
    reads = [base, f"{base}/versions", *(f"{base}/versions/1.0.0{view}" for view in ("", "/install"))]
    before = [(await service.client.get(path)).json() for path in reads]
    url = f"/console{base}/versions/1.0.0/yank"
    await service.client.put(url, json={"reason": "broken"}, headers=service.authorised())
    after = [(await service.client.get(path)).json() for path in reads]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert (await service.client.get(f"{base}/versions/latest")).status_code == 404


async def test_a_second_read_asks_the_store_nothing_unless_keeping_is_off() -> None:
    for kept, status in ((1_000_000, 200), (0, 503)):
        adapters = MemoryAdapters()
        async with serving(adapters, HttpLimits(read_cache_bytes=kept)) as service:
            await service.publish()
            url = "/providers/platform/gcp/versions/1.0.0"
            assert (await service.client.get(url)).status_code == 200
            adapters.store._unavailable = True
            assert (await service.client.get(url)).status_code == status


READS = ["", "/versions", *(f"/versions/{number}{view}" for number in ("1.0.0", "latest") for view in VIEWS)]
CONDITIONS = [{}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}, {"If-None-Match": '"another"'}]


@pytest.mark.parametrize("read", READS)
async def test_a_kept_answer_is_the_one_that_the_handler_gives(read: str) -> None:
    watched = InMemoryObserver()
    async with serving(MemoryAdapters(), telemetry=Telemetry(observer=watched)) as service:
        await service.publish(schemas={"bucket": {"config_schema": {"type": "object", "title": "x" * 2000}}})
        url = f"/providers/platform/gcp{read}"
        for method in ("GET", "HEAD"):
            for headers in CONDITIONS:
                service.adapters.store.listeners.on_change(GCP)  # nothing is kept any more
                watched.answers.clear()
                fresh, kept = [await said(service, method, url, headers) for _ in range(2)]
                assert kept == fresh
                routed, shortcut = [answer._replace(seconds=0) for answer in watched.answers]
                assert shortcut == routed
                assert routed.route.startswith("/providers/{")


async def said(service: Service, method: str, url: str, headers: dict[str, str]) -> object:
    response = await service.client.request(method, url, headers={"Accept-Encoding": "identity", **headers})
    named = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return response.status_code, named, response.content


async def test_a_query_changes_nothing_about_a_kept_answer(service: Service) -> None:
    await service.publish()
    url = "/providers/platform/gcp/versions/1.0.0"
    answers = [await service.client.get(f"{url}{query}") for query in ("", "", "?of=no&meaning", "?")]
    assert len({response.content for response in answers}) == 1


async def test_a_host_that_is_none_is_refused_though_the_answer_is_kept(service: Service) -> None:
    await service.publish()
    url = "/providers/platform/gcp/versions/1.0.0"
    hosts = ["registry.example.com", "[::1]:8000", "no/host", "no host"]
    answers = [await service.client.get(url, headers={"Host": host}) for host in hosts]
    assert [response.status_code for response in answers] == [200, 200, 400, 400]


async def test_only_reads_are_answered_from_memory(service: Service) -> None:
    await service.publish()
    url = "/providers/platform/gcp/versions/1.0.0"
    for method, status in (("GET", 200), ("POST", 405), ("PUT", 405), ("DELETE", 405)):
        assert (await service.client.request(method, url)).status_code == status


async def test_what_is_kept_is_answered_before_anything_is_routed() -> None:
    cache = a_cache()
    kept = await read(cache, Source())
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def unreachable(*_: object) -> NoReturn:
        raise AssertionError

    scope = {**a_scope(GCP, "v"), "type": "http", "method": "GET", "query_string": b"", "headers": []}
    await ReadCacheMiddleware(unreachable, cache)(cast("HTTPScope", scope), unreachable, send)
    assert sent[1]["body"] == kept.body  # type: ignore[typeddict-item]
