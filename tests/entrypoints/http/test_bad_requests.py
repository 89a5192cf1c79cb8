"""Requests that are refused before anything is looked up."""

import asyncio
import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from litestar import Litestar, Request, post
from litestar.testing import AsyncTestClient

from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.limits import HttpLimits
from entrypoints.http.requests.bodies import parse_json, read_json
from tests.builders import MACHINE_ID
from tests.entrypoints.http.conftest import ROUTE, Service, serving
from tests.support.waiting import WAIT_SECONDS


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, "Bearer"),
        ({"Authorization": "Bearer wrong"}, 'Bearer error="invalid_token"'),
        ({"Authorization": "Bearer"}, "Bearer"),
        ({"Authorization": "Bearer  "}, "Bearer"),
        ({"Authorization": "Basic bWU6bWU="}, "Bearer"),
        ({"Authorization": ""}, "Bearer"),
    ],
)
async def test_without_a_good_token_the_answer_is_401_whatever_the_body(
    service: Service, headers: Mapping[str, str], challenge: str
) -> None:
    response = await service.client.post(ROUTE, content=b"\xff{", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == challenge
    assert (response.json()["code"], response.json()["detail"]) == ("not_authenticated", "Not authenticated")


@pytest.mark.parametrize("route", [ROUTE, "/provider-versions"])
@pytest.mark.parametrize("authorization", [[], [(b"authorization", b"Bearer wrong")]])
async def test_an_unauthenticated_caller_is_answered_without_its_body_being_asked_for(
    route: str, authorization: list[tuple[bytes, bytes]]
) -> None:
    async with serving(MemoryAdapters(), customer_realm=True) as service:
        assert await _status_without_body(service, route, authorization) == 401


async def test_several_authorization_headers_are_401_however_good_each_is(service: Service) -> None:
    """The test client would join them into one."""
    good = (b"authorization", f"Bearer {service.token}".encode())

    assert await _status_without_body(service, ROUTE, [good, good]) == 401


async def _status_without_body(service: Service, route: str, headers: list[tuple[bytes, bytes]]) -> int:
    """Return the status of a request whose body must not be asked for."""
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 9000),
        "path": route,
        "raw_path": route.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            *((b"host", b"registry"), (b"content-type", b"application/json"), (b"content-length", b"9" * 18)),
            *headers,
        ],
    }
    await service.client.app(scope, receive, send)
    return int(sent[0]["status"])


@pytest.mark.parametrize("beside", [b"\xa0", b"\x85", b"\x1f", b"\x0c"])
@pytest.mark.parametrize("before", [True, False])
async def test_only_spaces_may_surround_a_token(service: Service, beside: bytes, before: bool) -> None:
    token = service.token.encode()
    sent = b"Bearer " + (beside + token if before else token + beside)

    response = await service.client.post(ROUTE, json=service.upload(), headers=[(b"Authorization", sent)])

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_the_scheme_of_the_authorization_header_is_case_insensitive(service: Service) -> None:
    response = await service.post(service.upload(), Authorization=f"bEARER {service.token}")

    assert response.status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{'name': 1}",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a", "name": "a"}',
        b'{"schemas": {"a": {}, "a": {}}}',
        b'{"schemas": {"a": {"config_schema": {"x": 1, "\\u0078": 2}}}}',
        b'{"x": NaN}',
        b'{"x": 1e999}',
        b'{"x": ' + b"9" * 5000 + b"}",
        b"\xef\xbb\xbf{}",
        b"[" * 101 + b"]" * 101,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"x":' * 20_000 + b"1" + b"}" * 20_000,
        b"[" * 1_000_000,
        "{}".encode("utf-16"),
    ],
)
async def test_a_body_that_is_not_strict_json_is_400(service: Service, content: bytes) -> None:
    response = await service.post_raw(content)

    assert (response.status_code, response.json()["code"]) == (400, "malformed_body")
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_empty_body_is_called_empty(service: Service) -> None:
    response = await service.post_raw(b"")

    assert response.json()["detail"] == "the body is empty; send a JSON object"


@pytest.mark.parametrize(("members", "at_once"), [(10, True), (10_000, False)])
async def test_a_large_body_is_checked_in_a_thread(members: int, at_once: bool) -> None:
    threads: list[int] = []

    @post("/")
    async def judge(request: Request[Any, Any, Any]) -> None:
        await read_json(request, lambda _: threads.append(threading.get_ident()), limit=1_000_000)
        threads.append(threading.get_ident())

    async with AsyncTestClient(Litestar([judge])) as client:
        await client.post("/", json={str(number): number for number in range(members)})
    made, handled = threads
    assert (made == handled) is at_once


