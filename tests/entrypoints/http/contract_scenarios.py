"""What the recording of the HTTP contract asks: each scenario is one registry and the requests that it answers."""

import hashlib
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adapters.memory.clock import ManualClock
from application.errors import (
    SpoolUnavailableError,
    WheelHostFailedError,
    WheelHostTimeoutError,
    WheelHostUnreachableError,
)
from domain.customers import Customer, Organization
from domain.registrants import ConsoleMachine
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters, open_telemetry
from entrypoints.http.limits import HttpLimits
from entrypoints.settings import TracingSettings
from tests.builders import NOW, a_wheel
from tests.entrypoints.http.conftest import METADATA, Service, serving
from tests.entrypoints.http.recording import Recorder

CONSOLE = "/console/provider-versions"
CUSTOMERS = "/provider-versions"
GCP = "/providers/platform/gcp"
YANK = f"/console{GCP}/versions/1.0.0/yank"
ORIGIN = "https://console.example.com"
ACME = Organization(id="org_acme", name="Acme Inc.", slug="acme", created_at=NOW, updated_at=NOW + timedelta(days=1))
README = "# Google Cloud\n\nManages *buckets*; see <b>the docs</b> at https://docs.example.com.\n"
SCHEMAS = {
    "bucket": {
        "description": "A storage bucket.",
        "config_schema": {
            "type": "object",
            "properties": {
                "location": {"type": "string", "enum": ["eu", "us"], "description": "Where it is."},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "size": {"type": "integer", "minimum": 1, "maximum": 10**30, "default": 1.5e10},
            },
            "required": ["location"],
        },
        "outputs_schema": {"type": "object", "properties": {"url": {"type": "string", "format": "uri"}}},
    },
    "cloudsql/database": {"provider": "gcp", "config_schema": {"type": "object", "properties": {"naïve": {}}}},
}


class Registry:
    """A served registry, with a recorder in front."""

    def __init__(self, service: Service) -> None:
        verifier, customers = service.adapters.verifier, service.adapters.customer_verifier
        self.adapters = service.adapters
        tokens = {
            "machine": service.token,
            "another machine": verifier.issue(ConsoleMachine("mch_other")),
            "expired": verifier.issue(ConsoleMachine("mch_release")),
            "user": customers.issue(a_customer("user_ann", user_id="user_ann")),
            "member": customers.issue(replace(a_customer("user_bob", user_id="user_bob"), role="member")),
            "api key": customers.issue(a_customer("ak_1")),
            "unknown": "mt_forged",
        }
        verifier.expire(tokens["expired"])
        self.recorder = Recorder(service.client.app, tokens)

    def wheel(self, built: str, *, readme: str, distribution: str) -> dict[str, Any]:
        """Put a wheel on its host, and return the fields that announce it."""
        metadata = f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {built}\n"
        metadata += "Summary: Manages Google Cloud\nRequires-Python: >=3.11\n"
        metadata += f"Description-Content-Type: text/markdown\n\n{readme}" if readme else ""
        data = a_wheel(distribution, built, metadata=metadata, compression=zipfile.ZIP_STORED)
        url = f"https://wheels.example.com/files/{distribution}-{built}-py3-none-any.whl"
        self.adapters.fetcher.put(WheelUrl.parse(url), data)
        return {"wheel_url": url, "sha256": hashlib.sha256(data).hexdigest()}

    def body(
        self,
        built: str = "1.0.0",
        /,
        *,
        readme: str = "",
        distribution: str = "pragmatiks_gcp_provider",
        **changes: Any,
    ) -> dict[str, Any]:
        """Return the body that registers a wheel on its host; None leaves a field out."""
        announced = self.wheel(built, readme=readme, distribution=distribution)
        body = {"name": "platform/gcp", "version": built, **announced, "metadata": METADATA, **changes}
        return {name: value for name, value in body.items() if value is not None}

    def fail(self, url: str, error: Any) -> None:
        self.adapters.fetcher.fail_with(WheelUrl.parse(url), error)

    def advance(self) -> None:
        assert isinstance(self.adapters.clock, ManualClock)
        self.adapters.clock.advance(seconds=60)


def a_customer(identity: str, user_id: str | None = None) -> Customer:
    return Customer(id=identity, user_id=user_id, organization_id=ACME.id, organization_slug=ACME.slug)


