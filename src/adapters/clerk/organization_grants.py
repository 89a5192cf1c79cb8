"""What a session may do in its organisation: Clerk's role and permissions, in both versions of the session token."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.clerk.verified_claims import VerifiedClaims
from domain.publishing import role_name

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
