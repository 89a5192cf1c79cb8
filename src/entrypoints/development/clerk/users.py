"""Organisations and users of the fake's realm."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrypoints.development.clerk.tokens import milliseconds

# What every user has in Clerk's object, and users here never set up.
_UNSET = (
    "external_id",
    "username",
    "first_name",
    "last_name",
    "mfa_enabled_at",
    "mfa_disabled_at",
    "primary_phone_number_id",
    "primary_web3_wallet_id",
    "last_sign_in_at",
    "last_active_at",
    "lockout_expires_in_seconds",
    "verification_attempts_remaining",
    "legal_accepted_at",
)
_DISABLED = (
    "has_image",
    "password_enabled",
    "two_factor_enabled",
    "totp_enabled",
    "backup_code_enabled",
    "banned",
    "locked",
    "delete_self_enabled",
    "create_organization_enabled",
)
_NONE = ("phone_numbers", "web3_wallets", "passkeys", "external_accounts", "saml_accounts", "enterprise_accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeOrganization:
    """An organisation.

    Attributes:
        id: ``org_…``.
    """

    id: str
    name: str
    slug: str
    created_at: datetime

    def as_object(self) -> dict[str, Any]:
        """Return Clerk's object for it; times are in milliseconds."""
        created_at = milliseconds(self.created_at)
        return {
            "object": "organization",
            "id": self.id,
            "name": self.name,
            "slug": self.slug,
            "image_url": "",
            "has_image": False,
            "max_allowed_memberships": 5,
            "admin_delete_enabled": True,
            "public_metadata": {},
            "private_metadata": {},
            "created_at": created_at,
            "updated_at": created_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeUser:
    """A user with one address, the primary one, or none.

    Attributes:
        id: ``user_…``.
    """

    id: str
    email: str | None
    created_at: datetime

    def as_object(self) -> dict[str, Any]:
        """Return Clerk's object for it; times are in milliseconds."""
        created_at = milliseconds(self.created_at)
        addresses = [] if self.email is None else [self._address(self.email, created_at)]
        return {
            **dict.fromkeys(_UNSET),
            **dict.fromkeys(_DISABLED, False),
            **{name: [] for name in _NONE},
            "object": "user",
            "id": self.id,
            "primary_email_address_id": addresses[0]["id"] if addresses else None,
            "email_addresses": addresses,
            "public_metadata": {},
            "created_at": created_at,
            "updated_at": created_at,
        }

    def _address(self, email: str, created_at: int) -> dict[str, Any]:
        return {
            "object": "email_address",
            "id": f"idn_{self.id.removeprefix('user_')}",
            "email_address": email,
            "reserved": False,
            "verification": None,
            "linked_to": [],
            "created_at": created_at,
            "updated_at": created_at,
        }


def new_id(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(12)}"
