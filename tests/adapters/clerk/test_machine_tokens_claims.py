"""Claims of signed machine tokens. Every token here is signed by the realm's own key: only the claims are bent."""

import json
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from adapters.clerk.jwt import SKEW_SECONDS, check_not_expired
from adapters.clerk.machine_tokens import ClerkTokenVerifier
from application.errors import NotAuthenticatedError
from domain.registrants import ConsoleMachine
from tests.builders import NOW
from tests.support.clerk import ABSENT, Realm, a_realm, refusal_reason

pytestmark = pytest.mark.hostile

T = int(NOW.timestamp())  # the clock stands at T plus 678901 µs
US = "mch_registry"

REFUSED = {
    "no issuer": ({"iss": ABSENT}, "wrong issuer"),
    "iss of another realm": ({"iss": "https://clerk.example.com"}, "wrong issuer"),
    "iss empty": ({"iss": ""}, "wrong issuer"),
    "iss null": ({"iss": None}, "wrong issuer"),
    "iss an array": ({"iss": ["https://clerk.example.com"]}, "wrong issuer"),
    "iss a number": ({"iss": 1}, "wrong issuer"),
    "no subject": ({"sub": ABSENT}, "subject is no machine"),
    "sub a user": ({"sub": "user_1"}, "subject is no machine"),
    "sub an organisation": ({"sub": "org_1"}, "subject is no machine"),
    "sub a bare prefix": ({"sub": "mch_"}, "subject is no machine"),
    "sub in another case": ({"sub": "MCH_1"}, "subject is no machine"),
    "sub with a space before it": ({"sub": " mch_1"}, "subject is no machine"),
    "sub with a line end": ({"sub": "mch_1\n"}, "subject is no machine"),
    "sub two ids": ({"sub": "mch_1,mch_2"}, "subject is no machine"),
    "sub half a surrogate pair": ({"sub": "mch_\ud800"}, "subject is no machine"),
    "sub in other digits": ({"sub": "mch_\u0661"}, "subject is no machine"),
    "sub huge": ({"sub": "mch_" + "a" * 5000}, "subject is no machine"),
    "sub a number": ({"sub": 7}, "subject is no machine"),
    "sub null": ({"sub": None}, "subject is no machine"),
    "sub an array": ({"sub": ["mch_1"]}, "subject is no machine"),
    "sub an object": ({"sub": {"mch_1": 1}}, "subject is no machine"),
    "no token id": ({"jti": ABSENT}, "wrong token id"),
    "jti of a session": ({"jti": "sess_1"}, "wrong token id"),
    "jti a number": ({"jti": 1}, "wrong token id"),
    "jti an array": ({"jti": ["mt_1"]}, "wrong token id"),
    "no issue time": ({"iat": ABSENT}, "wrong issue time"),
    "iat text": ({"iat": str(T)}, "wrong issue time"),
    "iat true": ({"iat": True}, "wrong issue time"),
    "iat null": ({"iat": None}, "wrong issue time"),
    "iat negative": ({"iat": -1}, "wrong issue time"),
    "iat huge": ({"iat": 10**400}, "wrong issue time"),
    "iat in milliseconds": ({"iat": T * 1000}, "wrong issue time"),
    "iat beyond the skew": ({"iat": T + 6, "exp": T + 60}, "issued in the future"),
    "no expiry": ({"exp": ABSENT}, "wrong expiry"),
    "exp null": ({"exp": None}, "wrong expiry"),
    "exp text": ({"exp": str(T + 60)}, "wrong expiry"),
    "exp true": ({"exp": True}, "wrong expiry"),
    "exp an array": ({"exp": [T + 60]}, "wrong expiry"),
    "exp huge": ({"exp": 10**400}, "wrong expiry"),
    "exp in milliseconds": ({"exp": (T + 60) * 1000}, "wrong expiry"),
    "exp before iat": ({"iat": T + 3, "exp": T}, "wrong expiry"),
    "exp equal to iat": ({"iat": T, "exp": T}, "wrong expiry"),
    "exp one second beyond the skew": ({"iat": T - 60, "exp": T - 5}, "expired"),
    "exp long ago": ({"iat": T - 99_999, "exp": T - 99_000}, "expired"),
    "exp zero": ({"iat": 0, "exp": 0}, "expired"),
    "a lifetime one second too long": ({"iat": T, "exp": T + 86_401}, "lifetime too long"),
    "a lifetime of ten years": ({"exp": T + 10 * 365 * 86_400}, "lifetime too long"),
    "an old token that lives too long": ({"iat": T - 86_000, "exp": T + 700}, "lifetime too long"),
    "nbf beyond the skew": ({"nbf": T + 6}, "not yet valid"),
    "nbf null": ({"nbf": None}, "wrong not-before time"),
    "nbf text": ({"nbf": str(T)}, "wrong not-before time"),
    "nbf true": ({"nbf": True}, "wrong not-before time"),
    "no audience": ({"aud": ABSENT}, "receiver not in audience"),
    "aud empty": ({"aud": []}, "receiver not in audience"),
    "aud another machine": ({"aud": ["mch_other"]}, "receiver not in audience"),
    "aud a longer id": ({"aud": [US + "x"]}, "receiver not in audience"),
    "aud a text around our id": ({"aud": f"x{US}x"}, "receiver not in audience"),
    "aud our id as text": ({"aud": US}, "receiver not in audience"),
    "aud an object": ({"aud": {US: 1}}, "receiver not in audience"),
    "aud a nested array": ({"aud": [[US]]}, "receiver not in audience"),
    "aud with something else in it": ({"aud": [US, 1]}, "receiver not in audience"),
    "aud null": ({"aud": None}, "receiver not in audience"),
    "no scopes": ({"scopes": ABSENT}, "receiver not in scopes"),
    "scopes empty": ({"scopes": ""}, "receiver not in scopes"),
    "scopes of another machine": ({"scopes": "mch_other"}, "receiver not in scopes"),
    "scopes with a longer id": ({"scopes": f"mch_other {US}x"}, "receiver not in scopes"),
    "scopes with commas": ({"scopes": f"mch_other,{US}"}, "receiver not in scopes"),
    "scopes an array": ({"scopes": [US]}, "receiver not in scopes"),
    "scopes null": ({"scopes": None}, "receiver not in scopes"),
}

ACCEPTED = {
    "expired within the skew": {"iat": T - 60, "exp": T - 4},
    "issued ahead of us within the skew": {"iat": T + 5, "exp": T + 60},
    "not before a moment within the skew": {"nbf": T + 5},
    "the longest lifetime": {"iat": T, "exp": T + 86_400},
    "times with fractions": {"iat": T - 0.5, "exp": T + 60.25, "nbf": T - 0.5},
    "several receivers": {"aud": ["mch_other", US], "scopes": f"mch_other {US} mch_third"},
    "claims of the sender's own": {"team": "release", "azp": 7, "org_id": ["x"], "role": None},
}

MALFORMED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda claims: b"",
    "null": lambda claims: b"null",
    "an array": lambda claims: b"[" + claims + b"]",
    "text": lambda claims: json.dumps(claims.decode()).encode(),
    "cut off": lambda claims: claims[:-1],
    "followed by more": lambda claims: claims + b"{}",
    "a second subject": lambda claims: claims[:-1] + b',"sub":"mch_victim"}',
    "a second expiry": lambda claims: claims[:-1] + b',"exp":9999999999}',
    "a second name deep inside": lambda claims: claims[:-1] + b',"x":{"y":1,"y":2}}',
    "the same name in an escape": lambda claims: claims[:-1] + b',"\\u0073ub":"mch_victim"}',
    "NaN": lambda claims: claims[:-1] + b',"x":NaN}',
    "Infinity": lambda claims: claims[:-1] + b',"x":-Infinity}',
    "a number with too many digits": lambda claims: claims[:-1] + b',"x":' + b"9" * 5000 + b"}",
    "nested too deep": lambda claims: claims[:-1] + b',"x":' + b"[" * 4000 + b"]" * 4000 + b"}",
    "not UTF-8": lambda claims: claims[:-1] + b',"x":"\xff"}',
    "UTF-16": lambda claims: claims.decode().encode("utf-16"),
    "a byte order mark": lambda claims: b"\xef\xbb\xbf" + claims,
}


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with a_realm(receiver_id=US) as realm:
        yield realm


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with realm.verifier() as verifier:
        yield verifier


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
async def test_a_bent_claim_is_refused(
    realm: Realm, verifier: ClerkTokenVerifier, changes: dict[str, object], reason: str
) -> None:
    token = realm.clerk.sign(realm.header(), realm.claims(**changes))

    assert await refusal_reason(verifier, token) == reason


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
async def test_what_the_rules_allow_is_accepted(
    realm: Realm, verifier: ClerkTokenVerifier, changes: dict[str, object]
) -> None:
    token = realm.clerk.sign(realm.header(), realm.claims(**changes))

    assert await verifier.verify(token) == ConsoleMachine(realm.sender.id)


@pytest.mark.parametrize("bend", MALFORMED.values(), ids=MALFORMED)
async def test_claims_that_are_no_plain_json_object_are_refused(
    realm: Realm, verifier: ClerkTokenVerifier, bend: Callable[[bytes], bytes]
) -> None:
    token = realm.clerk.sign(realm.header(), bend(json.dumps(realm.claims()).encode()))

    assert await refusal_reason(verifier, token) == "malformed claims"


async def test_an_expiry_that_overflows_is_refused(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    claims = json.dumps(realm.claims(exp=ABSENT)).encode()[:-1] + b',"exp":1e999}'

    assert await refusal_reason(verifier, realm.clerk.sign(realm.header(), claims)) == "wrong expiry"


def test_a_token_is_expired_from_the_very_moment_on() -> None:
    check_not_expired(1000, now=1000 + SKEW_SECONDS - 0.001)

    with pytest.raises(NotAuthenticatedError):
        check_not_expired(1000, now=1000 + SKEW_SECONDS)


async def test_the_maximum_lifetime_is_a_setting(realm: Realm) -> None:
    longest, too_long = (realm.clerk.sign(realm.header(), realm.claims(exp=T + 3600 + more)) for more in (0, 1))

    async with realm.verifier(max_lifetime=3600) as verifier:
        assert await verifier.verify(longest) == ConsoleMachine(realm.sender.id)
        assert await refusal_reason(verifier, too_long) == "lifetime too long"


async def test_a_token_for_another_receiver_of_the_realm_is_refused(realm: Realm) -> None:
    elsewhere = realm.clerk.add_machine(machine_id="mch_elsewhere")
    sender = realm.clerk.add_machine(scopes=[elsewhere.id])

    async with realm.verifier() as verifier:
        token = realm.clerk.mint(sender, format="jwt")
        assert await refusal_reason(verifier, token) == "receiver not in audience"
