"""The OpenAPI document's part on the customer realm."""

from entrypoints.http.documentation import (
    READ_RESPONSES,
    REGISTRATION_RESPONSES,
    document_response,
    problem_response,
)
from entrypoints.http.wire import CallerView, OrganizationView

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

CUSTOMER_REGISTRATION_RESPONSES = {
    **REGISTRATION_RESPONSES,
    403: problem_response(
        "Forbidden", "namespace_forbidden", 403, "this organisation publishes under its own namespace"
    ),
}
_READ_RESPONSES = {
    401: problem_response("Not authenticated", "not_authenticated", 401, "Not authenticated"),
    403: problem_response("Forbidden", "organization_forbidden", 403, "this is not your active organisation"),
    503: problem_response(
        "Out of service", "token_authority_unavailable", 503, "tokens cannot be verified now; try again"
    ),
}
CALLER_RESPONSES = {
    **_READ_RESPONSES,
    200: document_response(CallerView, "The caller.", CALLER_EXAMPLE),
}
ACTIVE_ORGANIZATION_RESPONSES = {
    **_READ_RESPONSES,
    200: document_response(OrganizationView, "The organisation.", {**ORGANIZATION_EXAMPLE, "status": "ready"}),
}
ORGANIZATION_RESPONSES = {
    **_READ_RESPONSES,
    200: document_response(OrganizationView, "The organisation.", ORGANIZATION_EXAMPLE),
    400: READ_RESPONSES[400],
}
