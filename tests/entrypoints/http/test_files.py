"""Files of the mirror over HTTP, and what names them."""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator

import pytest

from adapters.memory.observer import InMemoryObserver
from adapters.memory.wheel_mirror import InMemoryWheelMirror
from domain.mirror import MirrorPart
from domain.wheel.file import Sha256Digest
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.telemetry import Telemetry
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import Service, serving

WHEEL = a_wheel("pragmatiks_gcp_provider", "1.0.0")
NAME = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
DIGEST = hashlib.sha256(WHEEL).hexdigest()
PATH = f"/files/{DIGEST}/{NAME}"
METADATA = zipfile.ZipFile(io.BytesIO(WHEEL)).read("pragmatiks_gcp_provider-1.0.0.dist-info/METADATA")
PUBLIC = "https://registry.example.com"


@pytest.fixture(params=[False, True], ids=["best effort", "required"])
async def service(request: pytest.FixtureRequest) -> AsyncIterator[Service]:
    adapters = MemoryAdapters().with_mirror(is_required=request.param)
    async with serving(adapters, public_url=PUBLIC) as service:
        yield service


def memory_of(service: Service) -> InMemoryWheelMirror:
    assert service.adapters.mirror is not None
    storage = service.adapters.mirror.mirror
    assert isinstance(storage, InMemoryWheelMirror)
    return storage


def files(service: Service) -> dict[tuple[Sha256Digest, MirrorPart], bytes]:
    return {key: data for key, (data, _) in memory_of(service).files.items()}


def outage(service: Service, *, begins: bool = True) -> None:
    memory_of(service).unavailable = begins


async def test_a_published_wheel_and_its_metadata_are_served_and_never_change(service: Service) -> None:
    await service.publish(data=WHEEL)
    for path, data in ((PATH, WHEEL), (f"{PATH}.metadata", METADATA)):
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        response = await service.client.get(path)
        assert (response.status_code, response.content) == (200, data)
        assert response.headers["etag"] == etag
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["accept-ranges"] == "bytes"
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["content-disposition"].startswith("attachment")
        assert "content-encoding" not in response.headers
        again = await service.client.get(path, headers={"If-None-Match": f'"x", W/{etag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        head = await service.client.head(path, headers={"Range": "bytes=0-1"})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(data))


@pytest.mark.parametrize(
    ("sent", "start", "end"), [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None)]
)
async def test_one_range_of_bytes_is_served(service: Service, sent: str, start: int, end: int | None) -> None:
    await service.publish(data=WHEEL)
    response = await service.client.get(PATH, headers={"Range": sent, "If-Range": f'"{DIGEST}"'})
    part = WHEEL[start:end]
    first = start % len(WHEEL)
    assert (response.status_code, response.content) == (206, part)
    assert response.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(WHEEL)}"
    assert response.headers["content-length"] == str(len(part))
    whole = await service.client.get(PATH, headers={"Range": sent, "If-Range": '"other"'})
    assert (whole.status_code, whole.content) == (200, WHEEL)


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=9-5"},
        {"Range": "items=0-1"},
        {"Range": "bytes=x"},
        {"Range": "bytes=0-1", "If-Range": f'W/"{DIGEST}"'},
        {"Range": "bytes=0-1", "If-Range": "Mon, 30 Nov 2026 00:00:00 GMT"},
    ],
    ids=["several", "backwards", "another unit", "no range", "a weak tag", "a date"],
)
async def test_what_is_not_one_range_of_this_file_is_the_whole_file(service: Service, headers: dict[str, str]) -> None:
    await service.publish(data=WHEEL)
    response = await service.client.get(PATH, headers=headers)
    assert (response.status_code, response.content) == (200, WHEEL)
    assert "content-range" not in response.headers


