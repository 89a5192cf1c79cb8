"""Sessions of the fake's users."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from entrypoints.development.clerk.users import FakeOrganization, FakeUser, new_id

SESSION_CATEGORY = "cl_B7d4PD111AAA"


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeSession:
    """What a session token says.

    Attributes:
        organization: The active one, if any.
        version: Of the token's format; the organisation stands in ``o`` in 2, and flat in 1.
        azp: The origin that the token was issued to; None leaves it out.
        pending: Whether tasks are left, so that the user is not signed in.
        category: ``cat`` of the header; None leaves it out.
        role: The user's in the organisation, without ``org:``.
        permissions: The user's in the organisation, as ``feature:permission``.
        actor: Id of who impersonates the user.
    """

    user: FakeUser
    organization: FakeOrganization | None = None
    version: Literal[1, 2] = 2
    azp: str | None = None
    pending: bool = False
    category: str | None = SESSION_CATEGORY
    role: str = "admin"
    permissions: tuple[str, ...] = ()
    actor: str | None = None

    def header(self, kid: str) -> dict[str, Any]:
        category = {} if self.category is None else {"cat": self.category}
        return {"alg": "RS256", "typ": "JWT", "kid": kid, **category}

    def claims(self, *, issuer: str, now: datetime, seconds: float) -> dict[str, Any]:
        """Return the token's claims; times are in seconds."""
        issued_at = now.timestamp()
        return {
            "iss": issuer,
            "sub": self.user.id,
            "sid": new_id("sess_"),
            "jti": new_id(""),
            "iat": math.floor(issued_at),
            "nbf": math.floor(issued_at) - 10,
            "exp": math.floor(issued_at + seconds),
            **({} if self.azp is None else {"azp": self.azp}),
            **({} if self.actor is None else {"act": {"iss": "https://dashboard.clerk.com", "sub": self.actor}}),
            **self._versioned(),
        }

    def _versioned(self) -> dict[str, Any]:
        organization = self.organization
        if self.version == 1:
            flat = organization and {
                "org_id": organization.id,
                "org_slug": organization.slug,
                "org_role": f"org:{self.role}",
                "org_permissions": [f"org:{each}" for each in self.permissions],
            }
            return {**(flat or {}), **({"sts": "pending"} if self.pending else {})}
        compact = organization and {
            "o": {"id": organization.id, "slg": organization.slug, "rol": self.role, **self._masks()},
            **({"fea": ",".join(f"o:{each}" for each in self._features())} if self.permissions else {}),
        }
        return {"v": 2, "sts": "pending" if self.pending else "active", "fva": [0, -1], **(compact or {})}

    def _features(self) -> list[str]:
        return sorted({each.split(":")[0] for each in self.permissions})

    def _masks(self) -> dict[str, str]:
        if not self.permissions:
            return {}
        names = sorted({each.split(":")[1] for each in self.permissions})
        masks = [
            sum(1 << place for place, name in enumerate(names) if f"{feature}:{name}" in self.permissions)
            for feature in self._features()
        ]
        return {"per": ",".join(names), "fpm": ",".join(map(str, masks))}
