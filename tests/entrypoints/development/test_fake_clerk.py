"""The fake speaks Clerk's wire format, as a release script with curl would use it."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.support.clerk import Realm, a_realm, refusal_reason


@pytest.fixture
def realm() -> Iterator[Realm]:
    with a_realm() as realm:
        yield realm


@pytest.fixture
def http(realm: Realm) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=realm.clerk.url, trust_env=False) as client:
        yield client


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _mint(http: httpx.Client, secret: str, **fields: Any) -> httpx.Response:
    return http.post("/v1/m2m_tokens", headers=_bearer(secret), json=fields)


def _revoke(http: httpx.Client, secret: str, token_id: str) -> httpx.Response:
    return http.post(f"/v1/m2m_tokens/{token_id}/revoke", headers=_bearer(secret), json={})


@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
async def test_a_token_minted_with_the_senders_secret_verifies(
    realm: Realm, http: httpx.Client, token_format: str
) -> None:
    minted = _mint(http, realm.sender.secret, token_format=token_format, seconds_until_expiration=60, claims={"a": 1})

    assert minted.status_code == 201
    assert minted.json()["object"] == "machine_to_machine_token"
    assert minted.json()["subject"] == realm.sender.id
    assert minted.json()["expiration"] - minted.json()["created_at"] == 60_000
    async with realm.verifier() as verifier:
        assert await verifier.verify(minted.json()["token"]) == ConsoleMachine(realm.sender.id)


def test_the_default_format_is_opaque_and_never_expires(realm: Realm, http: httpx.Client) -> None:
    minted = _mint(http, realm.sender.secret).json()

    assert minted["token"].startswith("mt_")
    assert minted["expiration"] is None


@pytest.mark.parametrize("fields", [{"token_format": "xml"}, {"seconds_until_expiration": "60"}, {"claims": "text"}])
def test_a_malformed_request_is_refused_in_clerks_format(
    realm: Realm, http: httpx.Client, fields: dict[str, Any]
) -> None:
    answer = _mint(http, realm.sender.secret, **fields)

    assert answer.status_code == 400
    assert answer.json()["errors"][0].keys() >= {"code", "message"}


@pytest.mark.parametrize("secret", ["ak_wrong", "sk_test_wrong"])
def test_a_wrong_secret_mints_and_verifies_nothing(realm: Realm, http: httpx.Client, secret: str) -> None:
    token = realm.clerk.mint(realm.sender)

    assert _mint(http, secret).status_code == 401
    assert http.post("/v1/m2m_tokens/verify", headers=_bearer(secret), json={"token": token}).status_code == 401
    assert http.get("/v1/jwks", headers=_bearer(secret)).status_code == 401


async def test_a_token_is_revoked_by_its_id(realm: Realm, http: httpx.Client) -> None:
    minted = _mint(http, realm.sender.secret).json()

    revoked = _revoke(http, realm.sender.secret, minted["id"])

    assert revoked.json()["revoked"] is True
    async with realm.verifier() as verifier:
        assert await refusal_reason(verifier, minted["token"]) == "unknown token"


@pytest.mark.parametrize("path", ["/v1/m2m_tokens/verify", "/m2m_tokens/verify"])
def test_a_machine_verifies_only_tokens_that_may_reach_it(realm: Realm, http: httpx.Client, path: str) -> None:
    token = realm.clerk.mint(realm.sender)
    stranger = realm.clerk.add_machine()

    assert http.post(path, headers=_bearer(realm.receiver.secret), json={"token": token}).status_code == 200
    assert http.post(path, headers=_bearer(stranger.secret), json={"token": token}).status_code == 404
    assert http.post(path, headers=_bearer(realm.clerk.secret_key), json={"token": token}).status_code == 200


def test_both_doors_to_the_keys_show_the_same_and_nothing_private(realm: Realm, http: httpx.Client) -> None:
    open_door = http.get("/.well-known/jwks.json").json()

    assert open_door == http.get("/v1/jwks", headers=_bearer(realm.clerk.secret_key)).json()
    assert [key.keys() for key in open_door["keys"]] == [{"use", "kty", "kid", "alg", "n", "e"}]


def test_any_other_content_type_is_refused(realm: Realm, http: httpx.Client) -> None:
    headers = {**_bearer(realm.receiver.secret), "Content-Type": "application/json; charset=utf-8"}

    assert http.post("/v1/m2m_tokens/verify", headers=headers, content=b"{}").status_code == 415


def test_each_instance_has_keys_of_its_own() -> None:
    with FakeClerk() as one, FakeClerk() as other:
        assert one.signing_key.jwk["n"] != other.signing_key.jwk["n"]
        assert one.url != other.url


def test_stopping_ends_idle_connections() -> None:
    with FakeClerk() as clerk:
        connection = socket.create_connection(("127.0.0.1", httpx.URL(clerk.url).port or 0))
        connection.sendall(b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: clerk\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200"

    with connection:
        while connection.recv(4096):
            pass