async def test_a_range_outside_of_the_file_is_416_and_tells_its_size(service: Service) -> None:
    await service.publish(data=WHEEL)
    response = await service.client.get(PATH, headers={"Range": f"bytes={len(WHEEL)}-"})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{len(WHEEL)}"
    assert response.json()["code"] == "range_not_satisfiable"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "path",
    [
        f"/files/{DIGEST}/other-1.0.0-py3-none-any.whl",
        f"/files/{'a' * 64}/{NAME}",
        f"/files/{DIGEST.upper()}/{NAME}",
        f"/files/{DIGEST[:-1]}/{NAME}",
        f"/files/..%2f{DIGEST}/{NAME}",
        f"{PATH}.metadata.metadata",
        f"{PATH}%00",
        f"/files/{DIGEST}/",
        f"/files/{DIGEST}",
    ],
)
async def test_nothing_but_the_registered_file_is_there(service: Service, path: str) -> None:
    await service.publish(data=WHEEL)
    assert (await service.client.get(path)).status_code == 404


async def test_a_version_that_was_refused_or_only_tried_leaves_no_file(service: Service) -> None:
    refused = service.upload(data=WHEEL, sha256="b" * 64)
    assert (await service.post(refused)).status_code == 422
    tried = await service.client.post(
        "/console/provider-versions?dry_run=true", json=service.upload(data=WHEEL), headers=service.authorised()
    )
    assert tried.status_code == 200
    assert files(service) == {}
    assert (await service.client.get(PATH)).status_code == 404


async def test_indexes_install_and_pages_name_the_copy_and_the_version_what_was_registered(service: Service) -> None:
    version = await service.publish(data=WHEEL)
    copy = f"{PUBLIC}{PATH}"
    metadata = hashlib.sha256(METADATA).hexdigest()
    simple = "/simple/pragmatiks-gcp-provider/"
    as_json = (await service.client.get(simple, headers={"Accept": "application/vnd.pypi.simple.v1+json"})).json()
    assert as_json["files"][0]["url"] == copy
    assert as_json["files"][0]["core-metadata"] == {"sha256": metadata}
    html = (await service.client.get(simple, headers={"Accept": "text/html"})).text
    assert f'href="{copy}#sha256={DIGEST}"' in html
    assert html.count(f'-metadata="sha256={metadata}"') == 2
    install = (await service.client.get("/providers/platform/gcp/versions/1.0.0/install")).json()
    assert install["requirement"] == f"pragmatiks-gcp-provider @ {copy}#sha256={DIGEST}"
    assert (install["mirror_url"], install["wheel_url"]) == (copy, version["wheel_url"])
    page = (await service.client.get("/catalog/platform/gcp/1.0.0", headers={"Accept": "text/html"})).text
    assert f"{copy}#sha256={DIGEST}" in page


@pytest.mark.faults
async def test_without_its_storage_a_mirror_publishes_without_a_copy_or_not_at_all(service: Service) -> None:
    assert service.adapters.mirror is not None
    outage(service)
    response = await service.post(service.upload(data=WHEEL))
    if service.adapters.mirror.is_required:
        assert (response.status_code, response.json()["code"]) == (503, "mirror_unavailable")
        assert "Retry-After" in response.headers
        assert (await service.client.get("/providers/platform/gcp/versions/1.0.0")).status_code == 404
        outage(service, begins=False)
        await service.publish(data=WHEEL)
        assert (await service.client.get(PATH)).content == WHEEL
    else:
        assert response.status_code == 201
        assert (await service.client.get(PATH)).status_code == 404
        install = (await service.client.get("/providers/platform/gcp/versions/1.0.0/install")).json()
        assert install["mirror_url"] is None
        assert install["wheel_url"] in install["requirement"]


@pytest.mark.faults
@pytest.mark.parametrize("is_required", [False, True], ids=["best effort", "required"])
async def test_a_storage_that_never_answers_holds_up_its_own_registration_for_a_bounded_time_and_nothing_else(
    *, is_required: bool
) -> None:
    adapters = MemoryAdapters().with_mirror(is_required=is_required, seconds=0.2)
    async with serving(adapters, public_url=PUBLIC) as service:
        storage = memory_of(service)
        await service.publish(data=WHEEL)
        storage.stalls = True
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(service.client.get(PATH))
            response = await service.post(service.upload("2.0.0"))
            unharmed = await service.client.get("/providers/platform/gcp/versions/1.0.0")
            waits = not reader.done()
            storage.stalls = False
            reader.cancel()
    if is_required:
        assert (response.status_code, response.json()["code"]) == (503, "mirror_unavailable")
        assert "Retry-After" in response.headers
    else:
        assert response.status_code == 201
    assert waits
    assert unharmed.status_code == 200


