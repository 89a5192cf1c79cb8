"""Validators, caching, compression and HEAD, on every public read."""

import gzip

import pytest
from httpx import Response

from tests.entrypoints.http.conftest import Service

PROVIDER = "/providers/platform/gcp"
READS = [
    "/providers",
    "/providers?q=gcp&tags=cloud",
    PROVIDER,
    f"{PROVIDER}/versions",
    *(
        f"{PROVIDER}/versions/{version}{view}"
        for version in ("1.0.0", "latest")
        for view in ("", "/status", "/install", "/verification", "/history", "/schemas", "/schemas/bucket")
    ),
    "/simple",
    "/simple/pragmatiks-gcp-provider",
]
SCHEMAS = {"bucket": {"config_schema": {"type": "object"}}}
LARGE = {"bucket": {"config_schema": {"type": "object", "description": "all the same " * 400}}}


@pytest.mark.parametrize("path", READS)
async def test_a_client_that_has_it_already_gets_304(service: Service, path: str) -> None:
    await service.publish(schemas=SCHEMAS)
    first = await service.client.get(path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await service.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        for header in ("etag", "cache-control", "vary"):
            assert again.headers[header] == first.headers[header]
    assert (await service.client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", READS)
async def test_head_answers_as_get_without_the_body(service: Service, path: str) -> None:
    await service.publish(schemas=SCHEMAS)
    got, headed = await service.client.get(path), await service.client.head(path)
    assert (headed.status_code, headed.content) == (200, b"")
    ignored = {"x-request-id", "date"}
    assert {k: v for k, v in headed.headers.items() if k not in ignored} == {
        k: v for k, v in got.headers.items() if k not in ignored
    }


async def test_head_of_what_is_not_there_is_not_found(service: Service) -> None:
    for path in (PROVIDER, "/nowhere"):
        headed = await service.client.head(path)
        assert (headed.status_code, headed.content) == (404, b"")


@pytest.mark.parametrize(
    ("path", "cache_control"),
    [
        ("/providers", "no-cache"),
        (PROVIDER, "no-cache"),
        (f"{PROVIDER}/versions", "no-cache"),
        (f"{PROVIDER}/versions/latest", "no-cache"),
        (f"{PROVIDER}/versions/latest/verification", "no-cache"),
        (f"{PROVIDER}/versions/1.0.0", "public, max-age=60"),
        (f"{PROVIDER}/versions/1.0.0/install", "public, max-age=60"),
        (f"{PROVIDER}/versions/1.0.0/verification", "public, max-age=31536000, immutable"),
        (f"{PROVIDER}/versions/1.0.0/schemas", "public, max-age=31536000, immutable"),
        (f"{PROVIDER}/versions/1.0.0/schemas/bucket", "no-cache"),  # its `$id` follows the request
        (f"{PROVIDER}/versions/latest/schemas", "no-cache"),
        (f"{PROVIDER}/versions/latest/schemas/bucket", "no-cache"),
        (f"{PROVIDER}/versions/1.0.0/schemas/disk", "no-store"),
        (f"{PROVIDER}/versions/1.0.0/history", "no-cache"),
        ("/simple", "no-cache"),
        (f"{PROVIDER}/versions/9.9.9", "no-store"),
    ],
)
async def test_caches_keep_what_cannot_change_and_ask_about_the_rest(
    service: Service, path: str, cache_control: str
) -> None:
    await service.publish(schemas=SCHEMAS)
    assert (await service.client.get(path)).headers["cache-control"] == cache_control


async def test_a_yank_changes_the_validator_of_what_it_changes_and_of_nothing_else(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)

    async def tags() -> dict[str, str]:
        return {path: (await service.client.get(path)).headers["etag"] for path in READS if "latest" not in path}

    before = await tags()
    yank = {"reason": "broken"}
    url = f"/console{PROVIDER}/versions/1.0.0/yank"
    assert (await service.client.put(url, json=yank, headers=service.authorised())).status_code == 200
    after = await tags()
    same = {path for path in before if before[path] == after[path]}
    assert same == {
        *(f"{PROVIDER}/versions/1.0.0/{view}" for view in ("verification", "schemas", "schemas/bucket")),
        "/simple",
    }


async def read(service: Service, accept: str | None, view: str = "") -> Response:
    headers = {"Accept-Encoding": accept if accept is not None else "identity"}
    return await service.client.get(f"{PROVIDER}/versions/1.0.0{view}", headers=headers)


@pytest.mark.parametrize("view", ["", "/schemas", "/schemas/bucket"])
async def test_large_bodies_are_compressed_for_who_takes_it_and_have_a_validator_of_their_own(
    service: Service, view: str
) -> None:
    await service.publish(schemas=LARGE)
    plain, packed = await read(service, None, view), await read(service, "br, gzip;q=0.5", view)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert packed.json() == plain.json()
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != packed.headers["etag"]


async def test_the_same_bytes_are_sent_each_time(service: Service) -> None:
    await service.publish(schemas=LARGE)
    url = f"{PROVIDER}/versions/1.0.0"
    raw = []
    for _ in range(2):
        async with service.client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
            raw.append(b"".join([chunk async for chunk in response.aiter_raw()]))
    assert raw[0] == raw[1]
    assert gzip.decompress(raw[0]) == (await read(service, None)).content


@pytest.mark.parametrize("accept", ["", "identity", "br", "gzip;q=0", "gzip ; q = 0.000", "*;q=0", "xgzip"])
async def test_nobody_is_sent_what_he_does_not_take(service: Service, accept: str) -> None:
    await service.publish(schemas=LARGE)
    assert "content-encoding" not in (await read(service, accept)).headers


async def test_small_bodies_are_sent_as_they_are(service: Service) -> None:
    await service.publish()
    response = await service.client.get(f"{PROVIDER}/versions/1.0.0/install", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers
