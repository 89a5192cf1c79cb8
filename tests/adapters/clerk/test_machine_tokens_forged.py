"""Signed machine tokens that somebody tampered with, or that the realm's key did not sign."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from adapters.clerk.machine_tokens import ClerkTokenVerifier
from application.errors import NotAuthenticatedError
from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.keys import SigningKey, encode_segment
from tests.support.clerk import Realm, a_realm, refusal_reason
from tests.support.clerk_mutations import BASE64URL, EXAMPLES, mutations

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with realm.verifier() as verifier:
        yield verifier


def _hs256_with_the_public_key(realm: Realm) -> str:
    signing_input = f"{encode_segment(realm.header(alg='HS256'))}.{encode_segment(realm.claims())}"
    digest = hmac.digest(realm.clerk.signing_key.public_pem, signing_input.encode(), hashlib.sha256)
    return f"{signing_input}.{encode_segment(digest)}"


def _es256_under_the_realms_key_id(realm: Realm) -> str:
    header = {"alg": "ES256", "typ": "JWT", "kid": realm.clerk.signing_key.kid}
    return jws.serialize_compact(header, encode_segment(realm.claims()), ECKey.generate_key("P-256"), ["ES256"])


def _encrypted_to_the_realms_key(realm: Realm) -> str:
    header = {"alg": "RSA-OAEP", "enc": "A256GCM", "typ": "JWT", "kid": realm.clerk.signing_key.kid}
    key = RSAKey.import_key(realm.clerk.signing_key.public_pem)
    return jwe.encrypt_compact(header, json.dumps(realm.claims()), key)


def _unsigned(realm: Realm) -> str:
    return f"{encode_segment(realm.header(alg='none'))}.{encode_segment(realm.claims())}."


def _claims_of_another_token(realm: Realm) -> str:
    header, _, signature = realm.clerk.sign(realm.header(), realm.claims()).split(".")
    return f"{header}.{encode_segment(realm.claims(sub='mch_victim'))}.{signature}"


def _signed_by_another_key_of_the_same_id(realm: Realm) -> str:
    return SigningKey(realm.clerk.signing_key.kid).sign(realm.header(), realm.claims())


def _signed_by_an_instance_of_its_own(realm: Realm) -> str:
    return SigningKey("ins_elsewhere").sign(realm.header(kid="ins_elsewhere"), realm.claims())


def _cut(realm: Realm, *, segment: int, to: int) -> str:
    segments = realm.clerk.sign(realm.header(), realm.claims()).split(".")
    segments[segment] = segments[segment][:to]
    return ".".join(segments)


FORGED: dict[str, tuple[Callable[[Realm], str], str]] = {
    "HS256 keyed with the public key": (_hs256_with_the_public_key, "wrong algorithm"),
    "ES256 under the realm's key id": (_es256_under_the_realms_key_id, "wrong algorithm"),
    "encrypted to the realm's key": (_encrypted_to_the_realms_key, "unknown token shape"),
    "alg none without a signature": (_unsigned, "wrong algorithm"),
    "the claims of another token": (_claims_of_another_token, "bad signature"),
    "another key of the same id": (_signed_by_another_key_of_the_same_id, "bad signature"),
    "a key of another instance": (_signed_by_an_instance_of_its_own, "unknown key"),
    "no signature": (lambda realm: _cut(realm, segment=2, to=0), "bad signature"),
    "half a signature": (lambda realm: _cut(realm, segment=2, to=170), "bad signature"),
    "no claims": (lambda realm: _cut(realm, segment=1, to=0), "bad signature"),
    "no header": (lambda realm: _cut(realm, segment=0, to=0), "malformed header"),
}

RESPELLED: dict[str, tuple[Callable[[str], str], str]] = {
    "padding": (lambda token: token + "==", "bad signature"),
    "a line end": (lambda token: token + "\n", "bad signature"),
    "a space": (lambda token: token + " ", "bad signature"),
    "a NUL": (lambda token: token + "\x00", "bad signature"),
    "a leading space": (lambda token: " " + token, "malformed header"),
    "a byte order mark": (lambda token: "\ufeff" + token, "malformed header"),
    "padding of the header": (lambda token: token.replace(".", "=.", 1), "malformed header"),
    "padding of the claims": (lambda token: "=.".join(token.rsplit(".", 1)), "bad signature"),
    "a full-width letter": (lambda token: token[:-1] + "\uff21", "bad signature"),
    "half a surrogate pair": (lambda token: token[:-1] + "\udc41", "bad signature"),
    "a letter beyond ASCII in the claims": (lambda token: token.replace(".", ".\u00e9", 1), "bad signature"),
    "five segments, as a JWE": (lambda token: token + ".AAAA.AAAA", "unknown token shape"),
    "four segments": (lambda token: token + ".", "unknown token shape"),
    "two segments": (lambda token: token.rpartition(".")[0], "unknown token shape"),
    "a scheme in front": (lambda token: "Bearer " + token, "malformed header"),
    "JSON serialisation": (lambda token: json.dumps({"payload": token}), "malformed header"),
    "too many characters": (lambda token: token + "A" * 16_384, "token too long"),
}


@pytest.mark.parametrize(("forge", "reason"), FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_refused(
    realm: Realm, verifier: ClerkTokenVerifier, forge: Callable[[Realm], str], reason: str
) -> None:
    assert await refusal_reason(verifier, forge(realm)) == reason


@pytest.mark.parametrize(("respell", "reason"), RESPELLED.values(), ids=RESPELLED)
async def test_a_valid_token_in_another_spelling_is_refused(
    realm: Realm, verifier: ClerkTokenVerifier, respell: Callable[[str], str], reason: str
) -> None:
    token = realm.clerk.mint(realm.sender, format="jwt")
    assert await verifier.verify(token) == ConsoleMachine(realm.sender.id)

    assert await refusal_reason(verifier, respell(token)) == reason


async def test_the_unused_bits_of_a_signature_make_no_second_token(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    """A signature of 256 bytes leaves four bits of its last character unused: fifteen other spellings of the same."""
    token = realm.clerk.mint(realm.sender, format="jwt")
    last = BASE64URL.index(token[-1])

    for spelling in range(last + 1, last + 16):
        assert await refusal_reason(verifier, token[:-1] + BASE64URL[spelling]) == "bad signature"


async def test_signature_comes_before_claims(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    token = SigningKey(realm.clerk.signing_key.kid).sign(realm.header(), b"no claims at all")

    assert await refusal_reason(verifier, token) == "bad signature"


@EXAMPLES
@given(data=st.data())
async def test_no_mutation_of_a_valid_token_authenticates(
    realm: Realm, verifier: ClerkTokenVerifier, data: st.DataObject
) -> None:
    token = realm.clerk.sign(realm.header(), realm.claims())
    assert await verifier.verify(token) == ConsoleMachine(realm.sender.id)

    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(data.draw(mutations(token)))


@EXAMPLES
@given(data=st.data())
async def test_no_mutation_of_an_opaque_token_authenticates(
    realm: Realm, verifier: ClerkTokenVerifier, data: st.DataObject
) -> None:
    token = realm.clerk.mint(realm.sender)

    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(data.draw(mutations(token)))


@EXAMPLES
@given(token=st.text(max_size=200) | st.from_regex(r"\A[A-Za-z0-9_-]{0,60}(\.[A-Za-z0-9_-]{0,60}){2}\Z"))
async def test_no_text_at_all_authenticates_or_crashes(verifier: ClerkTokenVerifier, token: str) -> None:
    with pytest.raises(NotAuthenticatedError):
        await verifier.verify(token)