@asynccontextmanager
async def a_registry(**changes: Any) -> AsyncIterator[Registry]:
    """Serve every route."""
    telemetry = open_telemetry(TracingSettings())
    options: dict[str, Any] = {"customer_realm": True, "telemetry": telemetry, "allowed_origins": [ORIGIN], **changes}
    async with serving(MemoryAdapters(), **options) as service:
        service.adapters.customer_directory.add_organization(ACME)
        service.adapters.customer_directory.add_user("user_ann", "ann@acme.example.com")
        yield Registry(service)


async def authentication(registry: Registry) -> None:
    send, body = registry.recorder.send, registry.body()
    for method, target in (("POST", CONSOLE), ("PUT", YANK), ("DELETE", YANK), ("POST", CUSTOMERS)):
        for token in ("", "unknown", "expired"):
            await send(method, target, token, body=body)
        await send(method, target, "another machine", body=b"{")
        await send(method, target, body=body, headers=[("Authorization", "Basic bWU6bWU=")])
        await send(method, target, body=body, headers=[("Authorization", "Bearer")])
    for target in ("/auth/me", "/organizations/me", "/organizations/org_acme"):
        for token in ("", "machine", "user", "api key"):
            await send("GET", target, token)
    await send("GET", "/organizations/org_other", "user")
    await send("POST", CONSOLE, "user", body=body)
    await send("POST", CUSTOMERS, "machine", body=body)
    registry.adapters.verifier.unavailable = registry.adapters.customer_verifier.unavailable = True
    await send("POST", CONSOLE, "machine", body=body)
    await send("GET", "/auth/me", "user")
    registry.adapters.verifier.unavailable = registry.adapters.customer_verifier.unavailable = False
    registry.adapters.customer_directory.unavailable = True
    for target in ("/auth/me", "/organizations/me", "/organizations/org_acme"):
        await send("GET", target, "user")


async def bodies(registry: Registry) -> None:
    send, good = registry.recorder.send, registry.body()
    malformed = [
        b"{",
        b"{'name': 1}",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a", "name": "a"}',
        b'{"schemas": {"a": {"config_schema": {"x": 1, "\\u0078": 2}}}}',
        b'{"x": NaN}',
        b'{"x": 1e999}',
        b"\xef\xbb\xbf{}",
        b"[" * 101 + b"]" * 101,
        b'{"name": "a"} x',
        b"[]",
        b"null",
        b"7",
    ]
    for content in malformed:
        await send("POST", CONSOLE, "machine", body=content)
    await send("POST", CONSOLE, "machine", headers=[("Content-Type", "application/json")])
    await send("PUT", YANK, "machine", body=b'{"reason": "a", "reason": "b"}')
    for field in (
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/json; charset=latin-1"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "9" * 18),
    ):
        await send("POST", CONSOLE, "machine", body=good, headers=[field])
    bad_fields: list[dict[str, Any]] = [
        {"name": 7, "version": None, "sha256": "A" * 64, "package_name": "", "entrypoint": "python"},
        {"schemas": {"bucket": {"config_schema": []}}, "metadata": {"description": "d", "tags": ["a", 3]}},
        {"version": 1.5, "sha256": True, "schemas": [], "entrypoint": ["python", 3], "changelog": 7},
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
        },
        {"name": "gcp"},
        {"name": "platform/gcp/x"},
        {"name": "acme/gcp"},
        {"version": "1.0.0rc1"},
        {"version": "1.0.0-alpha.beta"},
        {"wheel_url": "https://wheels.example.com/a.zip"},
        {"wheel_url": "http://wheels.example.com/a-1.0.0-py3-none-any.whl"},
        {"wheel_url": f"{good['wheel_url']}#sha256={'0' * 64}"},
        {"schemas": {"a": {}}, "resource_schemas": {"b": {}}},
        {"schemas": {"a": {"config_schema": {"type": "nonsense"}}}},
        {"schemas": {"a": {"config_schema": {"$ref": "https://elsewhere.example.com/"}}}},
        {"schemas": {"a": {"config_schema": {"$schema": "http://json-schema.org/draft-03/schema#"}}}},
        {"config_schema": {"x": 0.1}, "metadata": 3},
    ]
    for changes in bad_fields:
        sent = {name: value for name, value in {**good, **changes}.items() if value is not None}
        await send("POST", CONSOLE, "machine", body=sent)
    await send("POST", CUSTOMERS, "user", body=good)
    await send("POST", CUSTOMERS, "user", body={**good, "name": "gcp", "organization_id": "org_other"})
    await send("POST", f"{CONSOLE}?dry_run=perhaps", "machine", body=good)
    await send("POST", f"{CONSOLE}?dry_run=true&dryrun=1&dry_run=false", "machine", body=good)


