"""Arbitrary requests: whatever arrives, the answer is one of those documented, and never a 500."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from domain.customers import Customer, Organization
from domain.registrants import ConsoleMachine
from entrypoints.bootstrap import MemoryAdapters, build_registry
from entrypoints.http.app import create_app
from entrypoints.use_cases import UseCases
from tests.builders import MACHINE_ID, NOW, a_wheel, a_wheel_url
from tests.entrypoints.http.conftest import METADATA, ROUTE

pytestmark = pytest.mark.hostile

BOUNDED = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ORGANIZATION = Organization(id="org_a", name="A", slug="a", created_at=NOW, updated_at=NOW)
CUSTOMER = Customer(id="user_a", user_id="user_a", organization_id="org_a", organization_slug="a")
ADAPTERS = MemoryAdapters()
TOKEN = ADAPTERS.verifier.issue(ConsoleMachine(MACHINE_ID))
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
ADAPTERS.customer_verifier.issue(CUSTOMER, token=TOKEN)
ADAPTERS.customer_directory.add_organization(ORGANIZATION)
ADAPTERS.fetcher.put(a_wheel_url(), a_wheel())


@asynccontextmanager
async def open_registry() -> AsyncIterator[UseCases]:
    yield build_registry(ADAPTERS, release_machine_ids=[MACHINE_ID])


api = schemathesis.openapi.from_asgi("/schema/openapi.json", create_app(open_registry, customer_realm=True))


@api.parametrize()
@BOUNDED
def test_every_route_answers_as_its_description_says(case: schemathesis.Case[Any]) -> None:
    case.headers.update({"Authorization": f"Bearer {TOKEN}"})
    case.call_and_validate(
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    )


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    with TestClient(create_app(open_registry, customer_realm=True), raise_server_exceptions=False) as client:
        yield client


GOOD: dict[str, Any] = {
    "name": "platform/gcp",
    "version": "1.0.0",
    "wheel_url": a_wheel_url().text,
    "metadata": METADATA,
}
OPTIONAL = (
    "organization_id",
    "sha256",
    "package_name",
    "schemas",
    "config_schema",
    "outputs_schema",
    "resource_schemas",
    "changelog",
    "entrypoint",
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
documents = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
"""JSON values, and NaN and infinities, which Python writes although JSON has none."""


@BOUNDED
@given(content=st.binary(max_size=2000))
def test_arbitrary_bytes_are_a_refusal(client: TestClient[Any], content: bytes) -> None:
    response = client.post(ROUTE, content=content, headers=HEADERS)

    assert response.status_code in {400, 422}
    assert isinstance(response.json()["detail"], str)


@BOUNDED
@given(
    position=st.integers(min_value=0),
    replacement=st.binary(max_size=3),
)
def test_a_good_body_with_some_bytes_replaced_is_never_a_500(
    client: TestClient[Any], position: int, replacement: bytes
) -> None:
    body = json.dumps(GOOD).encode()
    cut = position % len(body)

    response = client.post(ROUTE, content=body[:cut] + replacement + body[cut + len(replacement) :], headers=HEADERS)

    assert response.status_code in {200, 201, 400, 403, 409, 422}


@BOUNDED
@given(
    field=st.sampled_from([*GOOD, *OPTIONAL]),
    value=documents,
)
def test_any_value_in_any_field_is_never_a_500(client: TestClient[Any], field: str, value: object) -> None:
    content = json.dumps({**GOOD, field: value}).encode("utf-8", "surrogatepass")

    response = client.post(ROUTE, content=content, headers=HEADERS)

    assert response.status_code in {200, 201, 400, 403, 409, 422}


@BOUNDED
@given(reason=documents | st.text(min_size=1))
def test_a_version_is_yanked_for_any_reason_that_keeps_the_rule_and_for_no_other(
    client: TestClient[Any], reason: object
) -> None:
    client.post(ROUTE, json=GOOD, headers=HEADERS)
    route, version = "/console/providers/platform/gcp/versions/1.0.0/yank", "/providers/platform/gcp/versions/1.0.0"
    content = json.dumps({"reason": reason}).encode("utf-8", "surrogatepass")

    yanked = client.put(route, content=content, headers=HEADERS)
    shown = client.get(version).json()
    restored = client.delete(route, headers=HEADERS)

    assert yanked.status_code in {200, 400, 422}
    assert shown["yanked_reason"] == (reason if yanked.status_code == 200 else None)
    assert (restored.status_code, restored.json()["status"]) == (200, "published")
    assert client.get(f"{version}/history").status_code == 200


@BOUNDED
@given(text=st.text(max_size=300))
def test_any_text_as_a_path_is_never_a_500(client: TestClient[Any], text: str) -> None:
    written = quote(text, safe="")
    version = f"/providers/platform/gcp/versions/{written}"
    schemas = "/providers/platform/gcp/versions/1.0.0/schemas"
    for path in (
        version,
        f"{version}/history",
        f"{version}/schemas",
        f"{schemas}/{written}",
        f"/providers/{written}/versions",
    ):
        assert client.get(path).status_code in {200, 404}
    assert client.delete(f"/console{version}/yank", headers=HEADERS).status_code in {200, 404, 409}
