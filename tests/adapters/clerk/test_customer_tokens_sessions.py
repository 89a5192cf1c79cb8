"""Session tokens. Where nothing else is said, the realm's own key signed them: only header or claims are bent."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clerk.client import ClerkVerifier
from adapters.clerk.customers import ClerkCustomers
from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from domain.customers import Customer
from entrypoints.development.clerk.faults import ConnectionReset, Paused
from entrypoints.development.clerk.keys import SigningKey, encode_segment
from tests.builders import NOW
from tests.support.clerk import ABSENT, JWKS_PATH, refusal_reason
from tests.support.clerk_customers import CustomerRealm
from tests.support.clerk_mutations import EXAMPLES, mutations

pytestmark = pytest.mark.hostile

T = int(NOW.timestamp())  # the clock stands at T plus 678901 µs
ORG = "org_1"
COMPACT = {"id": ORG, "slg": "acme", "rol": "admin"}
FLAT = {"org_id": ORG, "org_slug": "acme", "org_role": "org:admin"}
ORIGIN = "https://app.example.com"

REFUSED_HEADERS = {
    "another algorithm": ({"alg": "HS256"}, "wrong algorithm"),
    "no type": ({"typ": ABSENT}, "wrong type"),
    "typ in another case": ({"typ": "jwt"}, "wrong type"),
    "category of a machine": ({"cat": "cl_B7d4PD333AAA"}, "wrong category"),
    "category of a JWT template": ({"cat": "cl_B7d4PD222AAA"}, "wrong category"),
    "category null": ({"cat": None}, "wrong category"),
    "no category": ({"cat": ABSENT}, "missing category"),
    "a made-up key": ({"kid": "ins_made_up"}, "unknown key"),
    "no key id": ({"kid": ABSENT}, "wrong key id"),
    "a key of its own": ({"jwk": {"kty": "RSA"}}, "brings its own key"),
    "a critical extension": ({"crit": ["exp"]}, "critical extension"),
}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no issuer": ({"iss": ABSENT}, "wrong issuer"),
    "another issuer": ({"iss": "https://clerk.example.com"}, "wrong issuer"),
    "issuers": ({"iss": ["https://clerk.example.com"]}, "wrong issuer"),
    "no subject": ({"sub": ABSENT}, "subject is no user"),
    "a machine": ({"sub": "mch_1"}, "subject is no user"),
    "an organisation": ({"sub": ORG}, "subject is no user"),
    "a bare prefix": ({"sub": "user_"}, "subject is no user"),
    "a subject with a line end": ({"sub": "user_1\n"}, "subject is no user"),
    "a subject with a path": ({"sub": "user_1/../user_2"}, "subject is no user"),
    "subjects": ({"sub": ["user_1"]}, "subject is no user"),
    "no session": ({"sid": ABSENT}, "wrong session id"),
    "a token's id for a session's": ({"sid": "mt_1"}, "wrong session id"),
    "session null": ({"sid": None}, "wrong session id"),
    "session a number": ({"sid": 1}, "wrong session id"),
    "no expiry": ({"exp": ABSENT}, "wrong expiry"),
    "expiry text": ({"exp": str(T + 60)}, "wrong expiry"),
    "expired one second beyond the skew": ({"iat": T - 60, "exp": T - 5}, "expired"),
    "no issue time": ({"iat": ABSENT}, "wrong issue time"),
    "issue time true": ({"iat": True}, "wrong issue time"),
    "issued beyond the skew": ({"iat": T + 6}, "issued in the future"),
    "not before a moment beyond the skew": ({"nbf": T + 6}, "not yet valid"),
    "a lifetime one second too long": ({"iat": T, "exp": T + 3601}, "lifetime too long"),
    "pending": ({"sts": "pending"}, "session not active"),
    "a status to come": ({"sts": "frozen"}, "session not active"),
    "status null": ({"sts": None}, "session not active"),
    "status true": ({"sts": True}, "session not active"),
    "party a number": ({"azp": 1}, "wrong authorised party"),
    "party null": ({"azp": None}, "wrong authorised party"),
    "parties": ({"azp": [ORIGIN]}, "wrong authorised party"),
    "version 3": ({"v": 3}, "wrong version"),
    "version 0": ({"v": 0}, "wrong version"),
    "version null": ({"v": None}, "wrong version"),
    "version text": ({"v": "2"}, "wrong version"),
    "version true": ({"v": True, **FLAT}, "wrong version"),
    "version with a fraction": ({"v": 2.0}, "wrong version"),
    "no organisation": ({"o": ABSENT}, "no active organisation"),
    "organisation null": ({"o": None}, "no active organisation"),
    "organisation empty": ({"o": {}}, "no active organisation"),
    "organisation text": ({"o": ORG}, "malformed organisation"),
    "organisations": ({"o": [COMPACT]}, "malformed organisation"),
    "organisation's id a user": ({"o": {**COMPACT, "id": "user_1"}}, "malformed organisation"),
    "organisation's id bare": ({"o": {**COMPACT, "id": "org_"}}, "malformed organisation"),
    "organisation's id with a path": ({"o": {**COMPACT, "id": "org_1/x"}}, "malformed organisation"),
    "organisation's id a number": ({"o": {**COMPACT, "id": 1}}, "malformed organisation"),
    "no slug": ({"o": {"id": ORG}}, "malformed organisation"),
    "slug null": ({"o": {**COMPACT, "slg": None}}, "malformed organisation"),
    "slug empty": ({"o": {**COMPACT, "slg": ""}}, "malformed organisation"),
    "slug with a slash": ({"o": {**COMPACT, "slg": "acme/x"}}, "malformed organisation"),
    "slug with a line end": ({"o": {**COMPACT, "slg": "acme\n"}}, "malformed organisation"),
    "slug in another script": ({"o": {**COMPACT, "slg": "\u0430cme"}}, "malformed organisation"),
    "slug an array": ({"o": {**COMPACT, "slg": ["acme"]}}, "malformed organisation"),
    "slug huge": ({"o": {**COMPACT, "slg": "a" * 201}}, "malformed organisation"),
    "version 2 in the words of 1": ({"o": ABSENT, **FLAT}, "no active organisation"),
    "version 1 in the words of 2": ({"v": 1}, "no active organisation"),
    "no version in the words of 2": ({"v": ABSENT}, "no active organisation"),
    "version 1 without a slug": ({"v": 1, "o": ABSENT, "org_id": ORG}, "malformed organisation"),
    "version 1 with a slug alone": ({"v": 1, "o": ABSENT, "org_slug": "acme"}, "no active organisation"),
    "version 1 with numbers": ({"v": 1, "o": ABSENT, **FLAT, "org_slug": 7}, "malformed organisation"),
    "two ids": ({**FLAT, "org_id": "org_2"}, "organisations disagree"),
    "two slugs": ({**FLAT, "org_slug": "victim"}, "organisations disagree"),
    "a second slug alone": ({"org_slug": "victim"}, "organisations disagree"),
    "two roles": ({**FLAT, "org_role": "org:owner"}, "organisations disagree"),
    "a role in one spelling only": ({**FLAT, "o": {"id": ORG, "slg": "acme"}}, "organisations disagree"),
    "an actor without a subject": ({"act": {}}, "malformed actor"),
    "an actor that is no object": ({"act": "user_9"}, "malformed actor"),
    "actors": ({"act": [{"sub": "user_9"}]}, "malformed actor"),
    "an actor with a line end": ({"act": {"sub": "user_9\n"}}, "malformed actor"),
    "an actor that is empty": ({"act": {"sub": ""}}, "malformed actor"),
    "two ids in version 1": ({"v": 1, **FLAT, "o": {**COMPACT, "id": "org_2"}}, "organisations disagree"),
    "two slugs in version 1": ({"v": 1, **FLAT, "o": {**COMPACT, "slg": "victim"}}, "organisations disagree"),
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "as Clerk issues it": {},
    "expired within the skew": {"iat": T - 60, "exp": T - 4},
    "the longest lifetime": {"iat": T, "exp": T + 3600},
    "without a status": {"sts": ABSENT},
    "of any origin": {"azp": "https://elsewhere.example.com"},
    "of no origin": {"azp": ABSENT},
    "of an empty origin": {"azp": ""},
    "with factor ages and a role to come": {"fva": None, "o": {**COMPACT, "rol": 7, "per": None, "fpm": "?"}},
    "version 1": {"v": 1, "o": ABSENT, **FLAT},
    "no version": {"v": ABSENT, "o": ABSENT, **FLAT},
    "both spellings alike": FLAT,
    "claims of the instance's own": {"email": "ada@example.com", "aud": "x", "metadata": {"o": {"id": "org_2"}}},
}

FORGED: dict[str, tuple[Callable[[CustomerRealm], str], str]] = {
    "another key of the same id": (
        lambda realm: SigningKey(realm.clerk.signing_key.kid).sign(realm.header(), realm.claims()),
        "bad signature",
    ),
    "the claims of another token": (
        lambda realm: f".{encode_segment(realm.claims(sub='user_victim'))}.".join(
            realm.sign().split(".")[place] for place in (0, 2)
        ),
        "bad signature",
    ),
    "no signature": (lambda realm: realm.sign().rpartition(".")[0] + ".", "bad signature"),
    "padding": (lambda realm: realm.sign() + "==", "bad signature"),
    "a JWE's segments": (lambda realm: realm.sign() + ".AAAA.AAAA", "unknown token shape"),
    "a second subject": (
        lambda realm: realm.clerk.sign(realm.header(), b'{"sub":"user_1","sub":"user_2"}'),
        "malformed claims",
    ),
    "a prefix of a machine token": (lambda realm: "mt_" + realm.sign(), "malformed header"),
    "a prefix of an API key": (lambda realm: "ak_" + realm.sign(), "unknown token"),
    "too many characters": (lambda realm: realm.sign() + "A" * 16_384, "token too long"),
}


@pytest.fixture
def verifier(customers: ClerkCustomers) -> ClerkVerifier[Customer]:
    return customers.verifier


@pytest.mark.parametrize(("changes", "reason"), REFUSED_HEADERS.values(), ids=REFUSED_HEADERS)
async def test_a_bent_header_is_refused(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], changes: dict[str, Any], reason: str
) -> None:
    token = realm.clerk.sign(realm.header(**changes), realm.claims())

    assert await refusal_reason(verifier, token) == reason


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
async def test_a_bent_claim_is_refused(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], changes: dict[str, Any], reason: str
) -> None:
    assert await refusal_reason(verifier, realm.sign(**changes)) == reason


@pytest.mark.parametrize(("forge", "reason"), FORGED.values(), ids=FORGED)
async def test_a_forged_or_respelled_token_is_refused(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], forge: Callable[[CustomerRealm], str], reason: str
) -> None:
    assert await refusal_reason(verifier, forge(realm)) == reason


@pytest.mark.parametrize("kind", ["session", "key"])
@EXAMPLES
@given(data=st.data())
async def test_no_mutation_of_a_valid_token_authenticates(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], kind: str, data: st.DataObject
) -> None:
    token = realm.sign() if kind == "session" else realm.clerk.create_api_key(ORG)

    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(data.draw(mutations(token)))


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
async def test_what_the_rules_allow_is_accepted(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], changes: dict[str, Any]
) -> None:
    customer = await verifier.verify(realm.sign(**changes))

    assert replace(customer, role="admin") == realm.customer
    assert customer.role in {"admin", ""}


@pytest.mark.parametrize(
    ("azp", "reason"),
    [
        ("https://elsewhere.example.com", "wrong authorised party"),
        (f"{ORIGIN}/", "wrong authorised party"),
        (f"{ORIGIN}.example.net", "wrong authorised party"),
        ("", "wrong authorised party"),
        (" ", "wrong authorised party"),
        (ORIGIN.upper(), "wrong authorised party"),
        (ABSENT, "wrong authorised party"),
        (None, "wrong authorised party"),
        (7, "wrong authorised party"),
        ([ORIGIN], "wrong authorised party"),
        ({ORIGIN: True}, "wrong authorised party"),
    ],
)
async def test_a_token_of_another_origin_or_of_none_is_refused_when_origins_are_listed(
    realm: CustomerRealm, azp: object, reason: str
) -> None:
    async with realm.customers(authorized_parties=frozenset({ORIGIN})) as customers:
        assert await refusal_reason(customers.verifier, realm.sign(azp=azp)) == reason
        assert await customers.verifier.verify(realm.sign(azp=ORIGIN)) == realm.customer


async def test_an_api_key_names_no_origin_and_is_accepted_when_origins_are_listed(realm: CustomerRealm) -> None:
    async with realm.customers(authorized_parties=frozenset({ORIGIN})) as customers:
        verified = await customers.verifier.verify(realm.clerk.create_api_key(ORG))

    assert verified.organization_id == ORG


@pytest.mark.parametrize("parties", [{""}, {ORIGIN, " "}])
def test_a_blank_origin_cannot_be_listed(realm: CustomerRealm, parties: set[str]) -> None:
    with pytest.raises(ValueError, match="authorized_parties"):
        realm.settings(authorized_parties=frozenset(parties))


async def test_a_missing_category_is_accepted_when_the_realm_allows_it(realm: CustomerRealm) -> None:
    token = realm.clerk.session_token(replace(realm.session, category=None))

    async with realm.customers(allow_missing_category=True) as customers:
        assert await customers.verifier.verify(token) == realm.customer
        machine = realm.clerk.sign(realm.header(cat="cl_B7d4PD333AAA"), realm.claims())
        assert await refusal_reason(customers.verifier, machine) == "wrong category"


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"pending": True}, "session not active"), ({"organization": None}, "no active organisation")],
    ids=["pending", "no organisation"],
)
async def test_a_user_who_is_not_quite_signed_in_is_refused(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], version: int, changes: dict[str, Any], reason: str
) -> None:
    session = replace(realm.session, **{"version": version, **changes})

    assert await refusal_reason(verifier, realm.clerk.session_token(session)) == reason


async def test_the_slug_is_taken_from_the_token_without_asking_clerk(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer]
) -> None:
    before = len(realm.clerk.requests)

    customer = await verifier.verify(realm.sign(o={**COMPACT, "slg": "renamed"}))

    assert customer.organization_slug == "renamed"
    assert [request.path for request in realm.clerk.requests[before:]] == [JWKS_PATH]


async def test_known_keys_serve_while_clerk_is_down_and_unknown_ones_are_not_called_wrong(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer]
) -> None:
    await verifier.verify(realm.sign())
    realm.clerk.faults.always(ConnectionReset())

    assert await verifier.verify(realm.sign()) == realm.customer
    async with realm.customers() as fresh:
        with pytest.raises(TokenAuthorityUnavailableError):
            await fresh.verifier.verify(realm.sign())


async def test_closing_gives_up_a_fetch_under_way(realm: CustomerRealm) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)
    async with realm.customers() as customers:
        verification = asyncio.create_task(customers.verifier.verify(realm.sign()))
        await asyncio.to_thread(paused.arrived.wait)

    await asyncio.wait([verification])
    assert verification.cancelled()


GRANT_NOTHING: dict[str, dict[str, Any]] = {
    "a feature of the user's own": {"fea": "u:providers", "o": {**COMPACT, "per": "publish", "fpm": "1"}},
    "a mask without the bit": {"fea": "o:providers", "o": {**COMPACT, "per": "read,publish", "fpm": "1"}},
    "no mask": {"fea": "o:providers", "o": {**COMPACT, "per": "publish"}},
    "a negative mask": {"fea": "o:providers", "o": {**COMPACT, "per": "publish", "fpm": "-1"}},
    "a mask in other digits": {"fea": "o:providers", "o": {**COMPACT, "per": "publish", "fpm": "\u0661"}},
    "a huge mask": {"fea": "o:providers", "o": {**COMPACT, "per": "publish", "fpm": "9" * 5_000}},
    "masks in an array": {"fea": "o:providers", "o": {**COMPACT, "per": ["publish"], "fpm": [1]}},
    "a mask of another feature": {"fea": "o:billing,o:providers", "o": {**COMPACT, "per": "publish", "fpm": "1,0"}},
    "features without scope": {"fea": "providers", "o": {**COMPACT, "per": "publish", "fpm": "1"}},
    "more features than a token has": {
        "fea": ",".join(["o:providers"] * 65),
        "o": {**COMPACT, "per": "publish", "fpm": ",".join("1" * 65)},
    },
    "permissions of the other version": {"org_permissions": ["org:providers:publish"]},
}


@pytest.mark.parametrize("changes", GRANT_NOTHING.values(), ids=GRANT_NOTHING)
async def test_malformed_permissions_grant_nothing(
    realm: CustomerRealm, verifier: ClerkVerifier[Customer], changes: dict[str, Any]
) -> None:
    customer = await verifier.verify(realm.sign(**changes))

    assert "org:providers:publish" not in customer.permissions