async def registrations(registry: Registry) -> None:
    post = registry.recorder.post
    body = registry.body(schemas=SCHEMAS, changelog="Buckets can be labelled.", readme=README)
    await post(CONSOLE, "machine", {**body, "metadata": None})
    await post(f"{CONSOLE}?dry_run=true", "machine", body)
    await post(CONSOLE, "machine", body)
    registry.advance()
    await post(CONSOLE, "machine", body)
    await post(CONSOLE, "machine", body, X_Request_ID="an id with blanks")
    await post(CONSOLE, "machine", body, X_Request_ID="")
    await post(f"{CONSOLE}?dry_run=true", "machine", body)
    await post(f"{CONSOLE}?dry_run=true", "machine", {**body, "changelog": "Other.", "schemas": None})
    await post(f"{CONSOLE}?dry_run=false", "machine", {**body, "changelog": "Other.", "schemas": None})
    await post(CONSOLE, "machine", {**body, "name": "platform/other"})
    await post(CONSOLE, "machine", {**body, "version": "9.9.9"})
    later = registry.body("1.1.0", metadata={**METADATA, "icon_url": "https://icons.example.com/gcp.svg"}, future=[1.5])
    await post(CONSOLE, "machine", {**later, "sha256": "0" * 64})
    await post(CONSOLE, "machine", {**later, "package_name": "nowhere"})
    registry.advance()
    await post(CONSOLE, "machine", {**later, "sha256": None, "entrypoint": ["python", "-m", "gcp_provider"]})
    await post(CONSOLE, "machine", registry.body("1.2.0rc1", version="1.2.0-rc.1"))
    await post(
        CONSOLE, "machine", {**body, "version": "1.3.0", "wheel_url": body["wheel_url"].replace("1.0.0", "1.3.0")}
    )
    failing = registry.body("2.0.0")
    for error in (
        WheelHostFailedError("the wheel's host answered 500; try again"),
        WheelHostTimeoutError("the wheel's host did not finish in 60 s; try again"),
        SpoolUnavailableError("there is no room for the wheel; try again"),
    ):
        registry.fail(failing["wheel_url"], error)
        await post(CONSOLE, "machine", failing)
    legacy = registry.body("0.9.0", name="qdrant", organization_id="org_platform", distribution="qdrant_provider")
    await post(CONSOLE, "machine", {**legacy, "metadata": None, "resource_schemas": {"collection": {}}})
    own = registry.body(name="acme/gcp", distribution="acme_gcp")
    await post(CUSTOMERS, "user", own)
    await post(CUSTOMERS, "api key", own)
    await post(
        CUSTOMERS, "api key", registry.body("1.0.1", name="gcp", organization_id="org_acme", distribution="acme_gcp")
    )
    await post(f"{CUSTOMERS}?dry_run=true", "user", registry.body("1.0.2", name="acme/gcp", distribution="acme_gcp"))
    await post(CUSTOMERS, "user", {**body, "name": "acme/stolen"})
    registry.fail(own["wheel_url"], WheelHostUnreachableError("the wheel's host cannot be reached", reason="private"))
    await post(CUSTOMERS, "user", {**own, "version": "1.0.0", "name": "acme/new"})
    await post(CONSOLE + "/", "machine", body)
    await post("/console//provider-versions", "machine", body)


