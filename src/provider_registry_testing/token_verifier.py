"""The contract of token verifiers, of machines and of customers alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pytest

from application.errors import NotAuthenticatedError, TokenAuthorityUnavailableError

NO_TOKENS = [
    *("", " ", ".", "..", "mt_", "a.b.c", "ak_", "ak_0123", "ak_\udc80", "ak_\x00", "ak_" + "x" * 1_000_000),
    *("sk_test_1", "Bearer", "mt_" + "x" * 1_000_000, "x" * 5_000_000, "\udc80", "mt_\udc80", "mt_\x00", "ключ"),
    "a" * 9000 + "." + "b" * 9000 + ".c",
]


class Verifier(Protocol):
    """A ``TokenVerifier`` or a ``CustomerVerifier``."""

    async def verify(self, token: str) -> object:
        """Return the holder of the token."""
        ...


@dataclass(frozen=True, slots=True)
class TokenAuthority:
    """A verifier, and the authority behind it.

    Attributes:
        holder: Whom the authority issues tokens to.
        issue: Returns a new token of the holder.
        expire: Makes a token expire.
        revoke: Revokes a token.
        go_down: Makes the authority unreachable.
        come_back: Makes it reachable again.
        unknown: Tokens that this authority never issued.
    """

    verifier: Verifier
    holder: object
    issue: Callable[[], str]
    expire: Callable[[str], None]
    revoke: Callable[[str], None]
    go_down: Callable[[], None]
    come_back: Callable[[], None]
    unknown: tuple[str, ...]


@pytest.mark.anyio
class TokenVerifierContract:
    """What every ``TokenVerifier`` and ``CustomerVerifier`` promises.

    A subclass has a fixture ``authority``, which returns a ``TokenAuthority``. ``RevocationContract`` is for verifiers
    that ask the authority about each token.
    """

    async def test_a_valid_token_names_its_holder(self, authority: TokenAuthority) -> None:
        assert await authority.verifier.verify(authority.issue()) == authority.holder

    async def test_a_token_can_be_used_again(self, authority: TokenAuthority) -> None:
        token = authority.issue()

        assert await authority.verifier.verify(token) == await authority.verifier.verify(token)

    async def test_a_token_that_was_never_issued_here_is_refused(self, authority: TokenAuthority) -> None:
        for token in authority.unknown:
            await _assert_refused(authority, token)

    @pytest.mark.parametrize("token", NO_TOKENS, ids=lambda token: repr(token[:12]))
    async def test_text_that_is_no_token_is_refused(self, authority: TokenAuthority, token: str) -> None:
        await _assert_refused(authority, token)

    async def test_an_expired_token_is_refused(self, authority: TokenAuthority) -> None:
        token = authority.issue()
        await authority.verifier.verify(token)

        authority.expire(token)

        await _assert_refused(authority, token)

    async def test_nothing_is_known_about_a_token_while_the_authority_is_down(self, authority: TokenAuthority) -> None:
        token = authority.issue()
        authority.go_down()

        with pytest.raises(TokenAuthorityUnavailableError) as refusal:
            await authority.verifier.verify(token)

        assert refusal.value.retry_after is None or refusal.value.retry_after > 0

    async def test_a_token_is_good_again_once_the_authority_is_back(self, authority: TokenAuthority) -> None:
        token = authority.issue()
        authority.go_down()
        with pytest.raises(TokenAuthorityUnavailableError):
            await authority.verifier.verify(token)

        authority.come_back()

        assert await authority.verifier.verify(token) == authority.holder


@pytest.mark.anyio
class RevocationContract:
    """What verifiers promise that ask the authority about each token. A subclass has a fixture ``authority``."""

    async def test_a_revoked_token_is_refused_at_once(self, authority: TokenAuthority) -> None:
        token = authority.issue()
        await authority.verifier.verify(token)

        authority.revoke(token)

        await _assert_refused(authority, token)


async def _assert_refused(authority: TokenAuthority, token: str) -> None:
    with pytest.raises(NotAuthenticatedError) as refusal:
        await authority.verifier.verify(token)
    assert refusal.value.reason
    assert refusal.value.detail == "Not authenticated"