@pytest.mark.faults
async def test_reads_of_a_storage_that_is_away_are_503_and_all_else_goes_on(service: Service) -> None:
    await service.publish(data=WHEEL)
    outage(service)
    response = await service.client.get(PATH)
    assert (response.status_code, response.json()["code"]) == (503, "mirror_unavailable")
    assert (await service.client.head(PATH)).status_code == 200
    assert (await service.client.get("/health/ready")).status_code == 200


async def test_where_clients_are_sent_to_the_storage_only_a_get_of_a_wheel_is_redirected(service: Service) -> None:
    await service.publish(data=WHEEL)
    memory_of(service).base_url = "https://bucket.example.com"
    for headers in ({}, {"Range": "bytes=0-9"}):
        response = await service.client.get(PATH, headers=headers, follow_redirects=False)
        assert (response.status_code, response.content) == (307, b"")
        assert response.headers["location"] == f"https://bucket.example.com/{DIGEST}/wheel?signature=s3cret"
        assert response.headers["cache-control"] == "no-store"
    head = await service.client.head(PATH)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(WHEEL)))
    assert (await service.client.get(PATH, headers={"If-None-Match": f'"{DIGEST}"'})).status_code == 304
    assert (await service.client.get(PATH, headers={"Range": f"bytes={len(WHEEL)}-"})).status_code == 416
    assert (await service.client.get(f"{PATH}.metadata")).content == METADATA


@pytest.mark.faults
async def test_nothing_is_redirected_to_a_copy_that_is_gone_or_damaged(service: Service) -> None:
    await service.publish(data=WHEEL)
    storage, digest = memory_of(service), Sha256Digest(DIGEST)
    storage.base_url = "https://bucket.example.com"
    await storage.put(digest, MirrorPart.WHEEL, WHEEL[:-1])
    damaged = await service.client.get(PATH, follow_redirects=False)
    await storage.delete(digest)
    gone = await service.client.get(PATH, follow_redirects=False)
    assert (damaged.status_code, damaged.json()["code"]) == (503, "mirror_corrupt")
    assert (gone.status_code, gone.json()["code"]) == (503, "mirror_unavailable")


async def test_the_bytes_that_are_served_and_what_is_damaged_are_counted() -> None:
    seen = InMemoryObserver()
    async with serving(MemoryAdapters().with_mirror(), telemetry=Telemetry(observer=seen)) as service:
        await service.publish(data=WHEEL)
        for headers in ({}, {"Range": "bytes=0-9"}):
            await service.client.get(PATH, headers=headers)
        await service.client.head(PATH)
        await service.client.get(f"{PATH}.metadata")
        await memory_of(service).put(Sha256Digest(DIGEST), MirrorPart.WHEEL, WHEEL[:-1])
        await service.client.get(PATH)
    assert seen.files == [("wheel", len(WHEEL)), ("wheel", 10), ("metadata", len(METADATA)), ("wheel", -1)]


@pytest.mark.faults
async def test_a_copy_of_another_size_is_not_served(service: Service) -> None:
    await service.publish(data=WHEEL)
    assert service.adapters.mirror is not None
    await service.adapters.mirror.mirror.put(Sha256Digest(DIGEST), MirrorPart.WHEEL, WHEEL[:-1])
    response = await service.client.get(PATH)
    assert (response.status_code, response.json()["code"]) == (503, "mirror_corrupt")


async def test_a_repeat_keeps_nothing_again(service: Service) -> None:
    await service.publish(data=WHEEL)
    before = files(service)
    assert (await service.post(service.upload(data=WHEEL))).status_code == 200
    assert set(before) == {(Sha256Digest(DIGEST), part) for part in MirrorPart}
    assert files(service) == before