async def test_a_body_of_large_exponents_does_not_take_seconds_to_read() -> None:
    body = b"[" + b"2e300," * 300_000 + b"0]"
    async with asyncio.timeout(WAIT_SECONDS):
        for _ in range(12):
            await asyncio.to_thread(parse_json, body)


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"7", b"[{}]"])
async def test_json_that_is_no_object_is_422(service: Service, content: bytes) -> None:
    response = await service.post_raw(content)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert response.json()["errors"] == [{"loc": ["body"], "msg": "must be a JSON object", "type": "object_type"}]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
        "json",
    ],
)
async def test_a_body_that_is_not_declared_as_json_is_415(service: Service, content_type: str) -> None:
    response = await service.post_raw(json.dumps(service.upload()).encode(), **{"Content-Type": content_type})

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
async def test_a_charset_of_utf_8_is_fine(service: Service, charset: str) -> None:
    declared = {"Content-Type": f"application/json; charset={charset}"}

    response = await service.post_raw(json.dumps(service.upload()).encode(), **declared)

    assert response.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "application/json; charset=latin-1"}, {"Content-Encoding": "gzip"}],
)
async def test_another_charset_or_a_compressed_body_is_415(service: Service, headers: Mapping[str, str]) -> None:
    response = await service.post_raw(json.dumps(service.upload()).encode(), **headers)

    assert response.status_code == 415


async def test_a_body_over_the_limit_is_413_and_one_at_the_limit_is_not() -> None:
    async with serving(MemoryAdapters(), HttpLimits(body_bytes=10_000)) as service:
        body = json.dumps(service.upload()).encode()
        fits = await service.post_raw(body.ljust(10_000))
        too_large = await service.post_raw(body.ljust(10_001))

    assert fits.status_code == 201
    assert (too_large.status_code, too_large.json()["code"]) == (413, "body_too_large")


async def test_all_bad_fields_are_reported_at_once(service: Service) -> None:
    response = await service.post(
        {
            "name": 7,
            "wheel_url": "http://wheels.example.com/a-1.0-py3-none-any.whl",
            "sha256": "A" * 64,
            "package_name": "",
            "schemas": {"bucket": {"config_schema": []}},
            "metadata": {"description": "d", "tags": ["a", 3]},
            "entrypoint": "python",
        }
    )

    assert response.status_code == 422
    problem = response.json()
    assert {tuple(error["loc"]) for error in problem["errors"]} == {
        ("body", "name"),
        ("body", "version"),
        ("body", "wheel_url"),
        ("body", "sha256"),
        ("body", "package_name"),
        ("body", "schemas", "bucket", "config_schema"),
        ("body", "metadata", "display_name"),
        ("body", "metadata", "tags", 1),
        ("body", "entrypoint"),
    }
    assert isinstance(problem["detail"], str)
    assert "version" in problem["detail"]


async def test_what_cannot_be_decoded_and_what_breaks_a_rule_are_reported_together(service: Service) -> None:
    response = await service.post(
        {
            "name": "platform/other",
            "version": "1.0",
            "wheel_url": "http://wheels.example.com/x.whl?a=1",
            "sha256": "ZZ",
            "changelog": 7,
        }
    )

    assert {(error["loc"][1], error["type"]) for error in response.json()["errors"]} == {
        ("version", "invalid_version"),
        ("wheel_url", "invalid_wheel_url"),
        ("sha256", "invalid_sha256"),
        ("changelog", "invalid"),
    }


async def test_all_fields_that_break_a_rule_of_the_domain_are_reported_at_once(service: Service) -> None:
    response = await service.post(
        {
            "name": "Platform/GCP",
            "version": "1.0",
            "wheel_url": "https://me:pw@wheels.example.com/a-1.0-py3-none-any.whl",
            "package_name": "\u0000",
            "resource_schemas": {" ": {}},
            "config_schema": {"a": "\u0000"},
            "metadata": {"display_name": " ", "description": "d", "icon_url": "javascript:alert(1)"},
            "changelog": "\u001b[2J",
            "entrypoint": [" "],
        }
    )

    assert response.status_code == 422
    assert {(*error["loc"][1:], error["type"]) for error in response.json()["errors"]} == {
        ("name", "invalid_provider_name"),
        ("version", "invalid_version"),
        ("wheel_url", "invalid_wheel_url"),
        ("package_name", "invalid_text"),
        ("resource_schemas", "invalid_schemas"),
        ("config_schema", "invalid_schemas"),
        ("metadata", "display_name", "invalid_metadata"),
        ("metadata", "icon_url", "invalid_metadata"),
        ("changelog", "invalid_text"),
        ("entrypoint", "invalid_text"),
    }


