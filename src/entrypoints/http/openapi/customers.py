"""The OpenAPI document's part on the customer realm."""

from entrypoints.http.openapi.config import document_response
from entrypoints.presenters.organizations import CallerView, OrganizationView

CALLER_EXAMPLE: dict[str, object] = {
    "user_id": "user_2abc",
    "email": "ada@example.com",
    "organization_id": "org_2abc",
    "organization_name": "Acme",
}
ORGANIZATION_EXAMPLE: dict[str, object] = {
    "organization_id": "org_2abc",
    "name": "Acme",
    "slug": "acme",
    "status": "active",
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:05Z",
}

CALLER_RESPONSES = {200: document_response(CallerView, "The caller.", CALLER_EXAMPLE)}
ACTIVE_ORGANIZATION_RESPONSES = {
    200: document_response(OrganizationView, "The organisation.", {**ORGANIZATION_EXAMPLE, "status": "ready"})
}
ORGANIZATION_RESPONSES = {200: document_response(OrganizationView, "The organisation.", ORGANIZATION_EXAMPLE)}
