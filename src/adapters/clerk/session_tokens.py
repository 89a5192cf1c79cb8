"""Verifying session tokens of signed-in users, and what they say of the active organisation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.clerk.jwks import JwksCache
from adapters.clerk.jwt import SESSION_CATEGORY, SignedTokenReader, VerifiedClaims
from adapters.clerk.realms import ClerkCustomerRealm
from adapters.clerk.token_checks import (
    ANY_ID,
    ORGANIZATION_ID,
    SESSION_ID,
    USER_ID,
    RejectionReason,
    as_id,
    reject_unless,
)
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock
from domain.customers import Customer, role_name

_MAX_NAMES = 64
"""Of permissions and of features. A token that has more of either grants no permission."""
_MAX_MASK_DIGITS = 20


def flat_role(claims: VerifiedClaims) -> str:
    """Return the role in a token of version 1 (``org_role``), or an empty text."""
    return _role(claims.get("org_role"))


def compact_role(organization: Mapping[str, Any]) -> str:
    """Return the role in a token of version 2 (``o.rol``), or an empty text."""
    return _role(organization.get("rol"))


def flat_permissions(claims: VerifiedClaims) -> frozenset[str]:
    """Return ``org_permissions`` of a token of version 1."""
    listed = claims.get("org_permissions")
    return frozenset(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else frozenset()


def compact_permissions(claims: VerifiedClaims) -> frozenset[str]:
    """Return the permissions in a token of version 2, written as version 1 writes them.

    ``fea`` lists features with their scopes (``o:articles,u:themes``), ``o.per`` the names of permissions, and
    ``o.fpm`` one bit mask for each of the organisation's features, whose lowest bit is the first permission.
    """
    organization = claims.get("o")
    if not isinstance(organization, Mapping):
        return frozenset()
    scoped = [each.partition(":") for each in _listed(claims.get("fea"))]
    features = [feature for scope, _, feature in scoped if "o" in scope and feature]
    names = _listed(organization.get("per"))
    masks = _listed(organization.get("fpm"))
    if max(len(features), len(names), len(masks)) > _MAX_NAMES:
        return frozenset()
    return frozenset(_granted(features, names, masks))


def _granted(features: list[str], names: list[str], masks: list[str]) -> Iterator[str]:
    for feature, mask in zip(features, masks, strict=False):
        if re.fullmatch(r"[0-9]+", mask, re.ASCII) and len(mask) <= _MAX_MASK_DIGITS:
            bits = int(mask)
            yield from (f"org:{feature}:{name}" for place, name in enumerate(names) if name and bits >> place & 1)


def _listed(value: object) -> list[str]:
    return [each.strip() for each in value.split(",")] if isinstance(value, str) and value else []


def _role(value: object) -> str:
    return role_name(value) if isinstance(value, str) else ""


_SLUG = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_LATEST_VERSION = 2


@dataclass(frozen=True, slots=True)
class ActiveOrganization:
    """The organisation that a session acts for, and what its user may do there."""

    id: str
    slug: str
    role: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Spelling:
    id: str | None
    slug: str | None
    role: str = ""

    def agrees_with(self, other: "_Spelling") -> bool:
        return (
            self.id in {None, other.id}
            and self.slug in {None, other.slug}
            and (not self.role or self.role == other.role)
        )


def active_organization(claims: VerifiedClaims) -> ActiveOrganization:
    """Return the organisation: in ``o`` from version 2 on, flat before.

    A token that says it in both ways must say the same, or readers could take it for different organisations.

    Raises:
        NotAuthenticatedError: None is active, or what is said of it is malformed or contradicts itself.
    """
    version = claims.get("v") if "v" in claims else 1
    reject_unless(type(version) is int and version in {1, _LATEST_VERSION}, RejectionReason.WRONG_VERSION)
    flat = _Spelling(_text(claims.get("org_id")), _text(claims.get("org_slug")), flat_role(claims))
    compact = _compact(claims.get("o"))
    said, repeated = (compact, flat) if version == _LATEST_VERSION else (flat, compact)
    if said.id is None:
        raise NotAuthenticatedError(RejectionReason.NO_ORGANIZATION.value)
    reject_unless(repeated.agrees_with(said), RejectionReason.ORGANIZATIONS_DISAGREE)
    organization_id = as_id(said.id, ORGANIZATION_ID, RejectionReason.MALFORMED_ORGANIZATION)
    slug = said.slug or ""
    reject_unless(_SLUG.fullmatch(slug) is not None, RejectionReason.MALFORMED_ORGANIZATION)
    permissions = compact_permissions if version == _LATEST_VERSION else flat_permissions
    return ActiveOrganization(organization_id, slug, said.role, permissions(claims))


def _compact(value: object) -> _Spelling:
    if value is None:
        return _Spelling(None, None)
    if isinstance(value, dict):
        return _Spelling(_text(value.get("id")), _text(value.get("slg")), compact_role(value))
    raise NotAuthenticatedError(RejectionReason.MALFORMED_ORGANIZATION.value)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise NotAuthenticatedError(RejectionReason.MALFORMED_ORGANIZATION.value)


class SessionTokenVerifier:
    """Verifies session tokens and reads the organisation that is active in them, both as Clerk signed it."""

    def __init__(self, realm: ClerkCustomerRealm, keys: JwksCache, clock: Clock) -> None:
        self._realm = realm
        self._tokens = SignedTokenReader(realm, keys, clock, category=SESSION_CATEGORY)

    async def verify(self, token: str) -> Customer:
        """Return the user that a token of three segments was issued to, with the active organisation.

        Raises:
            NotAuthenticatedError: A check failed, or no organisation is active.
            TokenAuthorityUnavailableError: The key is not known and cannot be fetched.
        """
        claims = await self._tokens.read(token)
        user_id = as_id(claims.get("sub"), USER_ID, RejectionReason.NOT_A_USER)
        as_id(claims.get("sid"), SESSION_ID, RejectionReason.WRONG_SESSION_ID)
        # A pending session has tasks left, such as choosing an organisation, and is not signed in.
        reject_unless("sts" not in claims or claims.get("sts") == "active", RejectionReason.SESSION_NOT_ACTIVE)
        self._check_party(claims)
        organization = active_organization(claims)
        return Customer(
            id=user_id,
            user_id=user_id,
            organization_id=organization.id,
            organization_slug=organization.slug,
            role=organization.role,
            permissions=organization.permissions,
            impersonator=_impersonator(claims),
        )

    def _check_party(self, claims: VerifiedClaims) -> None:
        allowed = self._realm.authorized_parties
        if allowed or "azp" in claims:
            party = claims.text("azp", RejectionReason.WRONG_PARTY)
            reject_unless(not allowed or party in allowed, RejectionReason.WRONG_PARTY)


def _impersonator(claims: VerifiedClaims) -> str | None:
    """Return who acts as the user: the subject of ``act`` (RFC 8693 section 4.1)."""
    act = claims.get("act")
    if act is None:
        return None
    return as_id(act.get("sub") if isinstance(act, dict) else None, ANY_ID, RejectionReason.MALFORMED_ACTOR)
