"""Hostile tokens through the whole application: one answer for all of them, and the reason in the log."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from entrypoints.bootstrap import MemoryAdapters
from tests.hostile.test_machine_tokens_claims import REFUSED as CLAIMS
from tests.hostile.test_machine_tokens_headers import REFUSED as HEADERS
from tests.http.conftest import Service, serving
from tests.support.clerk import Realm, a_realm

ROUTE = "/console/provider-versions"
BENT = {
    **{f"header: {name}": (case, {}, reason) for name, (case, reason) in HEADERS.items()},
    **{f"claims: {name}": ({}, case, reason) for name, (case, reason) in CLAIMS.items()},
}


@pytest.fixture(scope="module")
def console() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
async def service(console: Realm) -> AsyncIterator[Service]:
    """The application over memory adapters, but for Clerk's verifier and its stand-in."""
    async with serving(MemoryAdapters(), open_verifier=console.verifier) as service:
        service.token = console.clerk.sign(console.header(), console.claims())
        yield service


async def test_the_unbent_token_passes_and_its_machine_meets_the_allow_list(service: Service) -> None:
    response = await service.post(service.upload())

    assert (response.status_code, response.json()["code"]) == (403, "machine_not_allowed")


@pytest.mark.parametrize(("header", "claims", "reason"), BENT.values(), ids=BENT)
async def test_a_bent_token_is_a_uniform_401_and_its_reason_is_logged(
    service: Service, console: Realm, header: dict[str, Any], claims: dict[str, Any], reason: str
) -> None:
    token = console.clerk.sign(console.header(**header), console.claims(**claims))

    with capture_logs() as logged:
        response = await service.post_raw(b"\xff", Authorization=f"Bearer {token}")

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (response.json()["code"], response.json()["detail"]) == ("not_authenticated", "Not authenticated")
    assert [line["reason"] for line in logged if line["event"] == "refused"] == [reason]
    assert token not in str(logged)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "no token"),
        ([("Cookie", "__session={token}")], "no token"),
        ([("X-Authorization", "Bearer {token}")], "no token"),
        ([("Authorization", "{token}")], "no bearer token in the Authorization header"),
        ([("Authorization", "Token {token}")], "no bearer token in the Authorization header"),
        ([("Authorization", "Bearer {token}, Bearer {token}")], "unknown token shape"),
        ([("Authorization", "Bearer {token} {token}")], "unknown token shape"),
    ],
)
async def test_a_good_token_in_the_wrong_place_is_401(
    service: Service, headers: list[tuple[str, str]], reason: str
) -> None:
    sent = [(name, value.format(token=service.token)) for name, value in headers]

    with capture_logs() as logged:
        response = await service.client.post(f"{ROUTE}?access_token={service.token}", json={}, headers=sent)

    assert response.status_code == 401
    assert [line["reason"] for line in logged if line["event"] == "refused"] == [reason]


@pytest.mark.parametrize(("claims", "logged_as"), [({"aud": ["mch_other"]}, True), ({"sub": "user_1"}, False)])
async def test_a_refused_machine_is_named_in_the_log_once_the_realm_vouches_for_it(
    service: Service,
    console: Realm,
    claims: dict[str, Any],
    logged_as: bool,
) -> None:
    token = console.clerk.sign(console.header(), console.claims(**claims))

    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post({}, Authorization=f"Bearer {token}")

    (line,) = [line for line in logged if line["event"] == "refused"]
    assert line.get("machine_id") == (console.sender.id if logged_as else None)


async def test_a_short_hash_tells_attempts_with_one_token_apart(service: Service) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post({}, Authorization="Bearer stolen")

    expected = hashlib.sha256(b"stolen").hexdigest()[:12]
    assert [line["token_hash"] for line in logged if line["event"] == "refused"] == [expected]


def test_the_tables_are_long() -> None:
    assert len(BENT) == len(HEADERS) + len(CLAIMS) >= 100
