"""API keys: what Clerk may answer about one, and about the organisation behind it."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.clerk.customers import ClerkCustomers
from application.errors import TokenAuthorityUnavailableError
from entrypoints.development.clerk.faults import Fault
from entrypoints.development.clerk.responses import CannedResponse, error_response, json_response, too_many_requests
from entrypoints.development.clerk.server import LoggedRequest
from tests.builders import NOW
from tests.support.clerk import ABSENT, bent, refusal_reason
from tests.support.clerk_customers import VERIFY_KEY_PATH, CustomerRealm, a_customer_realm
from tests.support.clerk_faults import UNUSABLE

pytestmark = pytest.mark.hostile

ORG = "org_1"
ORGANIZATION_PATH = f"/v1/organizations/{ORG}"
MS = int(NOW.timestamp() * 1000)

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "revoked": ({"revoked": True}, "revoked"),
    "revoked missing": ({"revoked": ABSENT}, "revoked"),
    "revoked zero": ({"revoked": 0}, "revoked"),
    "expired": ({"expired": True}, "flagged as expired"),
    "expired missing": ({"expired": ABSENT}, "flagged as expired"),
    "expiration beyond the skew": ({"expiration": MS - 5001}, "expired"),
    "expiration in seconds": ({"expiration": MS // 1000 + 60}, "expired"),
    "expiration text": ({"expiration": str(MS + 60_000)}, "wrong expiry"),
    "expiration true": ({"expiration": True}, "wrong expiry"),
    "subject missing": ({"subject": ABSENT}, "subject is no organisation"),
    "subject null": ({"subject": None}, "subject is no organisation"),
    "subject a user": ({"subject": "user_1"}, "subject is no organisation"),
    "subject a machine": ({"subject": "mch_1"}, "subject is no organisation"),
    "subject a bare prefix": ({"subject": "org_"}, "subject is no organisation"),
    "subject a slug": ({"subject": "acme"}, "subject is no organisation"),
    "subject a path": ({"subject": "org_1/../org_2"}, "subject is no organisation"),
    "subject with a query": ({"subject": "org_1?x=1"}, "subject is no organisation"),
    "subject with a line end": ({"subject": "org_1\n"}, "subject is no organisation"),
    "subject an array": ({"subject": [ORG]}, "subject is no organisation"),
    "subject huge": ({"subject": "org_" + "a" * 5000}, "subject is no organisation"),
    "subject unknown": ({"subject": "org_9"}, "unknown organisation"),
    "id missing": ({"id": ABSENT}, "wrong id of an API key"),
    "id a number": ({"id": 1}, "wrong id of an API key"),
    "id empty": ({"id": ""}, "wrong id of an API key"),
    "id with a line end": ({"id": "ak_1\n"}, "wrong id of an API key"),
    "id the key itself": ({"id": "ak_secret"}, "wrong id of an API key"),
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "as documented": {},
    "never expiring": {"expiration": None},
    "expired within the skew": {"expiration": MS - 4000},
    "scopes and claims of any kind": {"scopes": None, "claims": [1]},
    "members to come": {"new_member": {"x": 1}},
}

STRANGE_ORGANIZATIONS: dict[str, dict[str, Any]] = {
    "another kind": {"object": "user"},
    "another organisation": {"id": "org_2"},
    "a slug that is none": {"slug": 7},
    "no name": {"name": ABSENT},
    "a time as text": {"created_at": "2026-01-01"},
    "a time in fractions": {"created_at": 0.5},
    "a negative time": {"created_at": -1},
    "a time without a date": {"updated_at": 253_402_300_800_000},
}


def an_answer(changes: dict[str, Any]) -> CannedResponse:
    members = {
        "object": "api_key",
        "id": "ak_1",
        "subject": ORG,
        "scopes": [],
        "revoked": False,
        "expired": False,
        "expiration": MS + 60_000,
    }
    return json_response(200, bent(members, changes))


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
async def test_an_answer_that_proves_nothing_is_a_refusal(
    realm: CustomerRealm, customers: ClerkCustomers, changes: dict[str, Any], reason: str
) -> None:
    realm.clerk.faults.next(an_answer(changes))

    assert await refusal_reason(customers.verifier, "ak_secret") == reason


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
async def test_an_answer_that_proves_the_organisation_is_accepted(
    realm: CustomerRealm, customers: ClerkCustomers, changes: dict[str, Any]
) -> None:
    realm.clerk.faults.next(an_answer(changes))

    assert await customers.verifier.verify("ak_secret") == realm.as_customer("ak_1", scopes=frozenset())


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "unknown token"), (400, "malformed token"), (422, "malformed token")]
)
async def test_clerk_refusing_the_key_is_a_refusal(
    realm: CustomerRealm, customers: ClerkCustomers, status: int, reason: str
) -> None:
    realm.clerk.faults.next(error_response(status, "api_key_invalid"))

    assert await refusal_reason(customers.verifier, "ak_secret") == reason


@pytest.mark.parametrize("asked_for", ["key", "organisation"])
@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
async def test_an_unusable_answer_leaves_the_key_unverified(
    realm: CustomerRealm, customers: ClerkCustomers, fault: Fault, asked_for: str
) -> None:
    if asked_for == "organisation":
        realm.clerk.faults.next(an_answer({}))
    realm.clerk.faults.next(fault)

    with pytest.raises(TokenAuthorityUnavailableError):
        await customers.verifier.verify("ak_secret")


async def test_only_a_200_says_anything(realm: CustomerRealm, customers: ClerkCustomers) -> None:
    realm.clerk.faults.next(CannedResponse(201, an_answer({}).body))

    with pytest.raises(TokenAuthorityUnavailableError):
        await customers.verifier.verify("ak_secret")


@pytest.mark.parametrize("changes", STRANGE_ORGANIZATIONS.values(), ids=STRANGE_ORGANIZATIONS)
async def test_an_organisation_that_is_none_leaves_the_key_unverified(
    realm: CustomerRealm, customers: ClerkCustomers, changes: dict[str, Any]
) -> None:
    realm.clerk.faults.next(an_answer({}))
    realm.clerk.faults.next(json_response(200, bent(realm.organization.as_object(), changes)))

    with pytest.raises(TokenAuthorityUnavailableError):
        await customers.verifier.verify("ak_secret")


@pytest.mark.parametrize("slug", [None, "", ABSENT], ids=["null", "empty", "absent"])
async def test_an_organisation_without_a_slug_has_nothing_to_publish_in(
    realm: CustomerRealm, customers: ClerkCustomers, slug: object
) -> None:
    realm.clerk.faults.next(an_answer({}))
    realm.clerk.faults.next(json_response(200, bent(realm.organization.as_object(), {"slug": slug})))

    assert await refusal_reason(customers.verifier, "ak_secret") == "unknown organisation"


async def test_the_id_of_the_key_is_recorded_and_never_the_key(realm: CustomerRealm, customers: ClerkCustomers) -> None:
    key = realm.clerk.create_api_key(ORG)

    customer = await customers.verifier.verify(key)

    assert customer == realm.as_customer(realm.clerk.api_key_id(key), scopes=frozenset())
    assert customer.id != key


async def test_the_key_of_a_user_or_a_machine_is_refused(realm: CustomerRealm, customers: ClerkCustomers) -> None:
    key = realm.clerk.create_api_key(realm.user.id)
    assert await refusal_reason(customers.verifier, key) == "subject is no organisation"

    secret = realm.clerk.add_machine().secret
    assert await refusal_reason(customers.verifier, secret) == "unknown token"


@pytest.mark.parametrize("status", [401, 403])
async def test_clerk_refusing_our_secret_is_an_error_in_the_log_that_names_the_setting(
    realm: CustomerRealm, customers: ClerkCustomers, status: int
) -> None:
    for asked_before in ([], [an_answer({})]):
        for answer in (*asked_before, error_response(status, "authentication_invalid")):
            realm.clerk.faults.next(answer)

        with capture_logs() as logs, pytest.raises(TokenAuthorityUnavailableError):
            await customers.verifier.verify("ak_secret")

        (line,) = logs
        assert line["log_level"] == "error"
        assert line["setting"] == "REGISTRY_CUSTOMER_CLERK_SECRET_KEY"
        assert "ak_secret" not in repr(logs)
        assert realm.clerk.secret_key not in repr(logs)


async def test_a_wrong_secret_is_not_taken_for_a_wrong_key(realm: CustomerRealm) -> None:
    async with realm.customers(secret_key="sk_test_wrong") as customers:
        with pytest.raises(TokenAuthorityUnavailableError):
            await customers.verifier.verify(realm.clerk.create_api_key(ORG))


async def test_a_rate_limit_of_clerk_says_when_to_come_back(realm: CustomerRealm, customers: ClerkCustomers) -> None:
    realm.clerk.faults.next(too_many_requests("20"))

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await customers.verifier.verify("ak_secret")

    assert refusal.value.retry_after == 20


async def test_a_verification_is_never_remembered_and_an_organisation_for_a_minute() -> None:
    with a_customer_realm(organization_id=ORG) as realm:
        key = realm.clerk.create_api_key(ORG)
        async with realm.customers() as customers:
            for _ in range(3):
                await customers.verifier.verify(key)
            assert realm.clerk.count(VERIFY_KEY_PATH) == 3
            assert realm.clerk.count(ORGANIZATION_PATH) == 1

            realm.clerk.add_organization("renamed", organization_id=ORG)
            realm.clock.advance(59)
            assert (await customers.verifier.verify(key)).organization_slug == "acme"
            realm.clock.advance(1)
            assert (await customers.verifier.verify(key)).organization_slug == "renamed"
            assert realm.clerk.count(ORGANIZATION_PATH) == 2


@pytest.mark.parametrize("dead", ["revoked", "flagged as expired"])
async def test_a_dead_key_is_refused_when_clerk_only_flags_it(dead: str) -> None:
    with a_customer_realm() as realm:
        realm.clerk.return_inactive_tokens()
        key = realm.clerk.create_api_key(realm.organization.id, seconds=60)
        async with realm.customers() as customers:
            await customers.verifier.verify(key)
            if dead == "revoked":
                realm.clerk.revoke(key)
            else:
                realm.clock.advance(60)
            assert await refusal_reason(customers.verifier, key) == dead


async def test_clerk_is_asked_as_it_documents(realm: CustomerRealm, customers: ClerkCustomers) -> None:
    await customers.verifier.verify(realm.clerk.create_api_key(ORG))

    assert realm.clerk.requests[-2:] == (
        LoggedRequest("POST", VERIFY_KEY_PATH, "application/json"),
        LoggedRequest("GET", ORGANIZATION_PATH, None),
    )


@pytest.mark.parametrize("token", ["", "ak", "AK_x", " ak_x", "mt_x", "oat_x", "sk_test", "ak_" + "x" * 16_384])
async def test_clerk_is_not_asked_about_what_cannot_be_a_key(
    realm: CustomerRealm, customers: ClerkCustomers, token: str
) -> None:
    before = len(realm.clerk.requests)

    assert await refusal_reason(customers.verifier, token) in {"unknown token shape", "token too long"}
    assert len(realm.clerk.requests) == before
