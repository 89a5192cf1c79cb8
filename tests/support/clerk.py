"""Clerk in tests: a realm on loopback, a clock that tests turn, and the parts of a token to bend one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from adapters.clerk.machine_tokens import ClerkTokenVerifier
from adapters.clerk.realms import ClerkRealm
from application.errors import NotAuthenticatedError
from domain.registrants import ConsoleMachine
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine
from tests.builders import NOW

VERIFY_PATH = "/v1/m2m_tokens/verify"
JWKS_PATH = "/.well-known/jwks.json"


class _Absent:
    """A member to leave out. Shows the same in every process, since it is part of test names."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


@dataclass(slots=True)
class AdjustableClock:
    """Stands still unless told to go on; tells the date and counts seconds."""

    at: datetime = NOW
    counted: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.counted

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.counted += seconds


@dataclass(frozen=True, slots=True)
class Realm:
    """A fake with a registry (the receiver) and a release machine (the sender) in it."""

    clerk: FakeClerk
    clock: AdjustableClock
    receiver: FakeMachine
    sender: FakeMachine

    @property
    def sender_as_machine(self) -> ConsoleMachine:
        return ConsoleMachine(self.sender.id)

    def settings(self, **changes: Any) -> ClerkRealm:
        fields: dict[str, Any] = {
            "issuer": self.clerk.issuer,
            "api_url": self.clerk.url,
            "secret_key": self.receiver.secret,
            "machine_id": self.receiver.id,
            **changes,
        }
        return ClerkRealm(**fields)

    def verifier(self, **changes: Any) -> ClerkTokenVerifier:
        return ClerkTokenVerifier(self.settings(**changes), self.clock, monotonic=self.clock.monotonic)

    def header(self, **changes: Any) -> dict[str, Any]:
        kid = self.clerk.signing_key.kid
        return bent({"alg": "RS256", "typ": "JWT", "kid": kid, "cat": "cl_B7d4PD333AAA"}, changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.clerk.issuer,
            "sub": self.sender.id,
            "jti": "mt_0123456789abcdef",
            "iat": now,
            "exp": now + 300,
            "aud": [self.receiver.id],
            "scopes": self.receiver.id,
        }
        return bent(claims, changes)


@contextmanager
def a_realm(*, kid: str | None = None, receiver_id: str | None = None, at: datetime = NOW) -> Iterator[Realm]:
    clock = AdjustableClock(at)
    with FakeClerk(kid=kid, now=clock.now) as clerk:
        receiver = clerk.add_machine(machine_id=receiver_id)
        yield Realm(clerk, clock, receiver, clerk.add_machine(scopes=[receiver.id]))


def bent(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the members with changes; ``ABSENT`` takes one away."""
    return {name: value for name, value in (members | changes).items() if value is not ABSENT}


class Verifier(Protocol):
    """A verifier of either realm."""

    async def verify(self, token: str) -> object: ...


async def refusal_reason(verifier: Verifier, token: str) -> str:
    """Return why the verifier refuses a token; anything else that it does fails the test."""
    with pytest.raises(NotAuthenticatedError) as refusal:
        await verifier.verify(token)
    return refusal.value.reason
