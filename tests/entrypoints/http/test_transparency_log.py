"""The transparency log over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters import ed25519
from adapters.memory.transparency_log import InMemoryLog
from application.ports.log_queries import NumberedEntry
from domain.log.checkpoints import open_checkpoint
from domain.log.entries import read_published
from domain.log.merkle import leaf_hash, verify_inclusion
from domain.log.notes import SigningKey
from domain.log.proof_file import ProofFile
from domain.log.tiles import read_bundle
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from entrypoints.http.routes import changes
from entrypoints.presenters.changes import server_sent_cursor, server_sent_event
from provider_registry_testing.logs import open_log
from tests.entrypoints.http.conftest import Service, serving
from tests.support.log_vectors import log_vectors

PATIENCE = 30
ORIGIN = "registry.example.com/log"
KEY = SigningKey.of(ORIGIN, bytes(range(32)), ed25519.public_key)


def _log(service: Service) -> InMemoryLog:
    assert service.adapters.log is not None
    log = service.adapters.log.writer
    assert isinstance(log, InMemoryLog)
    return log


@pytest.fixture
async def unopened() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters().with_log([KEY]), limits=HttpLimits(followers=2, follow_seconds=2.0)) as service:
        yield service


@pytest.fixture
async def logged(unopened: Service) -> Service:
    await open_log(_log(unopened))
    return unopened


async def _until_size(service: Service, size: int) -> str:
    """Return the checkpoint of at least that size, once there is one."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await service.client.get("/log/checkpoint")
            if answer.status_code == 200 and int(answer.text.split("\n")[1]) >= size:
                return answer.text
            await asyncio.sleep(0.01)


async def _release(service: Service, *versions: str) -> str:
    """Register versions, and return the checkpoint that has them: the log, the metadata, and each version."""
    for version in versions:
        await service.publish(version)
    return await _until_size(service, 2 + len(versions))


async def test_a_checkpoint_is_signed_and_revalidated(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/log/checkpoint")

    checkpoint = open_checkpoint(answer.content, [KEY.verifier], ed25519.verify)
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 3)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = await logged.client.get("/log/checkpoint", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_tiles_and_bundles_are_immutable_bytes(logged: Service) -> None:
    await _release(logged, "1.0.0", "2.0.0")

    tile = await logged.client.get("/log/tile/0/000.p/4")
    bundle = await logged.client.get("/log/tile/entries/000.p/4")
    narrower = await logged.client.get("/log/tile/0/000.p/2")

    assert tile.content == b"".join(map(leaf_hash, read_bundle(bundle.content)))
    assert tile.content.startswith(narrower.content)
    for answer in (tile, bundle, narrower):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "path",
    [
        *log_vectors()["negative"]["tile_paths"],
        "tile/0/000.p/9",
        "tile/0/001",
        "tile/1/000.p/1",
        "tile//0/000",
        pytest.param(f"tile/0/{'x999/' * 1500}999", id="a number of 4503 digits"),
    ],
)
async def test_what_the_checkpoint_does_not_cover_is_not_there(logged: Service, path: str) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get(f"/log/{path}")

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


async def test_a_version_has_a_proof_that_is_verified_offline(logged: Service) -> None:
    body = logged.upload("1.0.0")
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/providers/platform/gcp/versions/1.0.0/proof")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    proof = ProofFile.parse(answer.content)
    checkpoint = open_checkpoint(proof.checkpoint, [KEY.verifier], ed25519.verify)
    assert proof.extra is not None
    verify_inclusion(
        leaf_hash(proof.extra), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    )
    assert read_published(proof.extra).sha256.hex == body["sha256"]


