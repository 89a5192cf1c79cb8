"""Hostile tokens through the whole application: one answer for all of them, and the reason in the log."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from entrypoints.bootstrap import MemoryAdapters
from entrypoints.development.clerk.faults import ConnectionReset, Fault
from entrypoints.development.clerk.responses import CannedResponse, error_response, too_many_requests
from tests.adapters.clerk.test_customer_tokens_api_keys import REFUSED as KEYS
from tests.adapters.clerk.test_customer_tokens_api_keys import an_answer as an_answer_about_a_key
from tests.adapters.clerk.test_customer_tokens_sessions import FORGED as SESSION_FORGED
from tests.adapters.clerk.test_customer_tokens_sessions import REFUSED as SESSION_CLAIMS
from tests.adapters.clerk.test_customer_tokens_sessions import REFUSED_HEADERS as SESSION_HEADERS
from tests.adapters.clerk.test_machine_tokens_claims import MALFORMED, US
from tests.adapters.clerk.test_machine_tokens_claims import REFUSED as CLAIMS
from tests.adapters.clerk.test_machine_tokens_forged import FORGED, RESPELLED
from tests.adapters.clerk.test_machine_tokens_headers import REFUSED as HEADERS
from tests.adapters.clerk.test_machine_tokens_opaque import REFUSED as OPAQUE
from tests.adapters.clerk.test_machine_tokens_opaque import an_answer
from tests.entrypoints.http.conftest import Service, serving
from tests.support.clerk import Realm, a_realm
from tests.support.clerk_customers import CustomerRealm, a_customer_realm

pytestmark = pytest.mark.hostile

ROUTE = "/console/provider-versions"
CUSTOMER_ROUTE = "/provider-versions"
Changes = dict[str, Any]


@pytest.fixture(scope="module")
def customer_realm() -> Iterator[CustomerRealm]:
    """A realm for the whole module: making keys takes a while."""
    with a_customer_realm(organization_id="org_1") as realm:
        yield realm


@pytest.fixture
def realm(customer_realm: CustomerRealm) -> Iterator[CustomerRealm]:
    """The same realm, without the faults of other tests."""
    yield customer_realm
    customer_realm.clerk.faults.clear()


def _fits_a_header(token: str) -> bool:
    return token.isascii() and token.isprintable() and token == token.strip()


def _bent(realm: Realm | CustomerRealm, *, header: Changes | None = None, claims: Changes | None = None) -> str:
    return realm.clerk.sign(realm.header(**header or {}), realm.claims(**claims or {}))


def _rewritten(realm: Realm, *, rewrite: Callable[[bytes], bytes]) -> str:
    return realm.clerk.sign(realm.header(), rewrite(json.dumps(realm.claims()).encode()))


def _respelled(realm: Realm, *, respell: Callable[[str], str]) -> str:
    return respell(_bent(realm))


BENT: dict[str, tuple[Callable[[Realm], str], str]] = {
    **{f"header: {name}": (partial(_bent, header=bend), reason) for name, (bend, reason) in HEADERS.items()},
    **{f"claims: {name}": (partial(_bent, claims=bend), reason) for name, (bend, reason) in CLAIMS.items()},
    **{f"text: {name}": (partial(_rewritten, rewrite=bend), "malformed claims") for name, bend in MALFORMED.items()},
    **{f"forged: {name}": case for name, case in FORGED.items()},
    **{
        f"respelled: {name}": (partial(_respelled, respell=respell), reason)
        for name, (respell, reason) in RESPELLED.items()
        if _fits_a_header(respell("a.b.c"))
    },
    "never issued": (lambda realm: "mt_never_issued", "unknown token"),
    "a machine's secret": (lambda realm: realm.receiver.secret, "unknown token shape"),
}

BENT_BY_CUSTOMERS: dict[str, tuple[Callable[[CustomerRealm], str], str]] = {
    **{f"header: {name}": (partial(_bent, header=bend), reason) for name, (bend, reason) in SESSION_HEADERS.items()},
    **{f"claims: {name}": (partial(_bent, claims=bend), reason) for name, (bend, reason) in SESSION_CLAIMS.items()},
    **{f"forged: {name}": case for name, case in SESSION_FORGED.items()},
    "the key of a user": (lambda realm: realm.clerk.create_api_key(realm.user.id), "subject is no organisation"),
    "the secret of a machine": (lambda realm: realm.clerk.add_machine().secret, "unknown token"),
    "an opaque machine token": (lambda realm: realm.clerk.mint(realm.clerk.add_machine()), "unknown token shape"),
    "a signed machine token": (
        lambda realm: realm.clerk.mint(realm.clerk.add_machine(), format="jwt"),
        "wrong category",
    ),
}


@pytest.fixture(scope="module")
def console() -> Iterator[Realm]:
    with a_realm(receiver_id=US) as realm:
        yield realm


@pytest.fixture(scope="module")
async def service(console: Realm, customer_realm: CustomerRealm) -> AsyncIterator[Service]:
    """The application over memory adapters, but for Clerk's verifiers and the fakes that they call."""
    async with serving(
        MemoryAdapters(), customer_realm=True, open_verifier=console.verifier, open_customers=customer_realm.customers
    ) as service:
        service.token = console.clerk.sign(console.header(), console.claims())
        yield service


async def test_the_unbent_token_passes_and_its_machine_meets_the_allow_list(service: Service) -> None:
    response = await service.post(service.upload())

    assert (response.status_code, response.json()["code"]) == (403, "machine_not_allowed")


@pytest.mark.parametrize(("bend", "reason"), BENT.values(), ids=BENT)
async def test_a_bent_token_is_a_uniform_401_and_its_reason_is_logged(
    service: Service, console: Realm, bend: Callable[[Realm], str], reason: str
) -> None:
    await _assert_uniformly_refused(service, ROUTE, bend(console), reason)


