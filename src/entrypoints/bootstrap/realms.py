"""Clerk, as the settings describe it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from adapters.clerk.customers import ClerkCustomers
from adapters.clerk.machine_tokens import ClerkTokenVerifier
from adapters.clerk.realms import ClerkCustomerRealm, ClerkRealm
from adapters.clerk.token_inspection import ClerkTokenInspector, TokenInspection
from adapters.instrumentation import AuthorityObserver
from adapters.system_clock import SystemClock
from application.ports.clock import Clock
from application.use_cases.authentication import AuthenticateMachine
from domain.customers import PublishPolicy, role_name
from domain.registrants import ReleaseAllowList
from entrypoints.settings import (
    ConsoleSettings,
    CustomerSettings,
)


def console_realm(settings: ConsoleSettings) -> ClerkRealm:
    return ClerkRealm(
        issuer=settings.clerk_issuer,
        api_url=settings.clerk_api_url,
        secret_key=settings.clerk_secret_key.reveal(),
        machine_id=settings.machine_id,
        connect_timeout=settings.clerk_connect_timeout_seconds,
        read_timeout=settings.clerk_read_timeout_seconds,
        deadline=settings.clerk_timeout_seconds,
        max_lifetime=settings.token_max_lifetime_seconds,
        allow_missing_category=not settings.token_category_required,
    )


def customer_realm(settings: CustomerSettings) -> ClerkCustomerRealm:
    return ClerkCustomerRealm(
        issuer=settings.clerk_issuer,
        api_url=settings.clerk_api_url,
        secret_key=settings.clerk_secret_key.reveal(),
        authorized_parties=frozenset(settings.authorized_parties),
    )


def publish_policy(settings: CustomerSettings | None) -> PublishPolicy:
    if settings is None:
        return PublishPolicy()
    return PublishPolicy(
        roles=frozenset(map(role_name, settings.publisher_roles)),
        permissions=frozenset(settings.publisher_permissions),
        scopes=frozenset(settings.publisher_scopes),
        allow_unscoped_keys=settings.unscoped_keys_may_publish,
        allow_impersonation=settings.impersonators_may_publish,
    )


async def open_customers(
    settings: CustomerSettings | None, clock: Clock, stack: AsyncExitStack, observer: AuthorityObserver
) -> ClerkCustomers | None:
    """Open the customer realm until the stack closes; None while it is off."""
    if settings is None:
        return None
    return await stack.enter_async_context(ClerkCustomers(customer_realm(settings), clock, observer=observer))


def inspect_machine_token(settings: ConsoleSettings, token: str) -> TokenInspection:
    """Return which check a token would fail, without a network."""
    allow_list = ReleaseAllowList(frozenset(settings.release_machine_ids))
    return ClerkTokenInspector(console_realm(settings), allow_list, SystemClock()).inspect(token)


@asynccontextmanager
async def open_machine_authentication(settings: ConsoleSettings) -> AsyncIterator[AuthenticateMachine]:
    """Open the authentication of machines alone, which needs no database; it asks Clerk."""
    async with ClerkTokenVerifier(console_realm(settings), SystemClock()) as verifier:
        yield AuthenticateMachine(verifier, ReleaseAllowList(frozenset(settings.release_machine_ids)))