async def test_what_has_no_proof_says_why(unopened: Service) -> None:
    await unopened.publish("1.0.0")

    early = await unopened.client.get("/providers/platform/gcp/versions/1.0.0/proof")
    unknown = await unopened.client.get("/providers/platform/gcp/versions/9.0.0/proof")
    empty = await unopened.client.get("/log/checkpoint")
    feed = await unopened.client.get("/changes")

    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (404, "not_logged_yet", "1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "version_not_found")
    assert [answer.json()["code"] for answer in (empty, feed)] == ["log_empty", "log_empty"]


async def test_a_registry_without_a_log_has_no_such_routes(service: Service) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000", "/changes", "/changes/stream"):
        assert (await service.client.get(path)).json()["code"] == "route_not_found"


async def test_the_document_describes_the_log_where_there_is_one(logged: Service, service: Service) -> None:
    paths = {"/log/checkpoint", "/log/tile/{tile}", "/changes", "/changes/stream"}

    with_log, without = [(await each.client.get("/schema/openapi.json")).json() for each in (logged, service)]

    assert paths <= set(with_log["paths"])
    assert not paths & set(without["paths"])


async def test_changes_are_events_byte_for_byte(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/changes", params={"after": 0, "limit": 1000})
    bundle = await logged.client.get("/log/tile/entries/000.p/3")

    page = answer.json()
    assert (page["log"], page["next"], page["head"]) == (ORIGIN, 3, 3)
    assert [item["seq"] for item in page["items"]] == [1, 2, 3]
    for item, leaf in zip(page["items"], read_bundle(bundle.content), strict=True):
        assert leaf in answer.content
        assert item["event"] == json.loads(leaf)


async def test_changes_are_chosen_by_type_and_provider(logged: Service) -> None:
    await _release(logged, "1.0.0")

    async def seen(**query: Any) -> list[int]:
        return [item["seq"] for item in (await logged.client.get("/changes", params=query)).json()["items"]]

    assert await seen(type="version.published") == [3]
    assert await seen(type="version.published,log.opened") == [1, 3]
    assert await seen(type=["version.published", "log.opened"]) == [1, 3]
    assert await seen(provider="platform/gcp") == [2, 3]
    assert await seen(provider="platform/gcp", type="version.yanked") == []
    assert await seen(after=1, limit=1) == [2]


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("after=-1", {}, 400, "bad_request"),
        ("after=99999999999999999999", {}, 400, "bad_request"),
        ("after=1&after=2", {}, 400, "bad_request"),
        ("limit=0", {}, 400, "bad_request"),
        ("limit=1001", {}, 400, "bad_request"),
        ("wait=51", {}, 400, "bad_request"),
        ("wait=-1", {}, 400, "bad_request"),
        ("after=4", {}, 409, "cursor_ahead"),
        ("type=nonsense", {}, 400, "bad_request"),
        ("provider=nonsense", {}, 400, "bad_request"),
        ("since=1", {}, 400, "bad_request"),
        ("", {"Last-Event-ID": "x"}, 400, "bad_request"),
        ("", {"Last-Event-ID": "9" * 30}, 400, "bad_request"),
        ("", {"Last-Event-ID": "4"}, 409, "cursor_ahead"),
    ],
)
async def test_a_cursor_or_filter_that_is_none_is_refused(
    logged: Service, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    await _release(logged, "1.0.0")
    paths = ["/changes/stream"] if headers else ["/changes", "/changes/stream"]

    for path in paths:
        answer = await logged.client.get(f"{path}?{query}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_wait_ends_without_a_change(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/changes", params={"after": 3, "wait": 1})

    assert (answer.status_code, answer.json()["items"], answer.json()["next"]) == (200, [], 3)


async def test_a_stream_has_the_events_and_ends(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/changes/stream", headers={"Last-Event-ID": "1"}, params={"after": 3})

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["x-accel-buffering"] == "no"
    first, *events = answer.text.split("\r\n\r\n")
    assert first == "retry: 5000"
    assert [event.split("\r\n")[:2] for event in events[:2]] == [
        ["id: 2", "event: provider.metadata"],
        ["id: 3", "event: version.published"],
    ]


def test_a_stream_is_framed_as_in_the_vectors() -> None:
    sse, leaf = log_vectors()["sse"], log_vectors()["events"]["leaves"][3]
    ours = leaf.replace("com.example.registry.", "org.provider-registry.").encode()

    event = server_sent_event(NumberedEntry(3, ours)).decode()

    assert event.replace("org.provider-registry.", "com.example.registry.") == sse["event"]
    assert server_sent_cursor(5).decode() == sse["cursor_only"]
    assert changes._HEARTBEAT.decode() == sse["heartbeat"]


async def test_a_cursor_moves_past_what_a_filter_leaves_out(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.get("/changes/stream", params={"type": "version.yanked"})

    assert answer.text == "retry: 5000\r\n\r\nid: 3\r\n\r\n:\r\n"


async def test_a_stream_answers_head_at_once(logged: Service) -> None:
    await _release(logged, "1.0.0")

    answer = await logged.client.head("/changes/stream")

    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/event-stream", b"")


@pytest.mark.hostile
async def test_a_client_that_reads_nothing_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_LAST_WORDS", 0.0)
    bounds = HttpLimits(followers=1, follow_seconds=0.05)

    async def blocked(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with serving(MemoryAdapters().with_log([KEY]), limits=bounds) as service, asyncio.timeout(PATIENCE):
        await open_log(_log(service))
        await _until_size(service, 1)
        await service.client.app(_stream_request(), _staying, blocked)
        assert (await service.client.get("/changes/stream")).status_code == 200


def _stream_request() -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/changes/stream",
        "raw_path": b"/changes/stream",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        "extensions": {},
    }


async def _staying() -> Any:
    """The body has come, and the client does not leave."""
    await asyncio.Event().wait()