@pytest.mark.parametrize(("bend", "reason"), BENT_BY_CUSTOMERS.values(), ids=BENT_BY_CUSTOMERS)
async def test_a_bent_token_of_a_customer_is_a_uniform_401_and_its_reason_is_logged(
    service: Service, realm: CustomerRealm, bend: Callable[[CustomerRealm], str], reason: str
) -> None:
    await _assert_uniformly_refused(service, CUSTOMER_ROUTE, bend(realm), reason)


@pytest.mark.parametrize(("changes", "reason"), OPAQUE.values(), ids=OPAQUE)
async def test_an_opaque_token_that_clerk_does_not_vouch_for_is_a_uniform_401(
    service: Service, console: Realm, changes: dict[str, Any], reason: str
) -> None:
    console.clerk.faults.next(an_answer(changes))

    await _assert_uniformly_refused(service, ROUTE, f"mt_{uuid4().hex}", reason)


@pytest.mark.parametrize(("changes", "reason"), KEYS.values(), ids=KEYS)
async def test_a_key_that_clerk_does_not_vouch_for_is_a_uniform_401(
    service: Service, realm: CustomerRealm, changes: dict[str, Any], reason: str
) -> None:
    key = f"ak_{uuid4().hex}"  # a refused one is remembered
    repeated = {name: key if value == "ak_secret" else value for name, value in changes.items()}
    realm.clerk.faults.next(an_answer_about_a_key(repeated))

    await _assert_uniformly_refused(service, CUSTOMER_ROUTE, key, reason)


async def _assert_uniformly_refused(service: Service, route: str, token: str, reason: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with capture_logs(processors=[merge_contextvars]) as logged:
        response = await service.client.post(route, content=b"\xff", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert (response.json()["code"], response.json()["detail"]) == ("not_authenticated", "Not authenticated")
    (line,) = [line for line in logged if line["event"] == "request_refused"]
    assert (line["reason"], line["token_hash"]) == (reason, hashlib.sha256(token.encode()).hexdigest()[:12])
    assert token not in str(logged)


async def test_what_proves_one_realms_caller_proves_nothing_to_the_other(
    service: Service, console: Realm, realm: CustomerRealm
) -> None:
    for token in (realm.sign(), realm.clerk.create_api_key(realm.organization.id)):
        answer = await service.client.post(CUSTOMER_ROUTE, json={}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 422
        answer = await service.client.post(ROUTE, json={}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401

    for token in (service.token, console.clerk.mint(console.sender)):
        for method, path in (("POST", CUSTOMER_ROUTE), ("GET", "/auth/me"), ("GET", "/organizations/me")):
            answer = await service.client.request(method, path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        (too_many_requests("20"), "20"),
        (error_response(401, "authentication_invalid"), "5"),
        (error_response(500, "internal_clerk_error"), "5"),
        (CannedResponse(200, b"<html>"), "5"),
        (ConnectionReset(), "5"),
    ],
    ids=["429", "our secret refused", "500", "nonsense", "reset"],
)
async def test_clerk_failing_is_503_and_nothing_is_remembered_of_it(
    service: Service, console: Realm, fault: Fault, retry_after: str
) -> None:
    opaque = f"Bearer {console.clerk.mint(console.sender)}"
    console.clerk.faults.next(fault)

    failed = await service.post({}, Authorization=opaque)
    again = await service.post({}, Authorization=opaque)

    assert (failed.status_code, failed.json()["code"]) == (503, "token_authority_unavailable")
    assert failed.headers["retry-after"] == retry_after
    assert "www-authenticate" not in failed.headers
    assert (again.status_code, again.json()["code"]) == (403, "machine_not_allowed")


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
    assert [line["reason"] for line in logged if line["event"] == "request_refused"] == [reason]


@pytest.mark.parametrize(("claims", "logged_as"), [({"aud": ["mch_other"]}, True), ({"sub": "user_1"}, False)])
async def test_a_refused_machine_is_named_in_the_log_once_the_realm_vouches_for_it(
    service: Service,
    console: Realm,
    claims: dict[str, Any],
    logged_as: bool,
) -> None:
    token = console.clerk.sign(console.header(), console.claims(**claims))

    assert await _machine_logged(service, token) == (console.sender.id if logged_as else None)


async def test_a_machine_that_clerk_vouches_for_is_named_in_the_log_though_it_means_another_receiver(
    service: Service, console: Realm
) -> None:
    console.clerk.faults.next(an_answer({"scopes": ["mch_other"]}))

    assert await _machine_logged(service, f"mt_{uuid4().hex}") == "mch_1"


async def _machine_logged(service: Service, token: str) -> object:
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post({}, Authorization=f"Bearer {token}")
    (line,) = [line for line in logged if line["event"] == "request_refused"]
    return line.get("machine_id")


async def test_a_short_hash_tells_attempts_with_one_token_apart(service: Service) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post({}, Authorization="Bearer stolen")

    expected = hashlib.sha256(b"stolen").hexdigest()[:12]
    assert [line["token_hash"] for line in logged if line["event"] == "request_refused"] == [expected]


def test_no_case_hides_another_and_the_tables_are_long() -> None:
    assert len(BENT) > len(HEADERS) + len(CLAIMS) + len(MALFORMED) + len(FORGED) >= 130
    assert len(BENT_BY_CUSTOMERS) >= len(SESSION_HEADERS) + len(SESSION_CLAIMS) + len(SESSION_FORGED) >= 80
    assert len(OPAQUE) + len(KEYS) >= 50
