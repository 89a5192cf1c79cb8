"""Customers and their organisations."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from domain.customers import Organization


class CallerView(Struct, kw_only=True):
    """Who calls, and for which organisation."""

    user_id: Annotated[str, Meta(description="The id of the user, or of the API key.")]
    email: Annotated[str, Meta(description="Null for an API key, or without a primary address.")] | None
    organization_id: str
    organization_name: str


class OrganizationView(Struct, kw_only=True):
    """An organisation."""

    organization_id: str
    name: str
    slug: Annotated[str, Meta(description="The namespace that the organisation publishes in.")]
    status: Annotated[
        Literal["active", "ready"],
        Meta(
            description="`active` when read by id, `ready` as `/organizations/me`: the words of older and newer SDKs."
        ),
    ]
    created_at: datetime
    updated_at: datetime


def organization_view(organization: Organization, *, status: Literal["active", "ready"]) -> OrganizationView:
    return OrganizationView(
        organization_id=organization.id,
        name=organization.name,
        slug=organization.slug,
        status=status,
        created_at=organization.created_at,
        updated_at=organization.updated_at,
    )


CALLER_EXAMPLE = CallerView(
    user_id="user_2abc", email="ada@example.com", organization_id="org_2abc", organization_name="Acme"
)
ORGANIZATION_EXAMPLE = OrganizationView(
    organization_id="org_2abc",
    name="Acme",
    slug="acme",
    status="active",
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
