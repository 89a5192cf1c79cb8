"""Machines of the fake's realm, and the tokens it issued."""

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DEFAULT_JWT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class FakeMachine:
    """A machine of the realm.

    Attributes:
        id: ``mch_…``.
        secret: ``ak_…``, its Backend API key.
        scopes: Ids of the machines that its tokens may reach.
    """

    id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class IssuedToken:
    """A token or API key as the realm remembers it.

    Attributes:
        kind: Clerk's name for what it is.
        details: Further members of Clerk's object.
    """

    kind: str = "machine_to_machine_token"
    id: str
    token: str = field(repr=False)
    subject: str
    scopes: tuple[str, ...]
    claims: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime | None
    revoked: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def as_object(self, now: datetime) -> dict[str, Any]:
        """Return Clerk's object for it; times are in milliseconds."""
        return {
            "object": self.kind,
            "id": self.id,
            "subject": self.subject,
            "claims": self.claims,
            "scopes": list(self.scopes),
            "revoked": self.revoked,
            "revocation_reason": None,
            "expired": self.expired(now),
            "expiration": None if self.expires_at is None else milliseconds(self.expires_at),
            "last_used_at": None,
            "created_at": milliseconds(self.created_at),
            "updated_at": milliseconds(self.created_at),
            **self.details,
        }


def new_machine(scopes: Iterable[str], machine_id: str | None = None, secret: str | None = None) -> FakeMachine:
    """Return a machine, unless given with a fresh id and a fresh secret."""
    return FakeMachine(
        machine_id or f"mch_{secrets.token_hex(12)}", secret or f"ak_{secrets.token_hex(20)}", tuple(scopes)
    )


def new_token(
    machine: FakeMachine, *, seconds: float | None, claims: dict[str, Any] | None, now: datetime
) -> IssuedToken:
    """Return a fresh opaque token that the machine sends."""
    return IssuedToken(
        id=f"mt_{secrets.token_hex(12)}",
        token=f"mt_{secrets.token_urlsafe(24)}",
        subject=machine.id,
        scopes=machine.scopes,
        claims=claims,
        created_at=now,
        expires_at=_after(now, seconds),
    )


def new_api_key(
    subject: str,
    *,
    name: str,
    seconds: float | None,
    now: datetime,
    scopes: Iterable[str] = (),
    secret: str | None = None,
) -> IssuedToken:
    """Return an API key of an organisation or a user, a fresh one unless its text is given."""
    return IssuedToken(
        kind="api_key",
        id=f"ak_{secrets.token_hex(16)}",
        token=secret or f"ak_{secrets.token_urlsafe(24)}",
        subject=subject,
        scopes=tuple(scopes),
        claims=None,
        created_at=now,
        expires_at=_after(now, seconds),
        details={"type": "api_key", "name": name, "description": None, "created_by": None},
    )


def jwt_claims(token: IssuedToken, issuer: str) -> dict[str, Any]:
    """Return the claims of the same token as a JWT; times are in seconds, custom claims lie flat beside."""
    issued_at = math.floor(token.created_at.timestamp())
    expires_at = (
        token.created_at + timedelta(seconds=DEFAULT_JWT_SECONDS) if token.expires_at is None else token.expires_at
    )
    return {
        **(token.claims or {}),
        "iss": issuer,
        "sub": token.subject,
        "jti": token.id,
        "iat": issued_at,
        "exp": math.floor(expires_at.timestamp()),
        "aud": list(token.scopes),
        "scopes": " ".join(token.scopes),
    }


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def milliseconds(at: datetime) -> int:
    """Return a time as Clerk's objects have it."""
    return math.floor(at.timestamp() * 1000)
