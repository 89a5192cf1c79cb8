"""What a customer publishes to make reading it expensive."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.support.stack import Stack

ORGANIZATION = "acme"
MANY_VERSIONS = 120
MANY_EVENTS = 140
_LONG_TEXT = "1. a\n" * 19_900
"""The Markdown that takes longest to render, of the length that is still read as Markdown."""


def schema_chains() -> dict[str, Any]:
    """Return schemas that multiply what a page could show of them."""
    definitions: dict[str, object] = {f"d{hop}": {"$ref": f"#/$defs/d{hop + 1}"} for hop in range(2_000)}
    definitions["d2000"] = {"type": "string", "description": "x" * 20_000}
    definitions["first"] = {f"k{number}": number for number in range(9_000)} | {"$ref": "#/$defs/d0"}
    targets: Mapping[str, Mapping[str, object]] = {
        "chain": definitions,
        "booleans": {"first": {"allOf": [True] * 40_000}},
        "variants": {"first": {"oneOf": [{"anyOf": [{"enum": [number]}] * 20} for number in range(500)]}},
        "wide": {"first": {"type": "object", "properties": {f"q{number}": {} for number in range(9_000)}}},
        "long": {"first": {"default": "x" * 200_000}},
        "dynamic": {"first": {"$dynamicRef": "#/$defs/first", "items": {"$dynamicRef": "#/$defs/first"}}},
    }
    properties = {f"p{number}": {"$ref": "#/$defs/first"} for number in range(1_000)}
    return {
        kind: {"config_schema": {"type": "object", "properties": properties, "$defs": target}}
        for kind, target in targets.items()
    }


def hostile_bodies(stack: Stack) -> Iterator[dict[str, Any]]:
    """Yield registrations of the customer, first those that the others stand on."""
    yield _body(stack, "chains", "1.0.0", schemas=schema_chains())
    yield _body(stack, "texts", "1.0.0", changelog=_LONG_TEXT, readme=_LONG_TEXT)
    for number in range(MANY_VERSIONS):
        yield _body(stack, "many", f"1.0.{number}", changelog=_LONG_TEXT)


def further_bodies(stack: Stack, count: int) -> list[dict[str, Any]]:
    """Return registrations each of which changes the longest pages."""
    return [_body(stack, "many", f"2.0.{number}", changelog=_LONG_TEXT) for number in range(count)]


def hostile_paths() -> list[str]:
    """Return what is most expensive to read of it, and of what else there is."""
    many = f"{ORGANIZATION}/many"
    indexes = (
        "/simple/",
        "/simple/bench-provider/",
        f"/simple/~{ORGANIZATION}/",
        f"/simple/~{ORGANIZATION}/acme-many/",
    )
    return [
        *(f"/catalog/{ORGANIZATION}/{name}/1.0.0" for name in ("chains", "texts")),
        *(f"/catalog/{many}{rest}" for rest in ("", "?cursor=1.0.90", "/1.0.1", "/latest")),
        *(f"/catalog/{many}/1.0.{number}" for number in range(MANY_VERSIONS)),
        *(f"/providers/{many}/versions{rest}" for rest in ("", "?limit=249", "?limit=119&cursor=2.0.0")),
        *(f"/providers/{ORGANIZATION}/chains/versions/1.0.0{rest}" for rest in ("", "/schemas", "/status")),
        *(f"/providers/{ORGANIZATION}/chains/versions/1.0.0/schemas/{kind}" for kind in schema_chains()),
        "/providers/platform/gcp/versions/0.9.0/history?limit=249",
        *indexes,
    ]


def publish(stack: Stack, api_key: str) -> None:
    """Register all of it."""
    first, *others = hostile_bodies(stack)
    with httpx.Client(base_url=stack.url, trust_env=False, timeout=60) as client, ThreadPoolExecutor(4) as threads:

        def send(body: Mapping[str, object]) -> None:
            answered = client.post("/provider-versions", json=body, headers={"Authorization": f"Bearer {api_key}"})
            assert answered.status_code == 201, answered.text

        send(first)
        list(threads.map(send, others))


def lengthen_history(stack: Stack) -> None:
    """Yank and restore a version of the platform over and over."""
    url = f"{stack.url}/console/providers/platform/gcp/versions/0.9.0/yank"
    with httpx.Client(trust_env=False, timeout=60, headers=stack.headers()) as client:
        for _ in range(MANY_EVENTS):
            client.put(url, json={"reason": "x" * 1_000}).raise_for_status()
            client.delete(url).raise_for_status()


def _body(stack: Stack, name: str, version: str, *, readme: str = "", **changes: Any) -> dict[str, Any]:
    distribution = f"{ORGANIZATION}_{name}"
    metadata = (
        f"Metadata-Version: 2.4\nName: {distribution}\nVersion: {version}\n"
        f"Description-Content-Type: text/markdown\n\n{readme}\n"
    )
    return {
        **stack.upload(version, distribution=distribution, metadata=metadata, **changes),
        "name": f"{ORGANIZATION}/{name}",
    }