async def lifecycle(registry: Registry) -> None:
    send, post = registry.recorder.send, registry.recorder.post
    await post(CONSOLE, "machine", registry.body())
    await post(CONSOLE, "machine", registry.body("1.1.0"))
    reasons: list[object] = [{"reason": ""}, {}, {"reason": 7}, {"reason": "x" * 3000}, {"reason": "\u0000"}, []]
    for reason in reasons:
        await send("PUT", YANK, "machine", body=reason)
    registry.advance()
    await send("PUT", YANK, "machine", body={"reason": "Deletes buckets."})
    await send("PUT", YANK, "machine", body={"reason": "Another reason."})
    await post(CONSOLE, "machine", registry.body())
    for target in (
        "/versions/1.0.0",
        "/versions/1.0.0/history",
        "/versions/latest",
        "/versions",
        "/versions/1.0.0/install",
    ):
        await send("GET", f"{GCP}{target}")
    await send("GET", "/simple/pragmatiks-gcp-provider/", headers=[("Accept", "application/vnd.pypi.simple.v1+json")])
    await send("GET", "/simple/pragmatiks-gcp-provider/", headers=[("Accept", "text/html")])
    await send("GET", "/catalog/platform/gcp/1.0.0")
    registry.advance()
    await send("DELETE", YANK, "machine")
    await send("DELETE", YANK, "machine")
    await send("GET", f"{GCP}/versions/1.0.0/history")
    await send("GET", f"{GCP}/versions/1.0.0/history?limit=1")
    await send("GET", f"{GCP}/versions/1.0.0/history?limit=1&cursor=1")
    for target in ("1.0.9", "not-a-version", "latest"):
        await send("PUT", YANK.replace("1.0.0", target), "machine", body={"reason": "Why."})
        await send("DELETE", YANK.replace("1.0.0", target), "machine")
    await send("PUT", "/console/providers/acme/gcp/versions/1.0.0/yank", "machine", body={"reason": "Why."})
    await send("PUT", "/console/providers/Not/valid/versions/1.0.0/yank", "machine", body={"reason": "Why."})
    await send("PUT", f"{YANK}/", "machine", body={"reason": "Why."})
    await post(CONSOLE, "machine", {**registry.body("3.0.0"), "sha256": "0" * 64})
    await send("PUT", YANK.replace("1.0.0", "3.0.0"), "machine", body={"reason": "Why."})
    await send("DELETE", YANK.replace("1.0.0", "3.0.0"), "machine")
    await post(CUSTOMERS, "member", registry.body(name="acme/gcp"))
    await post(CUSTOMERS, "user", registry.body(name="acme/gcp", distribution="acme_gcp"))
    own = "/providers/acme/gcp/versions/1.0.0/yank"
    for token, target in (("user", own), ("member", own), ("machine", own), ("user", own.replace("acme", "platform"))):
        await send("PUT", target, token, body={"reason": "Why."})
    for token, target in (("member", own), ("", own), ("user", own), ("user", own.replace("1.0.0", "2.0.0"))):
        await send("DELETE", target, token)


