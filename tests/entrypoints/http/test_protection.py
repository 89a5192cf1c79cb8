"""Header fields that every answer carries."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import Response

from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.http.middleware.security_headers import PROTECTION
from entrypoints.settings import TracingSettings
from tests.entrypoints.http.conftest import ROUTE, Service, serving

GCP = "/providers/platform/gcp"
YANK = f"/console{GCP}/versions/1.0.0/yank"


@pytest.fixture
async def whole() -> AsyncIterator[Service]:
    telemetry = open_telemetry(TracingSettings())
    async with serving(MemoryAdapters(), customer_realm=True, telemetry=telemetry) as service:
        yield service


def unprotected(answers: dict[str, Response]) -> list[str]:
    expected = {**PROTECTION, "Cache-Control": None}
    return [
        f"{case} ({answer.status_code}): {name}"
        for case, answer in answers.items()
        for name, value in expected.items()
        if name not in answer.headers or value not in {None, answer.headers[name]}
    ]


async def test_every_answer_is_protected_and_says_whether_it_may_be_stored(whole: Service) -> None:
    body = whole.upload()
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "created": ("POST", ROUTE, {"json": body, "headers": whole.authorised()}),
        "repeated": ("POST", ROUTE, {"json": body, "headers": whole.authorised()}),
        "dry run": ("POST", f"{ROUTE}?dry_run=true", {"json": body, "headers": whole.authorised()}),
        "bad body": ("POST", ROUTE, {"content": b"{", "headers": whole.authorised()}),
        "bad fields": ("POST", ROUTE, {"json": {}, "headers": whole.authorised()}),
        "no token": ("POST", ROUTE, {"json": body}),
        "no customer": ("GET", "/auth/me", {}),
        "yank": ("PUT", YANK, {"json": {"reason": "x"}, "headers": whole.authorised()}),
        "restore": ("DELETE", YANK, {"headers": whole.authorised()}),
        "health": ("GET", "/health", {}),
        "ready": ("GET", "/health/ready", {}),
        "metrics": ("GET", "/metrics", {}),
        "search": ("GET", "/providers", {}),
        "bad query": ("GET", "/providers?limit=0", {}),
        "provider": ("GET", GCP, {}),
        "version": ("GET", f"{GCP}/versions/1.0.0", {}),
        "known": ("GET", f"{GCP}/versions/1.0.0", {"headers": {"If-None-Match": "*"}}),
        "head": ("HEAD", f"{GCP}/versions/1.0.0", {}),
        "schemas": ("GET", f"{GCP}/versions/1.0.0/schemas", {}),
        "no such version": ("GET", f"{GCP}/versions/9.9.9", {}),
        "index": ("GET", "/simple/", {}),
        "redirect": ("GET", "/simple/Pragmatiks_GCP_Provider/", {"follow_redirects": False}),
        "not acceptable": ("GET", "/simple/", {"headers": {"Accept": "image/png"}}),
        "page": ("GET", "/", {}),
        "page of a provider": ("GET", "/catalog/platform/gcp", {}),
        "no such page": ("GET", "/catalog/platform/nothing", {}),
        "API page": ("GET", "/schema", {}),
        "API document": ("GET", "/schema/openapi.json", {}),
        "no such route": ("GET", "/nowhere", {}),
        "no such method": ("PATCH", GCP, {}),
        "options": ("OPTIONS", GCP, {}),
        "bad host": ("GET", GCP, {"headers": {"Host": "a/b"}}),
    }

    answers = {
        case: await whole.client.request(method, path, **sent) for case, (method, path, sent) in requests.items()
    }

    assert {answer.status_code for answer in answers.values()} >= {
        200,
        201,
        204,
        301,
        304,
        400,
        401,
        404,
        405,
        406,
        422,
    }
    assert unprotected(answers) == []


async def test_an_answer_of_the_read_cache_is_protected_too(whole: Service) -> None:
    await whole.publish()
    kept = [await whole.client.get(GCP) for _ in range(2)]

    assert unprotected({f"read {number}": answer for number, answer in enumerate(kept)}) == []
    assert kept[0].headers["cache-control"] == "no-cache"


async def test_a_defect_and_an_outage_are_protected(whole: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(whole.adapters.store, "load", broken)
    defect = await whole.post(whole.upload())
    whole.adapters.store.unavailable = True
    outage = {path: await whole.client.get(path) for path in ("/health/ready", GCP, "/")}

    assert (defect.status_code, {answer.status_code for answer in outage.values()}) == (500, {503})
    assert unprotected({"defect": defect, **outage}) == []
    assert {answer.headers["cache-control"] for answer in (defect, *outage.values())} == {"no-store"}


@pytest.mark.parametrize("path", ["/health", "/metrics", "/auth/me", "/nowhere"])
async def test_what_says_nothing_of_caching_is_not_stored(whole: Service, path: str) -> None:
    assert (await whole.client.get(path)).headers["cache-control"] == "no-store"


def test_the_policy_lets_nothing_run_and_loads_nothing_from_elsewhere() -> None:
    policy = dict(directive.strip().split(" ", 1) for directive in PROTECTION["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert {"script-src", "img-src", "connect-src"}.isdisjoint(policy)
