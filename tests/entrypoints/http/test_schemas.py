"""Schemas over HTTP: refused at registration, or read by dependents."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest
from httpx import Response

from domain.json_schema.documents import schema_document
from domain.names import ProviderName
from domain.schemas import ResourceSchema
from domain.semver import SemVer
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.routes import schemas as routes_of_schemas
from tests.entrypoints.http.conftest import Service, serving

GCP = "/providers/platform/gcp/versions"
CONFIG = {"type": "object", "properties": {"tier": {"$ref": "#/$defs/Tier"}}, "$defs": {"Tier": {"enum": ["small"]}}}
OUTPUTS = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
DATABASE = {"description": "A database.", "config_schema": CONFIG, "outputs_schema": OUTPUTS}
SCHEMAS: dict[str, Any] = {"cloudsql/database": DATABASE, "bucket": {}}


@pytest.fixture
async def behind_a_proxy() -> AsyncIterator[Service]:
    async with serving(MemoryAdapters(), public_url="https://registry.example.com/base") as service:
        yield service


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"type": "objct"}, "schema_invalid"),
        ({"$schema": "http://json-schema.org/draft-03/schema#"}, "schema_draft_unsupported"),
        ({"$ref": "https://example.com/a.json"}, "schema_reference_forbidden"),
        ({"$ref": "#/$defs/A"}, "schema_reference_unresolved"),
        ({"title": "x" * 300_000}, "schema_too_large"),
    ],
)
async def test_a_refused_schema_is_recorded_and_the_wheel_is_not_fetched(
    service: Service, schema: dict[str, Any], code: str
) -> None:
    refused = await service.post(service.upload(schemas={"cloudsql/database": {"outputs_schema": schema}}))

    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert "the outputs_schema of 'cloudsql/database'" in refused.json()["detail"]
    assert not service.adapters.fetcher.fetches
    assert (await service.client.get(f"{GCP}/1.0.0")).status_code == 404
    stored = (await service.adapters.store.load(ProviderName.parse("platform/gcp"), SemVer.parse("1.0.0"))).version
    assert stored is not None
    assert stored.verification is not None
    assert (stored.status, stored.error_code, stored.error_message) == ("failed", code, refused.json()["detail"])
    assert [(check.name, check.passed) for check in stored.verification.checks] == [("schemas", False)]

    await service.publish(schemas=SCHEMAS)  # replaces the failed one


@pytest.mark.parametrize("member", ["config_schema", "outputs_schema"])
async def test_the_schemas_of_the_provider_itself_are_checked_too(service: Service, member: str) -> None:
    body = {**service.upload(), member: {"type": "objct"}}

    refused = await service.post(body)

    assert (refused.status_code, refused.json()["code"]) == (422, "schema_invalid")
    assert f"the {member} of the provider" in refused.json()["detail"]


async def test_a_boolean_is_a_bad_field_although_it_is_a_json_schema(service: Service) -> None:
    refused = await service.post(service.upload(schemas={"bucket": {"config_schema": True}}))

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert refused.json()["errors"][0]["loc"] == ["body", "schemas", "bucket", "config_schema"]


async def test_metadata_is_asked_for_before_schemas_are_judged(service: Service) -> None:
    refused = await service.post(service.upload(metadata=None, config_schema={"type": "objct"}))

    assert refused.json()["code"] == "metadata_required"


async def test_a_repeat_with_bad_schemas_is_a_conflict(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)

    repeated = await service.post(service.upload(schemas={"bucket": {"config_schema": {"type": "objct"}}}))

    assert (repeated.status_code, repeated.json()["differences"]) == (409, ["schemas"])


async def test_the_verdict_says_that_schemas_were_judged(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)

    first = (await service.client.get(f"{GCP}/1.0.0/verification")).json()["checks"][0]

    assert (first["name"], first["passed"]) == ("schemas", True)
    assert first["detail"].startswith("2 schemas of draft 2020-12")


@pytest.mark.parametrize("version", ["1.0.0", "latest"])
async def test_all_schemas_are_read_by_resource_type(service: Service, version: str) -> None:
    await service.publish(schemas=SCHEMAS)

    read = await service.client.get(f"{GCP}/{version}/schemas")

    assert read.status_code == 200
    assert read.json() == {
        "bucket": {
            "provider": "gcp",
            "resource": "bucket",
            "description": None,
            "config_schema": None,
            "outputs_schema": None,
        },
        "cloudsql/database": {"provider": "gcp", "resource": "cloudsql/database", **DATABASE},
    }


async def test_a_version_without_schemas_has_none_to_read(service: Service) -> None:
    await service.publish()

    assert (await service.client.get(f"{GCP}/1.0.0/schemas")).json() == {}


@pytest.mark.parametrize("written", ["cloudsql/database", "cloudsql%2Fdatabase", "cloudsql%2fdatabase"])
@pytest.mark.parametrize("version", ["1.0.0", "latest"])
async def test_one_schema_is_a_document_that_a_dependent_validates_with(
    service: Service, version: str, written: str
) -> None:
    await service.publish(schemas=SCHEMAS)

    read = await service.client.get(f"{GCP}/{version}/schemas/{written}")

    assert (read.status_code, read.headers["content-type"]) == (200, "application/schema+json")
    document = read.json()
    assert document["$id"] == f"http://testserver.local{GCP}/1.0.0/schemas/cloudsql/database"
    jsonschema_rs.meta.validate(document)
    validator = jsonschema_rs.validator_for(document, offline=True)
    assert validator.is_valid({"config": {"tier": "small"}, "outputs": {"url": "https://example.com"}})
    assert not validator.is_valid({"config": {"tier": "huge"}})
    assert not validator.is_valid({"outputs": {}})
    assert (await service.client.get(document["$id"])).json() == document


@pytest.mark.parametrize(
    "resource_type", ["a b", "größe", "a//b", "/a", "a/", "a%2Fb", "a?b#c", "schemas/schemas", "\\"]
)
async def test_any_resource_type_is_found_under_its_url(service: Service, resource_type: str) -> None:
    await service.publish(schemas={resource_type: DATABASE})

    read = await service.client.get(f"{GCP}/1.0.0/schemas/{quote(resource_type)}")

    assert read.status_code == 200
    assert read.json()["title"] == resource_type
    assert (await service.client.get(read.json()["$id"])).json() == read.json()


@pytest.mark.parametrize("other", ["a//b", "/a/b", "b", "a/b/"])
@pytest.mark.parametrize(
    "spelling",
    [
        "/providers/platform/gcp/versions/1.0.0/schemas/{}",
        "/providers%2Fplatform/gcp/versions/1.0.0/schemas/{}",
        "//providers/platform/gcp/versions/1.0.0//schemas/{}",
        "/catalog/platform/gcp/1.0.0/{}",
        "/catalog%2Fplatform/gcp/1.0.0/{}",
    ],
)
async def test_whatever_was_read_before_each_resource_type_has_its_own(
    behind_a_proxy: Service, spelling: str, other: str
) -> None:
    names = ("a/b", "a//b", "/a/b", "b", "a/b/")
    await behind_a_proxy.publish(schemas={name: {"description": f"It is [{name}]."} for name in names})
    canonical = "/" + spelling.replace("//", "/").replace("%2F", "/").lstrip("/")

    for first, path in ((spelling, "a/b"), (spelling, other)):
        await _get(behind_a_proxy, first.format(path))

    for name in names:
        assert f"It is [{name}]." in (await _get(behind_a_proxy, canonical.format(name))).text


async def _get(service: Service, path: str) -> Response:
    return await service.client.get(httpx.URL("http://testserver.local").copy_with(raw_path=path.encode()))


async def test_numbers_beyond_64_bits_are_shown_as_they_were_sent(service: Service) -> None:
    await service.publish(schemas={"bucket": {"config_schema": {"maximum": 10**30}}})

    read = await service.client.get(f"{GCP}/1.0.0/schemas/bucket")

    assert read.json()["properties"]["config"]["maximum"] == 10**30


async def test_an_unknown_resource_type_is_answered_with_what_there_is(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)

    missing = await service.client.get(f"{GCP}/1.0.0/schemas/disk")

    assert (missing.status_code, missing.json()["code"]) == (404, "schema_not_found")
    assert missing.json()["detail"] == (
        "platform/gcp 1.0.0 has no resource type 'disk'; it has bucket, cloudsql/database"
    )


async def test_a_long_list_of_what_there_is_is_cut(service: Service) -> None:
    await service.publish(schemas={f"type{number:02}": {} for number in range(25)})

    detail = (await service.client.get(f"{GCP}/1.0.0/schemas/disk")).json()["detail"]

    assert detail.endswith("type18, type19 and 5 more")


async def test_a_version_without_schemas_says_so(service: Service) -> None:
    await service.publish()

    missing = await service.client.get(f"{GCP}/1.0.0/schemas/disk")

    assert missing.json()["detail"].endswith("it was published without schemas")


@pytest.mark.parametrize("path", ["9.9.9/schemas", "9.9.9/schemas/bucket", "x/schemas", "latest/schemas/bucket"])
async def test_schemas_of_an_unknown_version_are_not_found(service: Service, path: str) -> None:
    missing = await service.client.get(f"{GCP}/{path}")

    assert (missing.status_code, missing.json()["code"]) == (404, "version_not_found")


async def test_a_document_is_named_under_the_configured_address_whatever_the_request_says(
    behind_a_proxy: Service,
) -> None:
    await behind_a_proxy.publish(schemas=SCHEMAS)

    read = await behind_a_proxy.client.get(f"{GCP}/1.0.0/schemas/bucket", headers={"Host": "evil.example.com"})

    assert read.json()["$id"] == f"https://registry.example.com/base{GCP}/1.0.0/schemas/bucket"


async def test_a_name_that_follows_the_request_is_not_kept_for_good(service: Service, behind_a_proxy: Service) -> None:
    kept = {}
    for name, each in {"unset": service, "set": behind_a_proxy}.items():
        await each.publish(schemas=SCHEMAS)
        kept[name] = (await each.client.get(f"{GCP}/1.0.0/schemas/bucket")).headers["cache-control"]

    assert kept == {"unset": "no-cache", "set": "public, max-age=31536000, immutable"}


@pytest.mark.parametrize(("length", "at_once"), [(100, True), (100_000, False)])
async def test_a_large_schema_is_made_into_a_document_in_a_thread(
    service: Service, monkeypatch: pytest.MonkeyPatch, length: int, *, at_once: bool
) -> None:
    on_loop: list[bool] = []

    def observed(schema: ResourceSchema, url: str) -> object:
        on_loop.append(_is_on_a_loop())
        return schema_document(schema, url)

    monkeypatch.setattr(routes_of_schemas, "schema_document", observed)
    await service.publish(schemas={"bucket": {"config_schema": {"description": "x" * length}}})
    answer = await service.client.get("/providers/platform/gcp/versions/1.0.0/schemas/bucket")
    assert answer.status_code == 200
    assert on_loop == [at_once]


async def test_without_a_public_url_a_document_is_named_after_each_request_s_host(service: Service) -> None:
    await service.publish(schemas=SCHEMAS)
    path = f"{GCP}/1.0.0/schemas/bucket"

    named = [(await service.client.get(path, headers={"Host": host})).json()["$id"] for host in ("a.test", "b.test")]

    assert named == [f"http://a.test{path}", f"http://b.test{path}"]


@pytest.mark.parametrize("host", ["a/b", "a#b", "a b", "me@a", '"', "a:port", "a:1:2"])
async def test_a_host_that_is_none_names_no_document(service: Service, host: str) -> None:
    await service.publish(schemas=SCHEMAS)

    refused = await service.client.get(f"{GCP}/1.0.0/schemas/bucket", headers={"Host": host})

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
