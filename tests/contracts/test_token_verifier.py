"""What every token verifier does, whoever issues the tokens."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

import pytest

from adapters.memory.token_verifier import InMemoryTokenVerifier
from application.ports.token_verifier import TokenVerifier
from domain.errors import NotAuthenticatedError, TokenAuthorityUnavailableError
from domain.machines import ConsoleMachine
from entrypoints.development.clerk.faults import ConnectionReset
from tests.support.clerk import Realm, a_realm


@dataclass(frozen=True, slots=True)
class Authority:
    """A verifier, and whoever issues its tokens."""

    verifier: TokenVerifier
    machine: ConsoleMachine
    issue: Callable[[], str]
    expire: Callable[[str], None]
    revoke: Callable[[str], None]
    go_down: Callable[[], None]
    come_back: Callable[[], None]
    unknown: str


def _in_memory() -> Authority:
    verifier = InMemoryTokenVerifier()
    machine = ConsoleMachine("mch_release")
    return Authority(
        verifier=verifier,
        machine=machine,
        issue=lambda: verifier.issue(machine),
        expire=verifier.expire,
        revoke=verifier.revoke,
        go_down=lambda: setattr(verifier, "unavailable", True),
        come_back=lambda: setattr(verifier, "unavailable", False),
        unknown="mt_never_issued",
    )


def _clerk(realm: Realm, token_format: Literal["opaque", "jwt"], verifier: TokenVerifier, unknown: str) -> Authority:
    def come_back() -> None:
        realm.clerk.faults.clear()
        realm.clock.advance(10)

    return Authority(
        verifier=verifier,
        machine=ConsoleMachine(realm.sender.id),
        issue=lambda: realm.clerk.mint(realm.sender, format=token_format, seconds=60),
        expire=lambda token: realm.clock.advance(65),
        revoke=realm.clerk.revoke,
        go_down=lambda: realm.clerk.faults.always(ConnectionReset()),
        come_back=come_back,
        unknown=unknown,
    )


@pytest.fixture(params=["memory", "clerk-opaque", "clerk-jwt"])
async def authority(request: pytest.FixtureRequest) -> AsyncIterator[Authority]:
    if request.param == "memory":
        yield _in_memory()
        return
    with a_realm() as realm, a_realm() as other:
        async with realm.verifier() as verifier:
            if request.param == "clerk-opaque":
                yield _clerk(realm, "opaque", verifier, other.clerk.mint(other.sender))
            else:
                yield _clerk(realm, "jwt", verifier, other.clerk.mint(other.sender, format="jwt"))


async def test_a_valid_token_names_its_machine(authority: Authority) -> None:
    assert await authority.verifier.verify(authority.issue()) == authority.machine


async def test_a_token_can_be_used_again(authority: Authority) -> None:
    token = authority.issue()

    assert await authority.verifier.verify(token) == await authority.verifier.verify(token)


async def test_a_token_that_was_never_issued_is_refused(authority: Authority) -> None:
    await _assert_refused(authority, authority.unknown)


@pytest.mark.parametrize(
    "token",
    [
        "",
        " ",
        ".",
        "..",
        "mt_",
        "a.b.c",
        "ak_0123",
        "Bearer",
        "mt_" + "x" * 1_000_000,
        "x" * 5_000_000,
        "\udc80",
        "mt_\udc80",
        "mt_\x00",
        "ключ",
        "a" * 9000 + "." + "b" * 9000 + ".c",
    ],
    ids=lambda token: repr(token[:12]),
)
async def test_text_that_is_no_token_is_refused(authority: Authority, token: str) -> None:
    await _assert_refused(authority, token)


async def test_an_expired_token_is_refused(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.expire(token)

    await _assert_refused(authority, token)


@pytest.mark.parametrize("authority", ["memory", "clerk-opaque"], indirect=True)
async def test_a_revoked_token_is_refused_at_once(authority: Authority) -> None:
    token = authority.issue()
    await authority.verifier.verify(token)

    authority.revoke(token)

    await _assert_refused(authority, token)


async def test_nothing_is_known_about_a_token_while_the_authority_is_down(authority: Authority) -> None:
    token = authority.issue()
    authority.go_down()

    with pytest.raises(TokenAuthorityUnavailableError) as refusal:
        await authority.verifier.verify(token)

    assert refusal.value.retry_after > 0


async def test_a_token_is_good_again_once_the_authority_is_back(authority: Authority) -> None:
    token = authority.issue()
    authority.go_down()
    with pytest.raises(TokenAuthorityUnavailableError):
        await authority.verifier.verify(token)

    authority.come_back()

    assert await authority.verifier.verify(token) == authority.machine


async def _assert_refused(authority: Authority, token: str) -> None:
    with pytest.raises(NotAuthenticatedError) as refusal:
        await authority.verifier.verify(token)
    assert refusal.value.token_presented
    assert refusal.value.reason
    assert refusal.value.detail == "Not authenticated"