async def test_a_version_in_the_spelling_of_pep_440_is_refused_with_the_one_to_send(service: Service) -> None:
    refused = await service.post(service.upload("1.0.0rc1"))
    looked_up = await service.client.get("/providers/platform/gcp/versions/1.0.0rc1")

    assert (refused.status_code, refused.json()["errors"][0]["type"]) == (422, "invalid_version")
    assert refused.json()["detail"].endswith("send 1.0.0-rc.1")
    assert (looked_up.status_code, looked_up.json()["code"]) == (404, "version_not_found")
    assert looked_up.json()["detail"].endswith("send 1.0.0-rc.1")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": "gcp"}, "name", "invalid_provider_name"),
        ({"name": "platform/gcp/x"}, "name", "invalid_provider_name"),
        ({"version": "1.0.0-1"}, "version", "version_unmatchable"),
        ({"version": "1.0.0-alpha.beta"}, "version", "version_unmatchable"),
        ({"version": "9" * 200 + ".0.0"}, "version", "invalid_version"),
        ({"wheel_url": "https://wheels.example.com/a.whl?token=x"}, "wheel_url", "invalid_wheel_url"),
        ({"wheel_url": "https://wheels.example.com/a.zip"}, "wheel_url", "invalid_wheel_url"),
        ({"schemas": {"a": {}}, "resource_schemas": {"b": {}}}, "schemas", "invalid_schemas"),
        ({"schemas": {"": {}}}, "schemas", "invalid_schemas"),
    ],
)
async def test_a_bad_field_is_422_naming_it_and_records_nothing(
    service: Service, changes: Mapping[str, Any], field: str, code: str
) -> None:
    response = await service.post(service.upload(**changes))

    assert response.status_code == 422
    assert [(error["loc"], error["type"]) for error in response.json()["errors"]] == [(["body", field], code)]
    assert not service.adapters.fetcher.fetches


async def test_a_value_of_another_type_is_refused_in_words(service: Service) -> None:
    body = service.upload(version=1.5, sha256=True, schemas=[], entrypoint=["python", 3])

    problem = (await service.post(body)).json()

    assert {".".join(map(str, error["loc"][1:])): error["msg"] for error in problem["errors"]} == {
        "version": "expected a string, got a number",
        "sha256": "expected a string or null, got a boolean",
        "schemas": "expected an object or null, got an array",
        "entrypoint.1": "expected a string, got a whole number",
    }


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("gcp", "send the canonical name, 'platform/gcp'"),
        ("", "the name must be lower-case letters and digits"),
        ("\x1b[2J", "the name must be lower-case letters and digits"),
        ("a" * 195, "204 characters long"),
    ],
)
async def test_a_short_name_alone_is_completed_only_if_it_can_be(service: Service, written: str, sentence: str) -> None:
    response = await service.post(service.upload(name=written))

    assert response.status_code == 422
    assert sentence in response.json()["errors"][0]["msg"]


async def test_a_digest_in_the_url_that_contradicts_the_body_is_422(service: Service) -> None:
    body = service.upload()

    response = await service.post({**body, "wheel_url": f"{body['wheel_url']}#sha256={'0' * 64}"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "sha256"]


async def test_unknown_fields_are_ignored(service: Service) -> None:
    body = service.upload(metadata={"display_name": "GCP", "description": "d", "colour": "blue"}, future={"a": [1]})

    assert (await service.post(body)).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "route_not_found"),
        ("GET", "/schema/nowhere", 404, "route_not_found"),
        ("GET", "/schema/openapi.yaml", 404, "route_not_found"),
        ("GET", ROUTE, 405, "method_not_allowed"),
        ("POST", "/providers/platform/gcp/versions", 405, "method_not_allowed"),
        ("GET", "/providers/platform/gcp/versions/1.0.0", 404, "version_not_found"),
        ("GET", "/providers/platform/gcp/versions/latest", 404, "version_not_found"),
        ("GET", "/providers/platform/gcp/versions/not-a-version", 404, "version_not_found"),
        ("GET", "/providers/platform/gcp/versions", 404, "provider_not_found"),
        ("GET", "/providers/Not/A%20Name/versions", 404, "provider_not_found"),
    ],
)
async def test_what_does_not_exist_is_a_problem_with_a_code(
    service: Service, method: str, path: str, status: int, code: str
) -> None:
    response = await service.client.request(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_path_is_repeated_short_and_printable(service: Service, method: str) -> None:
    for path in ("/%1B%5B2J%00%ED%A0%80/", "/schema/%1B"):
        response = await service.client.request(method, path + "a" * 5000)

        assert response.status_code in {404, 405}
        assert len(response.json()["detail"]) < 600
        assert response.json()["detail"].isprintable()


@pytest.mark.parametrize("name", ["deploy-7", "a" * 128, "01J/abc=+:._-"])
async def test_a_request_id_is_accepted_and_returned(service: Service, name: str) -> None:
    response = await service.client.get("/health", headers={"X-Request-ID": name})

    assert response.headers["x-request-id"] == name


@pytest.mark.parametrize("name", ["", "a" * 129, "two words", "ünïcode", "{}"])
async def test_a_request_id_that_could_forge_a_log_is_replaced(service: Service, name: str) -> None:
    response = await service.client.get("/health", headers={b"X-Request-ID": name.encode()})

    assert response.headers["x-request-id"] not in {"", name}


async def test_a_defect_is_500_without_its_insides(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(MACHINE_ID)

    monkeypatch.setattr(service.adapters.store, "list_versions", broken)

    response = await service.client.get("/providers/platform/gcp/versions")

    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert MACHINE_ID not in response.text
