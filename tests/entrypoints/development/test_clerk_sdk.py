"""Clerk's own SDK accepts the fake, so what is verified against the fake holds for Clerk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.security.authenticaterequest import authenticate_request_async
from clerk_backend_api.security.types import (
    AuthenticateRequestOptions,
    SessionAuthObjectV1,
    SessionAuthObjectV2,
    TokenVerificationError,
    TokenVerificationErrorReason,
    VerifyTokenOptions,
)
from clerk_backend_api.security.verifytoken import verify_token_async

from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.sessions import FakeSession
from entrypoints.development.clerk.users import FakeOrganization
from tests.support.clerk import Realm, a_realm

SDK_FORMATS = {"opaque": models.TokenFormat.OPAQUE, "jwt": models.TokenFormat.JWT}


@pytest.fixture
def realm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    """The SDK's helpers read the machine's clock and its proxies."""
    monkeypatch.setenv("NO_PROXY", "*")
    with a_realm(at=datetime.now(UTC)) as realm:
        yield realm


@pytest.fixture
def organization(realm: Realm) -> FakeOrganization:
    return realm.clerk.add_organization("acme", name="Acme Inc.")


@contextmanager
def _sdk(realm: Realm, secret: str) -> Iterator[Clerk]:
    with (
        httpx.Client(trust_env=False) as http,
        Clerk(bearer_auth=secret, server_url=f"{realm.clerk.url}/v1", client=http) as sdk,
    ):
        yield sdk


@pytest.fixture
def sdk(realm: Realm) -> Iterator[Clerk]:
    """The SDK with the instance key."""
    with _sdk(realm, realm.clerk.secret_key) as sdk:
        yield sdk


def _options(realm: Realm) -> VerifyTokenOptions:
    return VerifyTokenOptions(secret_key=realm.clerk.secret_key, api_url=realm.clerk.url)


@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
async def test_a_token_that_the_sdk_mints_is_one_that_the_registry_accepts(realm: Realm, token_format: str) -> None:
    with _sdk(realm, realm.sender.secret) as sdk:
        minted = sdk.m2m.create_token(token_format=SDK_FORMATS[token_format], seconds_until_expiration=60)

    assert minted.subject == realm.sender.id
    assert minted.scopes == [realm.receiver.id]
    async with realm.verifier() as verifier:
        assert await verifier.verify(minted.token) == ConsoleMachine(realm.sender.id)


def test_the_sdk_verifies_a_machine_token_until_it_revokes_it(realm: Realm, sdk: Clerk) -> None:
    token = realm.clerk.mint(realm.sender, claims={"run": 7})

    found = sdk.m2m.verify_token(token=token)
    assert (found.subject, found.claims, found.revoked) == (realm.sender.id, {"run": 7}, False)
    assert sdk.m2m.revoke_token(m2m_token_id=found.id).revoked is True

    with pytest.raises(models.VerifyM2MTokenM2mResponseResponseBody) as refusal:
        sdk.m2m.verify_token(token=token)
    assert refusal.value.status_code == 404
    assert refusal.value.data.errors[0].code == "machine_to_machine_token_not_found"


def test_the_sdk_reads_a_revoked_token_that_is_only_flagged(realm: Realm, sdk: Clerk) -> None:
    realm.clerk.return_inactive_tokens()
    token = realm.clerk.mint(realm.sender)
    realm.clerk.revoke(token)

    assert sdk.m2m.verify_token(token=token).revoked is True


def test_the_sdk_verifies_an_api_key_until_it_revokes_it(sdk: Clerk, organization: FakeOrganization) -> None:
    created = sdk.api_keys.create_api_key(name="ci", subject=organization.id, seconds_until_expiration=60)

    found = sdk.api_keys.verify_api_key(secret=created.secret)
    assert (found.id, found.subject, found.name) == (created.id, organization.id, "ci")
    assert found.expiration == created.created_at + 60_000
    assert sdk.api_keys.revoke_api_key(api_key_id=created.id).revoked is True

    with pytest.raises(models.VerifyAPIKeyAPIKeysResponseResponseBody) as refusal:
        sdk.api_keys.verify_api_key(secret=created.secret)
    assert refusal.value.status_code == 404


def test_the_sdk_reads_organisations_and_users(realm: Realm, sdk: Clerk, organization: FakeOrganization) -> None:
    user = realm.clerk.add_user("ada@example.com")

    found = sdk.organizations.get(organization_id=organization.id)
    assert (found.slug, found.name) == ("acme", "Acme Inc.")
    assert found.created_at == int(realm.clock.now().timestamp() * 1000)
    (address,) = sdk.users.get(user_id=user.id).email_addresses
    assert address.email_address == "ada@example.com"


def test_the_sdk_reads_the_keys(realm: Realm, sdk: Clerk) -> None:
    (key,) = sdk.jwks.get_jwks().keys or []

    assert (key.kid, key.n) == (realm.clerk.signing_key.kid, realm.clerk.signing_key.jwk["n"])


def test_a_wrong_secret_is_an_error_of_the_sdk(realm: Realm) -> None:
    with _sdk(realm, "sk_test_wrong") as sdk, pytest.raises(models.SDKError) as refusal:
        sdk.jwks.get_jwks()

    assert refusal.value.status_code == 401


async def test_the_sdks_helper_verifies_a_session_token_with_keys_it_fetches(
    realm: Realm, organization: FakeOrganization
) -> None:
    session = FakeSession(user=realm.clerk.add_user(), organization=organization, azp="https://app.example.com")
    options = _options(realm)
    options.authorized_parties = ["https://app.example.com"]

    claims = await verify_token_async(realm.clerk.session_token(session), options)

    assert (claims["sub"], claims["iss"]) == (session.user.id, realm.clerk.issuer)


async def test_the_sdks_helper_refuses_a_session_token_without_an_origin_when_origins_are_listed(
    realm: Realm, organization: FakeOrganization
) -> None:
    token = realm.clerk.session_token(FakeSession(user=realm.clerk.add_user(), organization=organization))
    options = _options(realm)
    options.authorized_parties = ["https://app.example.com"]

    with pytest.raises(TokenVerificationError) as refusal:
        await verify_token_async(token, options)

    assert refusal.value.reason is TokenVerificationErrorReason.TOKEN_INVALID_AUTHORIZED_PARTIES


@pytest.mark.parametrize("issue", ["opaque", "key"])
async def test_the_sdks_helper_verifies_what_it_must_ask_about(
    realm: Realm, organization: FakeOrganization, issue: str
) -> None:
    tokens: dict[str, Callable[[], str]] = {
        "opaque": lambda: realm.clerk.mint(realm.sender),
        "key": lambda: realm.clerk.create_api_key(organization.id),
    }
    token = tokens[issue]()
    subject = {"opaque": realm.sender.id, "key": organization.id}[issue]
    assert (await verify_token_async(token, _options(realm)))["subject"] == subject

    realm.clerk.revoke(token)

    with pytest.raises(TokenVerificationError) as refusal:
        await verify_token_async(token, _options(realm))
    assert refusal.value.reason is TokenVerificationErrorReason.TOKEN_INVALID


async def test_the_sdk_reads_both_versions_of_a_session_token_alike(
    realm: Realm, organization: FakeOrganization
) -> None:
    user = realm.clerk.add_user()
    two = await _signed_in(realm, FakeSession(user=user, organization=organization, version=2))
    one = await _signed_in(realm, FakeSession(user=user, organization=organization, version=1))

    assert isinstance(two, SessionAuthObjectV2)
    assert (two.sub, two.org_id, two.org_slug) == (user.id, organization.id, "acme")
    assert isinstance(one, SessionAuthObjectV1)
    assert (one.user_id, one.org_id) == (user.id, organization.id)


async def _signed_in(realm: Realm, session: FakeSession) -> object:
    """Authenticate without network, as the helper does with a key of its own."""
    token = realm.clerk.session_token(session)
    request = httpx.Request("GET", "http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})
    options = AuthenticateRequestOptions(jwt_key=realm.clerk.signing_key.public_pem.decode())
    return (await authenticate_request_async(request, options)).to_auth()
