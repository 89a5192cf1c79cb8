"""Reading the active organisation of a session, which Clerk spells in two ways."""

import re
from dataclasses import dataclass

from adapters.clerk import ids
from adapters.clerk.organization_grants import compact_permissions, compact_role, flat_permissions, flat_role
from adapters.clerk.refusals import Refusal, require
from adapters.clerk.verified_claims import VerifiedClaims
from application.errors import NotAuthenticatedError

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

    A token that says it in both ways must say the same, lest another reader takes it for another organisation's.

    Raises:
        NotAuthenticatedError: None is active, or what is said of it is malformed or contradicts itself.
    """
    version = claims.get("v") if "v" in claims else 1
    require(type(version) is int and version in {1, _LATEST_VERSION}, Refusal.WRONG_VERSION)
    flat = _Spelling(_text(claims.get("org_id")), _text(claims.get("org_slug")), flat_role(claims))
    compact = _compact(claims.get("o"))
    said, repeated = (compact, flat) if version == _LATEST_VERSION else (flat, compact)
    if said.id is None:
        raise NotAuthenticatedError(Refusal.NO_ORGANIZATION.value)
    require(repeated.agrees_with(said), Refusal.ORGANIZATIONS_DISAGREE)
    organization_id = ids.as_id(said.id, ids.ORGANIZATION, Refusal.MALFORMED_ORGANIZATION)
    slug = said.slug or ""
    require(_SLUG.fullmatch(slug) is not None, Refusal.MALFORMED_ORGANIZATION)
    permissions = compact_permissions if version == _LATEST_VERSION else flat_permissions
    return ActiveOrganization(organization_id, slug, said.role, permissions(claims))


def _compact(value: object) -> _Spelling:
    if value is None:
        return _Spelling(None, None)
    if isinstance(value, dict):
        return _Spelling(_text(value.get("id")), _text(value.get("slg")), compact_role(value))
    raise NotAuthenticatedError(Refusal.MALFORMED_ORGANIZATION.value)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise NotAuthenticatedError(Refusal.MALFORMED_ORGANIZATION.value)
