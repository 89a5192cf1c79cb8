"""Headers of signed machine tokens. Every token here is signed by the realm's own key: only the header is bent."""

import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.clerk.machine_tokens import ClerkTokenVerifier
from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.support.clerk import ABSENT, Realm, a_realm, refusal_reason

pytestmark = pytest.mark.hostile

REFUSED = {
    "no algorithm": ({"alg": ABSENT}, "wrong algorithm"),
    "alg none": ({"alg": "none"}, "wrong algorithm"),
    "alg None in capitals": ({"alg": "NONE"}, "wrong algorithm"),
    "alg empty": ({"alg": ""}, "wrong algorithm"),
    "alg null": ({"alg": None}, "wrong algorithm"),
    "alg an array": ({"alg": ["RS256"]}, "wrong algorithm"),
    "alg an object": ({"alg": {"RS256": 1}}, "wrong algorithm"),
    "alg in another case": ({"alg": "rs256"}, "wrong algorithm"),
    "alg with a space": ({"alg": "RS256 "}, "wrong algorithm"),
    "alg HS256": ({"alg": "HS256"}, "wrong algorithm"),
    "alg ES256": ({"alg": "ES256"}, "wrong algorithm"),
    "alg RS384": ({"alg": "RS384"}, "wrong algorithm"),
    "alg RS512": ({"alg": "RS512"}, "wrong algorithm"),
    "alg PS256": ({"alg": "PS256"}, "wrong algorithm"),
    "alg EdDSA": ({"alg": "EdDSA"}, "wrong algorithm"),
    "no type": ({"typ": ABSENT}, "wrong type"),
    "typ in another case": ({"typ": "jwt"}, "wrong type"),
    "typ at+jwt": ({"typ": "at+jwt"}, "wrong type"),
    "typ a number": ({"typ": 1}, "wrong type"),
    "crit": ({"crit": ["exp"]}, "critical extension"),
    "crit empty": ({"crit": []}, "critical extension"),
    "crit null": ({"crit": None}, "critical extension"),
    "crit b64": ({"crit": ["b64"], "b64": False}, "critical extension"),
    "b64 without crit": ({"b64": False}, "critical extension"),
    "session token": ({"cat": "cl_B7d4PD111AAA"}, "wrong category"),
    "token of a JWT template": ({"cat": "cl_B7d4PD222AAA"}, "wrong category"),
    "cat null": ({"cat": None}, "wrong category"),
    "cat empty": ({"cat": ""}, "wrong category"),
    "cat an array": ({"cat": ["cl_B7d4PD333AAA"]}, "wrong category"),
    "no category": ({"cat": ABSENT}, "missing category"),
    "no key id": ({"kid": ABSENT}, "wrong key id"),
    "kid empty": ({"kid": ""}, "wrong key id"),
    "kid null": ({"kid": None}, "wrong key id"),
    "kid a number": ({"kid": 0}, "wrong key id"),
    "kid an array": ({"kid": ["ins_1"]}, "wrong key id"),
    "kid made up": ({"kid": "ins_made_up"}, "unknown key"),
    "kid a path": ({"kid": "../../../../dev/null"}, "unknown key"),
    "kid an injection": ({"kid": "' OR '1'='1"}, "unknown key"),
    "kid with NUL": ({"kid": "ins_\x00"}, "unknown key"),
    "kid half a surrogate pair": ({"kid": "\ud800"}, "unknown key"),
    "kid huge": ({"kid": "k" * 8000}, "unknown key"),
}


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with realm.verifier() as verifier:
        yield verifier


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
async def test_a_bent_header_is_refused(
    realm: Realm, verifier: ClerkTokenVerifier, changes: dict[str, object], reason: str
) -> None:
    token = realm.clerk.sign(realm.header(**changes), realm.claims())

    assert await refusal_reason(verifier, token) == reason


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"null",
        b"[]",
        b'"RS256"',
        b"{",
        b'{"alg":"RS256","alg":"RS256"}',
        b'{"alg":"RS256","x":{"y":1,"y":2}}',
        b'{"alg":NaN}',
        b"\xff\xfe",
        '{"alg":"RS256"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"alg":"RS256"}',
        b'{"alg":' + b"[" * 6000,
        b'{"alg":' + b"[" * 4000 + b"]" * 4000 + b"}",
        b'{"alg":' + b"9" * 6000 + b"}",
    ],
    ids=lambda header: repr(header[:24]),
)
async def test_a_header_that_is_no_plain_json_object_is_refused(
    realm: Realm, verifier: ClerkTokenVerifier, header: bytes
) -> None:
    assert await refusal_reason(verifier, realm.clerk.sign(header, realm.claims())) == "malformed header"


@pytest.mark.parametrize("depth", [32, 500, 900, 950, 985, 2000])
async def test_a_header_nested_too_deep_is_refused(realm: Realm, verifier: ClerkTokenVerifier, depth: int) -> None:
    header = json.dumps(realm.header()).encode()[:-1] + b',"nested":' + b"[" * depth + b"]" * depth + b"}"

    assert await refusal_reason(verifier, realm.clerk.sign(header, realm.claims())) == "malformed header"


async def test_the_unused_bits_of_a_header_make_no_second_one(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    header = json.dumps(realm.header()).encode()
    header = header.ljust(len(header) + -len(header) % 3 + 1)  # one byte more than a multiple of three
    respelled = re.sub(r"[AQgw]\.", lambda last: f"{chr(ord(last[0][0]) + 1)}.", realm.clerk.sign(header, {}), count=1)

    assert await refusal_reason(verifier, respelled) == "malformed header"


async def test_parameters_that_are_not_known_are_ignored(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    token = realm.clerk.sign(realm.header(oiat=1700000000, cty=7, new={"a": [1]}), realm.claims())

    assert await verifier.verify(token) == ConsoleMachine(realm.sender.id)


async def test_a_missing_category_is_accepted_when_the_setting_allows_it(realm: Realm) -> None:
    token = realm.clerk.sign(realm.header(cat=ABSENT), realm.claims())

    async with realm.verifier(allow_missing_category=True) as verifier:
        assert await verifier.verify(token) == ConsoleMachine(realm.sender.id)


@pytest.mark.parametrize("category", ["cl_B7d4PD111AAA", "cl_B7d4PD222AAA", None, ""])
async def test_another_category_is_refused_even_when_it_may_be_missing(realm: Realm, category: str | None) -> None:
    token = realm.clerk.sign(realm.header(cat=category), realm.claims())

    async with realm.verifier(allow_missing_category=True) as verifier:
        assert await refusal_reason(verifier, token) == "wrong category"


@pytest.mark.parametrize("genuinely_signed", [True, False])
@pytest.mark.parametrize("parameter", ["jku", "x5u", "jwk", "x5c"])
async def test_a_token_that_brings_its_own_key_is_refused_and_nothing_it_names_is_fetched(
    realm: Realm, verifier: ClerkTokenVerifier, parameter: str, genuinely_signed: bool
) -> None:
    with FakeClerk(kid=realm.clerk.signing_key.kid) as attacker:
        values: dict[str, object] = {
            "jku": f"{attacker.url}/.well-known/jwks.json",
            "x5u": f"{attacker.url}/certificate.pem",
            "jwk": attacker.signing_key.jwk,
            "x5c": [attacker.signing_key.jwk["n"]],
        }
        signer = realm.clerk if genuinely_signed else attacker
        token = signer.sign(realm.header(**{parameter: values[parameter]}), realm.claims())

        assert await refusal_reason(verifier, token) == "brings its own key"
        assert attacker.requests == ()