async def reads(registry: Registry) -> None:
    post, send = registry.recorder.post, registry.recorder.send
    await send("GET", "/")
    await send("GET", "/providers")
    await send("GET", "/simple/")
    await post(CONSOLE, "machine", registry.body(schemas=SCHEMAS, readme=README, changelog="First."))
    registry.advance()
    await post(CONSOLE, "machine", registry.body("1.1.0rc1", version="1.1.0-rc.1", schemas=SCHEMAS))
    await post(CONSOLE, "machine", registry.body("0.9.0", config_schema={"type": "object"}))
    await post(CUSTOMERS, "user", registry.body(name="acme/gcp", distribution="acme_gcp"))
    versions = f"{GCP}/versions"
    views = ("", "/status", "/install", "/verification", "/history", "/availability", "/schemas", "/schemas/bucket")
    targets = [
        GCP,
        "/providers/acme/gcp",
        versions,
        *(f"{versions}/{version}{view}" for version in ("1.0.0", "latest") for view in views),
        f"{versions}/1.1.0-rc.1/compatibility",
        f"{GCP}/compare/0.9.0...1.0.0",
        f"{versions}/1.0.0/schemas/cloudsql/database",
        f"{versions}/1.0.0/schemas/cloudsql%2Fdatabase",
        f"{versions}/1.1.0-rc.1",
        f"{versions}/0.9.0/schemas",
        "/providers/acme/gcp/versions/1.0.0/install",
        "/catalog/platform/gcp",
        "/catalog/platform/gcp/1.0.0",
        "/catalog/platform/gcp/latest",
        "/catalog/acme/gcp/1.0.0",
        "/simple/",
        "/simple/pragmatiks-gcp-provider/",
        "/simple/~acme/",
        "/simple/~acme/acme-gcp/",
    ]
    for target in targets:
        answer = await send("GET", target)
        tag = dict(answer.headers)["etag"]
        await send("GET", target, headers=[("If-None-Match", f'"other", W/{tag}')])
        await send("HEAD", target)
    for target in (GCP, f"{versions}/1.0.0", "/catalog/platform/gcp/1.0.0"):
        answer = await send("GET", target, headers=[("Accept-Encoding", "gzip, br")])
        await send(
            "GET", target, headers=[("Accept-Encoding", "gzip"), ("If-None-Match", dict(answer.headers)["etag"])]
        )
        await send("GET", target, headers=[("Accept-Encoding", "gzip;q=0, *;q=0.5"), ("If-None-Match", "*")])
    for target in (
        "/providers?q=google&tags=cloud&limit=1",
        "/providers?limit=1&offset=1",
        "/providers?q=gooogle",
        "/providers?scope=tenant",
        "/providers?scope=galaxy&order=name&limit=5",
        "/providers?sort=recent&limit=1",
        "/providers?sort=recent&tags=cloud&limit=1&cursor=2026-01-01T00:01:00.000000Z/platform/gcp",
        "/providers?sort=size",
        "/providers?sort=recent&q=gcp",
        "/providers?sort=recent&offset=1",
        "/providers?sort=recent&cursor=1.0.0",
        "/tags",
        "/providers?limit=0",
        "/providers?limit=many&offset=-1",
        "/providers?q=%20&tags=cloud,google&tags=other",
        "/?q=google&tags=cloud",
        "/?offset=99",
        "/?offset=-1",
        "/?sort=recent",
        "/?sort=size",
        "/?q=nothing",
        "/resource-types?q=buck&limit=1",
        "/resource-types?q=labels",
        "/resource-types?q=%20",
        "/resource-types",
        "/resource-types?q=bucket&limit=101",
        "/resource-types?q=bucket&q=queue&offset=1",
        f"{versions}?limit=2",
        f"{versions}?limit=2&cursor=1.0.0",
        f"{versions}?limit=2&cursor=nonsense",
        f"{versions}?limit=251",
        "/catalog/platform/gcp?cursor=1.0.0",
        "/catalog/platform/gcp?cursor=x",
        f"{versions}/1.0.0/history?limit=0&cursor=x",
        f"{versions}/9.9.9",
        f"{versions}/not-a-version",
        f"{versions}/1.0.0rc1",
        f"{versions}/9.9.9/install",
        f"{versions}/9.9.9/verification",
        f"{versions}/9.9.9/history",
        f"{versions}/9.9.9/schemas",
        f"{versions}/1.0.0/schemas/disk",
        f"{versions}/0.9.0/schemas/disk",
        "/providers/platform/none",
        "/providers/platform/none/versions",
        "/providers/Not/A%20Name",
        "/catalog/platform/none",
        "/catalog/platform/gcp/9.9.9",
        "/catalog/nowhere",
        "/simple/Pragmatiks_GCP.provider/",
        "/simple/~acme/ACME.gcp/",
        "/simple/none/",
        "/simple/~none/",
        "/simple/~Not%20Valid/",
        "/simple/~acme/none/",
        "/simple/-/",
        "/nowhere",
        "/nowhere%1B%5B2J",
        "/schema/nowhere",
        "//providers//platform/gcp/",
    ):
        await send("GET", target)
    json, html = "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+html"
    for accept in (
        json,
        html,
        "text/html;q=0.1, application/json",
        f"{json};q=0.1, {html};q=0.9",
        "*/*;q=0",
        "image/png",
    ):
        await send("GET", "/simple/", headers=[("Accept", accept)])
        await send("GET", "/simple/pragmatiks-gcp-provider/", headers=[("Accept", accept)])


async def methods_and_origins(registry: Registry) -> None:
    send = registry.recorder.send
    await registry.recorder.post(CONSOLE, "machine", registry.body())
    for target in (
        "/",
        "/providers",
        GCP,
        f"{GCP}/versions/1.0.0",
        "/catalog/platform/gcp",
        "/simple/",
        "/health",
        "/metrics",
        "/schema",
        "/schema/openapi.json",
        "/auth/me",
        CONSOLE,
        CUSTOMERS,
        YANK,
        "/nowhere",
        "*",
    ):
        await send("OPTIONS", target)
        await send("PATCH", target)
        await send("HEAD", target)
        for method in ("GET", "POST"):
            asked = [("Access-Control-Request-Method", method)]
            await send("OPTIONS", target, headers=[("Origin", ORIGIN), *asked])
            await send("OPTIONS", target, headers=[("Origin", "https://elsewhere.example.com"), *asked])
    for origin in (ORIGIN, "https://elsewhere.example.com", "null"):
        await send("GET", GCP, headers=[("Origin", origin)])
        await send("GET", "/auth/me", "user", headers=[("Origin", origin)])
        await send("GET", "/nowhere", headers=[("Origin", origin)])
        await send("POST", CONSOLE, headers=[("Origin", origin)], body={})


