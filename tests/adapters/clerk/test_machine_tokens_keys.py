"""Fetching and remembering the realm's keys under attack and during outages."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from adapters.clerk.api import new_http_client
from adapters.clerk.machine_tokens import ClerkTokenVerifier
from application.errors import TokenAuthorityUnavailableError
from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.faults import ConnectionReset, Fault, Paused
from entrypoints.development.clerk.keys import SigningKey
from entrypoints.development.clerk.responses import CannedResponse, too_many_requests
from tests.support.clerk import JWKS_PATH, Realm, a_realm, refusal_reason

pytestmark = pytest.mark.hostile

COOLDOWN = 10
LIFETIME = 300


@pytest.fixture
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with realm.verifier() as verifier:
        yield verifier


def _token(realm: Realm, **header: Any) -> str:
    return realm.clerk.sign(realm.header(**header), realm.claims())


def _machine(realm: Realm) -> ConsoleMachine:
    return ConsoleMachine(realm.sender.id)


async def test_keys_are_fetched_once_and_then_remembered(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    for _ in range(5):
        await verifier.verify(_token(realm))

    assert realm.clerk.count(JWKS_PATH) == 1


async def test_keys_are_fetched_again_after_five_minutes(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await verifier.verify(_token(realm))
    realm.clock.advance(LIFETIME - 1)
    await verifier.verify(_token(realm))
    assert realm.clerk.count(JWKS_PATH) == 1

    realm.clock.advance(1)
    await verifier.verify(_token(realm))

    assert realm.clerk.count(JWKS_PATH) == 2


async def test_keys_are_asked_for_without_our_secret_and_nothing_is_asked_for_compressed(realm: Realm) -> None:
    sent: list[httpx.Request] = []

    async def remember(request: httpx.Request) -> None:
        sent.append(request)

    async with new_http_client(realm.settings()) as http:
        http.event_hooks["request"].append(remember)
        async with ClerkTokenVerifier(realm.settings(), realm.clock, http=http) as verifier:
            await verifier.verify(_token(realm))
            await verifier.verify(realm.clerk.mint(realm.sender))

    assert [request.headers.get("Authorization") for request in sent] == [None, f"Bearer {realm.receiver.secret}"]
    assert [request.headers["Accept-Encoding"] for request in sent] == ["identity"] * 2


async def test_made_up_key_ids_cause_one_request_per_cool_down(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await verifier.verify(_token(realm))

    for number in range(50):
        assert await refusal_reason(verifier, _token(realm, kid=f"ins_{number}")) == "unknown key"
    assert realm.clerk.count(JWKS_PATH) == 1

    realm.clock.advance(COOLDOWN)
    for number in range(50):
        assert await refusal_reason(verifier, _token(realm, kid=f"ins_{number}")) == "unknown key"
    assert realm.clerk.count(JWKS_PATH) == 2


async def test_twenty_concurrent_verifications_share_one_fetch(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)
    verifications = [asyncio.create_task(verifier.verify(_token(realm))) for _ in range(20)]
    await asyncio.to_thread(paused.arrived.wait)

    paused.released.set()

    assert await asyncio.gather(*verifications) == [_machine(realm)] * 20
    assert realm.clerk.count(JWKS_PATH) == 1


async def test_a_caller_that_goes_away_does_not_take_the_fetch_from_the_others(
    realm: Realm, verifier: ClerkTokenVerifier
) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)
    first = asyncio.create_task(verifier.verify(_token(realm)))
    await asyncio.to_thread(paused.arrived.wait)
    second = asyncio.create_task(verifier.verify(_token(realm)))

    first.cancel()
    await asyncio.wait([first])
    paused.released.set()

    assert await second == _machine(realm)
    assert realm.clerk.count(JWKS_PATH) == 1


async def test_a_new_key_is_found_after_a_rotation(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await verifier.verify(_token(realm))
    realm.clock.advance(COOLDOWN)

    realm.clerk.rotate_key(keep_old=True)

    assert await verifier.verify(_token(realm)) == _machine(realm)
    assert realm.clerk.count(JWKS_PATH) == 2


async def test_a_key_that_is_no_longer_published_is_no_longer_trusted(
    realm: Realm, verifier: ClerkTokenVerifier
) -> None:
    old = _token(realm)
    await verifier.verify(old)
    realm.clerk.rotate_key()
    realm.clock.advance(LIFETIME)

    assert await refusal_reason(verifier, old) == "unknown key"


OUTAGES: dict[str, Fault] = {
    "reset": ConnectionReset(),
    "500": CannedResponse(500),
    "404": CannedResponse(404),
    "rate limit": too_many_requests("20"),
    "redirect": CannedResponse(301, b"", (("Location", "/elsewhere"),)),
    "nonsense": CannedResponse(200, b"<html>"),
    "not UTF-8": CannedResponse(200, b'{"\xff":1,"keys":[]}'),
    "another document": CannedResponse(200, b'{"keys":{}}'),
    "no keys": CannedResponse(200, b'{"keys":[]}'),
    "nested without end": CannedResponse(200, b'{"keys":[' + b"[" * 60_000),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_known_keys_outlive_an_outage(realm: Realm, verifier: ClerkTokenVerifier, outage: Fault) -> None:
    await verifier.verify(_token(realm))
    realm.clerk.faults.always(outage)
    realm.clock.advance(LIFETIME * 100)

    for _ in range(3):
        assert await verifier.verify(_token(realm)) == _machine(realm)

    assert realm.clerk.count(JWKS_PATH) == 2


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
async def test_without_keys_an_outage_leaves_tokens_unverified_and_is_not_made_worse(
    realm: Realm, verifier: ClerkTokenVerifier, outage: Fault
) -> None:
    realm.clerk.faults.always(outage)

    for _ in range(3):
        with pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify(_token(realm))
    assert realm.clerk.count(JWKS_PATH) == 1

    realm.clerk.faults.clear()
    realm.clock.advance(COOLDOWN)
    assert await verifier.verify(_token(realm)) == _machine(realm)


async def test_keys_that_come_with_an_error_are_not_trusted(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    realm.clerk.faults.next(CannedResponse(404, json.dumps({"keys": [realm.clerk.signing_key.jwk]}).encode()))

    with pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify(_token(realm))


async def test_an_outage_that_is_over_excuses_no_made_up_key(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    realm.clerk.faults.next(ConnectionReset())
    with pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify(_token(realm, kid="ins_made_up"))

    realm.clock.advance(COOLDOWN)

    assert await refusal_reason(verifier, _token(realm, kid="ins_made_up")) == "unknown key"


async def test_a_key_set_beyond_64_kib_is_not_read(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    body = json.dumps({"keys": [realm.clerk.signing_key.jwk]}).encode()
    realm.clerk.faults.next(CannedResponse(200, body.ljust(65_537)))

    with pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify(_token(realm))

    realm.clock.advance(COOLDOWN)
    realm.clerk.faults.next(CannedResponse(200, body.ljust(65_536)))
    assert await verifier.verify(_token(realm)) == _machine(realm)


async def test_an_unknown_key_during_an_outage_is_not_called_wrong(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await verifier.verify(_token(realm))
    realm.clock.advance(COOLDOWN)
    realm.clerk.faults.always(too_many_requests("20"))

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await verifier.verify(_token(realm, kid="ins_rotated"))

    assert refusal.value.retry_after == 20


async def test_two_realms_with_the_same_key_id_do_not_share_keys() -> None:
    with a_realm(kid="ins_same") as one, a_realm(kid="ins_same") as other:
        async with one.verifier() as verifier, other.verifier() as verifier_of_other:
            assert await verifier_of_other.verify(_token(other)) == _machine(other)
            assert await verifier.verify(_token(one)) == _machine(one)

            claims = one.claims()
            assert await refusal_reason(verifier, other.clerk.sign(other.header(), claims)) == "bad signature"


FLAWS: dict[str, Callable[[dict[str, str]], object]] = {
    "another type": lambda key: {**ECKey.generate_key("P-256").as_dict(private=False), "kid": key["kid"]},
    "a symmetric key": lambda key: {"kty": "oct", "kid": key["kid"], "k": "c2VjcmV0"},
    "another algorithm": lambda key: {**key, "alg": "RS512"},
    "a type that belies it": lambda key: {**key, "kty": "EC"},
    "for encryption": lambda key: {**key, "use": "enc"},
    "without an id": lambda key: {name: value for name, value in key.items() if name != "kid"},
    "id a number": lambda key: {**key, "kid": 1},
    "no modulus": lambda key: {**key, "n": ""},
    "a short modulus": lambda key: {**key, "n": key["n"][:168]},
    "a huge modulus": lambda key: {**key, "n": "_" * 4000},
    "a modulus with padding": lambda key: {**key, "n": key["n"] + "="},
    "exponent one": lambda key: {**key, "e": "AQ"},
    "an even exponent": lambda key: {**key, "e": "BA"},
    "a huge exponent": lambda key: {**key, "e": "AgAAAAE"},
    "no object": lambda key: 7,
}


@pytest.mark.parametrize("spoil", FLAWS.values(), ids=FLAWS)
async def test_an_unusable_key_is_passed_over_and_spoils_no_other(
    realm: Realm, verifier: ClerkTokenVerifier, spoil: Callable[[dict[str, str]], object]
) -> None:
    key = realm.clerk.signing_key.jwk
    keys = [spoil(key), {**key, "kid": "ins_good"}]
    realm.clerk.faults.next(CannedResponse(200, json.dumps({"keys": keys}).encode()))

    assert await verifier.verify(_token(realm, kid="ins_good")) == _machine(realm)
    assert await refusal_reason(verifier, _token(realm)) == "unknown key"


async def test_of_two_keys_under_one_id_the_first_counts(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    key = realm.clerk.signing_key.jwk
    keys = [key, SigningKey(key["kid"]).jwk]
    realm.clerk.faults.next(CannedResponse(200, json.dumps({"keys": keys}).encode()))

    assert await verifier.verify(_token(realm)) == _machine(realm)


async def test_closing_gives_up_a_fetch_under_way(realm: Realm) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)
    verifier = realm.verifier()
    verification = asyncio.create_task(verifier.verify(_token(realm)))
    await asyncio.to_thread(paused.arrived.wait)

    await verifier.aclose()

    await asyncio.wait([verification])
    assert verification.cancelled()
