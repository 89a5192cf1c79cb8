"""Routes of the customer realm."""

from functools import partial
from typing import Any

import structlog
from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware
from litestar.params import FromPath
from msgspec.structs import replace

from application.use_cases.authentication import AuthenticateCustomer
from application.use_cases.describe_customer import DescribeCustomer
from domain.customers import Customer, PublishPolicy
from domain.errors import InvalidProviderNameError, NamespaceForbiddenError
from domain.names import ProviderName
from entrypoints.http.middleware.registration_metrics import RegistrationMetricsMiddleware
from entrypoints.http.openapi import responses
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.authentication import bearer_token
from entrypoints.http.requests.parameters import exact_path_only
from entrypoints.http.routes.registrations import (
    REGISTRATION_RESPONSES,
    RegistrationOperation,
    register,
)
from entrypoints.presenters.dry_runs import DryRunView
from entrypoints.presenters.organizations import (
    CALLER_EXAMPLE,
    ORGANIZATION_EXAMPLE,
    CallerView,
    OrganizationView,
    organization_view,
)
from entrypoints.presenters.versions import ProviderVersionView
from entrypoints.use_cases import RegistrationUseCases


async def authenticated_customer(
    request: Request[Any, Any, Any], authenticate_customer: NamedDependency[AuthenticateCustomer]
) -> Customer:
    """Return the customer that calls.

    Raises:
        NotAuthenticatedError: The token is missing or not valid.
        TokenAuthorityUnavailableError: The token could not be verified.
    """
    customer = await authenticate_customer.execute(bearer_token(request))
    structlog.contextvars.bind_contextvars(customer_id=customer.actor, organization_id=customer.organization_id)
    return customer


async def authenticated_publisher(
    request: Request[Any, Any, Any],
    authenticate_customer: NamedDependency[AuthenticateCustomer],
    publish_policy: NamedDependency[PublishPolicy],
) -> Customer:
    """Return the customer that calls, who may publish for its organisation.

    Raises:
        NotAuthenticatedError: The token is missing or not valid.
        PublishForbiddenError: The customer may not publish.
        TokenAuthorityUnavailableError: The token could not be verified.
    """
    customer = await authenticated_customer(request, authenticate_customer)
    publish_policy.admit(customer)
    return customer


@post(
    "/provider-versions",
    tags=["Customers"],
    summary="Register Provider Version",
    description="Register a version of a provider in the namespace of the caller's organisation. Same body and same "
    "answers as on the Console route.",
    operation_id="registerProviderVersion",
    operation_class=RegistrationOperation,
    responses=REGISTRATION_RESPONSES,
    security=[{"Customer": []}],
    dependencies={"publisher": Provide(authenticated_publisher)},
    middleware=[DefineMiddleware(RegistrationMetricsMiddleware, realm="customer")],
    guards=[exact_path_only],
)
async def register_customer_version(
    request: Request[Any, Any, Any],
    publisher: NamedDependency[Customer],
    describe_customer: NamedDependency[DescribeCustomer],
    registration: NamedDependency[RegistrationUseCases],
    admission: NamedDependency[Admission],
) -> Response[ProviderVersionView | DryRunView]:
    """Authenticate, and only then read the body."""
    customer = await describe_customer.named(publisher)
    read_name = partial(customer_name, customer)
    return await register(request, admission, registration, customer, read_name)


@get(
    "/auth/me",
    tags=["Customers"],
    summary="Who am I?",
    description="Who the token is of, and which organisation it acts for.",
    operation_id="whoAmI",
    responses={200: responses.response("The caller.", CALLER_EXAMPLE)},
    security=[{"Customer": []}],
    dependencies={"customer": Provide(authenticated_customer)},
    guards=[exact_path_only],
)
async def who_am_i(
    customer: NamedDependency[Customer],
    describe_customer: NamedDependency[DescribeCustomer],
) -> CallerView:
    """Tell the caller who it is, and for which organisation it acts."""
    described = await describe_customer.execute(customer)
    return CallerView(
        user_id=described.customer.id,
        email=described.email,
        organization_id=described.organization.id,
        organization_name=described.organization.name,
    )


@get(
    "/organizations/me",
    tags=["Customers"],
    summary="Read the active organisation",
    description="The organisation that is active in the session, or that the API key belongs to.",
    operation_id="readActiveOrganization",
    responses={200: responses.response("The organisation.", replace(ORGANIZATION_EXAMPLE, status="ready"))},
    security=[{"Customer": []}],
    dependencies={"customer": Provide(authenticated_customer)},
    guards=[exact_path_only],
)
async def find_active_organization(
    customer: NamedDependency[Customer],
    describe_customer: NamedDependency[DescribeCustomer],
) -> OrganizationView:
    """Read the organisation that the caller acts for."""
    found = await describe_customer.find_organization(customer, customer.organization_id)
    return organization_view(found, status="ready")


@get(
    "/organizations/{organization_id:str}",
    tags=["Customers"],
    summary="Read the caller's organisation",
    description="The active organisation of the token; no other one is shown.",
    operation_id="readOrganization",
    responses={200: responses.response("The organisation.", ORGANIZATION_EXAMPLE)},
    security=[{"Customer": []}],
    dependencies={"customer": Provide(authenticated_customer)},
    guards=[exact_path_only],
)
async def find_organization(
    organization_id: FromPath[str],
    customer: NamedDependency[Customer],
    describe_customer: NamedDependency[DescribeCustomer],
) -> OrganizationView:
    """Tell the caller about its own organisation."""
    found = await describe_customer.find_organization(customer, organization_id)
    return organization_view(found, status="active")


def customer_name(customer: Customer, written: str, organization_id: str | None) -> ProviderName:
    """Read a canonical name, or the short name of a legacy client together with its organisation's id.

    Raises:
        InvalidProviderNameError: It is neither.
        NamespaceForbiddenError: The id is another organisation's.
    """
    if "/" in written:
        return ProviderName.parse(written)
    name = ProviderName(customer.organization_slug, written)
    if organization_id is None:
        raise InvalidProviderNameError(f"send the canonical name, '{name}'")
    if organization_id != customer.organization_id:
        raise NamespaceForbiddenError(
            f"organization_id is not your active organisation; send the canonical name, '{name}'"
        )
    return name