async def service_routes(registry: Registry) -> None:
    send, get = registry.recorder.send, registry.recorder.get
    for target in ("/health", "/health/ready", "/metrics", "/schema", "/schema/openapi.json", "/metrics/", "/healthz"):
        await get(target)
    await get("/metrics", Accept="application/openmetrics-text")
    await get("/metrics", Accept="image/png")
    stylesheet = (await get("/")).body.decode().partition('href="/static/')[2].partition('"')[0]
    await get(f"/static/{stylesheet}")
    await get("/static/none.css")
    for host in ([], [("Host", "")], [("Host", "a b")], [("Host", "a"), ("Host", "b")], [("Host", "[::1]:8000")]):
        await send("GET", "/health", headers=host or [("Host", "")])
    registry.adapters.store.unavailable = True
    for target in ("/health", "/health/ready", "/providers", GCP, f"{GCP}/versions/1.0.0", "/", "/simple/"):
        await get(target)
    await send("POST", CONSOLE, "machine", body=registry.body())
    await send("PUT", YANK, "machine", body={"reason": "Why."})
    await send("DELETE", YANK, "machine")


async def at_a_public_url(registry: Registry) -> None:
    get = registry.recorder.get
    await registry.recorder.post(CONSOLE, "machine", registry.body(schemas=SCHEMAS))
    for target in (
        f"{GCP}/versions/1.0.0/schemas/bucket",
        f"{GCP}/versions/latest/schemas/bucket",
        f"{GCP}/versions/1.0.0/install",
        "/catalog/platform/gcp/1.0.0",
    ):
        await get(target, Host="elsewhere.example.com")


async def with_limits(registry: Registry) -> None:
    send = registry.recorder.send
    await send("POST", CONSOLE, "machine", body=b"{" + b" " * 2000 + b"}")
    await send("POST", CONSOLE, "machine", body=registry.body())
    await send("PUT", YANK, "machine", body={"reason": "Why."})
    await send("POST", CUSTOMERS, "user", body={})


async def without_customers(registry: Registry) -> None:
    await registry.recorder.get("/auth/me", "user")
    await registry.recorder.get("/metrics")
    await registry.recorder.post(CUSTOMERS, "user", {})


Serve = Callable[[], AbstractAsyncContextManager[Registry]]


async def upgrades(registry: Registry) -> None:
    post, send = registry.recorder.post, registry.recorder.send
    bucket = SCHEMAS["bucket"]
    grown = {**bucket, "config_schema": {**bucket["config_schema"], "required": ["location", "size"]}}  # type: ignore[dict-item]
    await post(CONSOLE, "machine", registry.body(schemas=SCHEMAS))
    await post(CONSOLE, "machine", registry.body("2.0.0", schemas={"bucket": {**grown, "outputs_schema": None}}))
    check = f"{GCP}/versions/2.0.0/check"
    used = {"resource": "bucket", "name": "assets", "config": {"location": "eu"}, "uses": ["url"]}
    await post(check, "", {"from": "1.0.0", "resources": [used, {"resource": "cloudsql/database", "config": {}}]})
    await post(f"{GCP}/versions/latest/check", "", {"resources": [{**used, "config": {"location": "eu", "size": 1}}]})
    await post(check, "", {"from": "one", "resources": [used]})
    await post(check, "", {"resources": [{"resource": "bucket"}]})
    await post(check, "", b"{")
    await post(check, "", {"resources": [used]}, Content_Type="text/plain")
    await post(check, "", {"resources": [{**used, "name": "a" * 256 * 1024}]})
    await post(f"{GCP}/versions/9.9.9/check", "", {"resources": [used]})
    await send("GET", check)


SCENARIOS: dict[str, tuple[Callable[[Registry], Awaitable[None]], Serve]] = {
    "authentication": (authentication, a_registry),
    "bodies": (bodies, a_registry),
    "registrations": (registrations, a_registry),
    "lifecycle": (lifecycle, a_registry),
    "reads": (reads, a_registry),
    "methods_and_origins": (methods_and_origins, a_registry),
    "upgrades": (upgrades, a_registry),
    "service_routes": (service_routes, a_registry),
    "public_url": (at_a_public_url, lambda: a_registry(public_url="https://registry.example.com/base")),
    "small_bodies": (with_limits, lambda: a_registry(limits=HttpLimits(body_bytes=1000, in_flight=1))),
    "none_in_flight": (with_limits, lambda: a_registry(limits=HttpLimits(in_flight=0))),
    "without_customers": (without_customers, lambda: a_registry(customer_realm=False, telemetry=None)),
}
