"""Opaque machine tokens: what Clerk may answer about one, and Clerk not answering properly at all."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.clerk.api import new_http_client
from adapters.clerk.machine_tokens import ClerkTokenVerifier
from application.errors import TokenAuthorityUnavailableError
from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.faults import ConnectionReset, Fault, Paused
from entrypoints.development.clerk.responses import CannedResponse, error_response, json_response, too_many_requests
from entrypoints.development.clerk.server import LoggedRequest
from tests.builders import NOW
from tests.support.clerk import ABSENT, VERIFY_PATH, Realm, a_realm, bent, refusal_reason
from tests.support.clerk_faults import UNUSABLE

pytestmark = pytest.mark.hostile

US = "mch_registry"
MS = int(NOW.timestamp() * 1000)

REFUSED = {
    "revoked": ({"revoked": True}, "revoked"),
    "revoked missing": ({"revoked": ABSENT}, "revoked"),
    "revoked null": ({"revoked": None}, "revoked"),
    "revoked zero": ({"revoked": 0}, "revoked"),
    "revoked text": ({"revoked": "false"}, "revoked"),
    "expired": ({"expired": True}, "flagged as expired"),
    "expired missing": ({"expired": ABSENT}, "flagged as expired"),
    "expired null": ({"expired": None}, "flagged as expired"),
    "expiration beyond the skew": ({"expiration": MS - 5001}, "expired"),
    "expiration in seconds": ({"expiration": MS // 1000 + 60}, "expired"),
    "expiration text": ({"expiration": str(MS + 60_000)}, "wrong expiry"),
    "expiration true": ({"expiration": True}, "wrong expiry"),
    "expiration negative": ({"expiration": -1}, "wrong expiry"),
    "expiration huge": ({"expiration": 10**30}, "wrong expiry"),
    "subject missing": ({"subject": ABSENT}, "subject is no machine"),
    "subject null": ({"subject": None}, "subject is no machine"),
    "subject a number": ({"subject": 1}, "subject is no machine"),
    "subject an array": ({"subject": ["mch_1"]}, "subject is no machine"),
    "subject a user": ({"subject": "user_1"}, "subject is no machine"),
    "subject an organisation": ({"subject": "org_1"}, "subject is no machine"),
    "subject a bare prefix": ({"subject": "mch_"}, "subject is no machine"),
    "subject with a line end": ({"subject": "mch_1\n"}, "subject is no machine"),
    "scopes missing": ({"scopes": ABSENT}, "receiver not in scopes"),
    "scopes null": ({"scopes": None}, "receiver not in scopes"),
    "scopes empty": ({"scopes": []}, "receiver not in scopes"),
    "scopes of another machine": ({"scopes": ["mch_other"]}, "receiver not in scopes"),
    "scopes with a longer id": ({"scopes": [US + "x"]}, "receiver not in scopes"),
    "scopes as text": ({"scopes": f"mch_other {US}"}, "receiver not in scopes"),
    "scopes an object": ({"scopes": {US: True}}, "receiver not in scopes"),
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "as documented": {},
    "never expiring": {"expiration": None},
    "expired within the skew": {"expiration": MS - 4000},
    "several receivers": {"scopes": ["mch_other", US]},
    "claims of any kind": {"claims": [{"deep": {"er": 1}}]},
    "members to come": {"new_member": {"x": 1}},
}


@pytest.fixture(scope="module")
def module_realm() -> Iterator[Realm]:
    with a_realm(receiver_id=US) as realm:
        yield realm


@pytest.fixture
def realm(module_realm: Realm) -> Iterator[Realm]:
    yield module_realm
    module_realm.clerk.faults.clear()


@pytest.fixture
async def verifier(realm: Realm) -> AsyncIterator[ClerkTokenVerifier]:
    async with realm.verifier() as verifier:
        yield verifier


def an_answer(changes: dict[str, Any]) -> CannedResponse:
    members = {
        "object": "machine_to_machine_token",
        "id": "mt_1",
        "subject": "mch_1",
        "claims": None,
        "scopes": [US],
        "revoked": False,
        "revocation_reason": None,
        "expired": False,
        "expiration": MS + 60_000,
        "last_used_at": None,
        "created_at": MS,
        "updated_at": MS,
    }
    return json_response(200, bent(members, changes))


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=REFUSED)
async def test_an_answer_that_proves_nothing_is_a_refusal(
    realm: Realm, verifier: ClerkTokenVerifier, changes: dict[str, Any], reason: str
) -> None:
    realm.clerk.faults.next(an_answer(changes))

    assert await refusal_reason(verifier, "mt_token") == reason


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
async def test_an_answer_that_proves_the_machine_is_accepted(
    realm: Realm, verifier: ClerkTokenVerifier, changes: dict[str, Any]
) -> None:
    realm.clerk.faults.next(an_answer(changes))

    assert await verifier.verify("mt_token") == ConsoleMachine("mch_1")


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "unknown token"), (400, "malformed token"), (422, "malformed token")]
)
async def test_clerk_refusing_the_token_is_a_refusal(
    realm: Realm, verifier: ClerkTokenVerifier, status: int, reason: str
) -> None:
    realm.clerk.faults.next(error_response(status, "token_invalid"))

    assert await refusal_reason(verifier, "mt_token") == reason


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE)
async def test_an_unusable_answer_leaves_the_token_unverified(
    realm: Realm, verifier: ClerkTokenVerifier, fault: Fault
) -> None:
    before = len(realm.clerk.requests)
    realm.clerk.faults.next(fault)

    with pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify("mt_token")

    assert len(realm.clerk.requests) == before + 1


async def test_an_answer_beyond_64_kib_is_not_read(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    realm.clerk.faults.next(CannedResponse(200, an_answer({}).body.ljust(65_536)))
    assert await verifier.verify("mt_token") == ConsoleMachine("mch_1")

    realm.clerk.faults.next(CannedResponse(200, an_answer({}).body.ljust(65_537)))
    with pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify("mt_token")


async def test_a_compressed_answer_is_not_unpacked(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    bomb = gzip.compress(an_answer({}).body.ljust(50_000_000))
    realm.clerk.faults.next(CannedResponse(200, bomb, (("Content-Encoding", "gzip"),)))
    with capture_logs() as logs, pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify("mt_token")

    assert [line["why"] for line in logs] == ["compressed body"]


@pytest.mark.parametrize("status", [401, 403])
async def test_clerk_refusing_our_secret_is_an_error_in_the_log_that_names_the_setting(
    realm: Realm, verifier: ClerkTokenVerifier, status: int
) -> None:
    realm.clerk.faults.next(error_response(status, "authentication_invalid"))

    with capture_logs() as logs, pytest.raises(TokenAuthorityUnavailableError):
        await verifier.verify("mt_token")

    (line,) = logs
    assert line["log_level"] == "error"
    assert line["setting"] == "REGISTRY_CONSOLE_CLERK_SECRET_KEY"


async def test_a_wrong_secret_is_not_taken_for_a_wrong_token(realm: Realm) -> None:
    async with realm.verifier(secret_key="ak_wrong") as verifier:
        with pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify(realm.clerk.mint(realm.sender))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("86400", 300),
        ("9" * 5000, 300),
        (format_datetime((NOW + timedelta(seconds=30)).replace(microsecond=0), usegmt=True), 29),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 1),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 300),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("Mon, 99 Foo 2026 00:00:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
async def test_a_rate_limit_of_clerk_says_when_to_come_back(
    realm: Realm, verifier: ClerkTokenVerifier, header: str | None, seconds: int | None
) -> None:
    realm.clerk.faults.next(too_many_requests(header))

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await verifier.verify("mt_token")

    assert refusal.value.retry_after == seconds


async def test_an_outage_of_clerk_may_say_when_to_come_back_too(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    realm.clerk.faults.next(error_response(503, "service_unavailable", retry_after="20"))

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await verifier.verify("mt_token")

    assert refusal.value.retry_after == 20


async def test_clerk_that_keeps_silent_is_given_up_at_the_deadline(realm: Realm) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)

    async with realm.verifier(deadline=0.2) as verifier:
        with capture_logs() as logs, pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify("mt_token")

    assert paused.arrived.is_set()
    assert [line["why"] for line in logs] == ["TimeoutError"]


async def test_clerk_that_keeps_silent_is_given_up_when_reading_takes_too_long(realm: Realm) -> None:
    realm.clerk.faults.next(Paused())

    async with realm.verifier(read_timeout=0.2) as verifier:
        with capture_logs() as logs, pytest.raises(TokenAuthorityUnavailableError):
            await verifier.verify("mt_token")

    assert [line["why"] for line in logs] == ["ReadTimeout"]


async def test_every_wait_for_clerk_is_bounded_as_it_is_set(realm: Realm) -> None:
    async with new_http_client(realm.settings(connect_timeout=1.5, read_timeout=2.5)) as client:
        assert client.timeout == httpx.Timeout(connect=1.5, read=2.5, write=2.5, pool=1.5)


async def test_the_environment_sends_tokens_through_no_proxy(realm: Realm, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        for variable in ("ALL_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{nobody_listens.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        async with realm.verifier() as verifier:
            assert await verifier.verify(realm.clerk.mint(realm.sender)) == ConsoleMachine(realm.sender.id)


async def test_clerk_that_is_slow_but_in_time_is_waited_for(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    paused = Paused()
    realm.clerk.faults.next(paused)
    verification = asyncio.create_task(verifier.verify(realm.clerk.mint(realm.sender)))
    await asyncio.to_thread(paused.arrived.wait)

    paused.released.set()

    assert await verification == ConsoleMachine(realm.sender.id)


async def test_clerk_that_does_not_listen_leaves_the_token_unverified(realm: Realm) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        async with realm.verifier(api_url=f"http://127.0.0.1:{bound.getsockname()[1]}") as verifier:
            with pytest.raises(TokenAuthorityUnavailableError):
                await verifier.verify("mt_token")


async def test_a_good_token_is_verified_each_time_and_refused_once_it_is_revoked(
    realm: Realm, verifier: ClerkTokenVerifier
) -> None:
    token = realm.clerk.mint(realm.sender)
    before = realm.clerk.count(VERIFY_PATH)

    await verifier.verify(token)
    await verifier.verify(token)
    realm.clerk.revoke(token)
    assert await refusal_reason(verifier, token) == "unknown token"

    assert realm.clerk.count(VERIFY_PATH) == before + 3


async def test_a_revoked_token_is_refused_when_clerk_only_flags_it() -> None:
    with a_realm() as realm:
        realm.clerk.return_inactive_tokens()
        token = realm.clerk.mint(realm.sender)
        realm.clerk.revoke(token)

        async with realm.verifier() as verifier:
            assert await refusal_reason(verifier, token) == "revoked"


async def test_an_expired_token_is_refused_when_clerk_only_flags_it() -> None:
    with a_realm() as realm:
        realm.clerk.return_inactive_tokens()
        token = realm.clerk.mint(realm.sender, seconds=60)
        realm.clock.advance(60)

        async with realm.verifier() as verifier:
            assert await refusal_reason(verifier, token) == "flagged as expired"


async def test_the_instance_key_does_not_open_the_door_to_tokens_for_others(realm: Realm) -> None:
    other = realm.clerk.add_machine()
    sender = realm.clerk.add_machine(scopes=[other.id])

    async with realm.verifier(secret_key=realm.clerk.secret_key) as verifier:
        assert await verifier.verify(realm.clerk.mint(realm.sender)) == ConsoleMachine(realm.sender.id)
        assert await refusal_reason(verifier, realm.clerk.mint(sender)) == "receiver not in scopes"


async def test_clerk_is_asked_as_it_documents(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    await verifier.verify(realm.clerk.mint(realm.sender))

    assert realm.clerk.requests[-1] == LoggedRequest("POST", "/v1/m2m_tokens/verify", "application/json")


@pytest.mark.parametrize(
    "token", ["", "mt", "MT_x", "ak_secret", "sk_test", "user_1", "x" * 20_000, "mt_" + "x" * 16_384]
)
async def test_clerk_is_not_asked_about_what_cannot_be_a_token(
    realm: Realm, verifier: ClerkTokenVerifier, token: str
) -> None:
    before = len(realm.clerk.requests)

    assert await refusal_reason(verifier, token) in {"unknown token shape", "token too long"}
    assert len(realm.clerk.requests) == before


async def test_neither_tokens_nor_secrets_reach_the_log(realm: Realm, verifier: ClerkTokenVerifier) -> None:
    token = realm.clerk.mint(realm.sender)
    with capture_logs() as logs:
        for fault in (error_response(401, "x"), error_response(500, "x"), CannedResponse(200, b"?"), ConnectionReset()):
            realm.clerk.faults.next(fault)
            with pytest.raises(TokenAuthorityUnavailableError):
                await verifier.verify(token)

    assert len(logs) == 4
    assert token not in repr(logs)
    assert realm.receiver.secret not in repr(logs)
    assert realm.receiver.secret not in repr(realm.settings())
