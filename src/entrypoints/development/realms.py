"""Both realms of development mode, with keys and ports that stay the same."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.tokens import FakeMachine
from entrypoints.development.demo import ACME, GLOBEX

REGISTRY_MACHINE = "mch_local_registry"
RELEASE_MACHINE = "mch_local_release"
CONSOLE_PORT, CUSTOMER_PORT = 8701, 8702
_RELEASE_SECRET = "ak_local_release_machine"  # noqa: S105 -- known to everyone, and worth nothing elsewhere
_API_KEYS = {ACME: "ak_local_acme", GLOBEX: "ak_local_globex"}


@dataclass(frozen=True, slots=True)
class Realms:
    """What development mode knows of both realms.

    Attributes:
        release: The machine that releases the platform's providers.
        api_keys: Of the organisations, by slug.
        settings: Of the registry.
    """

    console: FakeClerk
    customers: FakeClerk
    release: FakeMachine
    api_keys: Mapping[str, str]
    settings: Mapping[str, str]


def open_realms(stack: ExitStack) -> Realms:
    """Start both realms until the stack closes."""
    console, customers = (stack.enter_context(_fake(port)) for port in (CONSOLE_PORT, CUSTOMER_PORT))
    registry = console.add_machine(machine_id=REGISTRY_MACHINE)
    release = console.add_machine(scopes=[registry.id], machine_id=RELEASE_MACHINE, secret=_RELEASE_SECRET)
    for slug, key in _API_KEYS.items():
        organization = customers.add_organization(slug, name=slug.title(), organization_id=f"org_local_{slug}")
        customers.create_api_key(organization.id, secret=key)
    settings = {
        "REGISTRY_CONSOLE_CLERK_ISSUER": console.issuer,
        "REGISTRY_CONSOLE_CLERK_API_URL": console.url,
        "REGISTRY_CONSOLE_CLERK_SECRET_KEY": registry.secret,
        "REGISTRY_CONSOLE_MACHINE_ID": registry.id,
        "REGISTRY_CONSOLE_RELEASE_MACHINE_IDS": release.id,
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
    }
    return Realms(console, customers, release, _API_KEYS, settings)


def _fake(port: int) -> FakeClerk:
    try:
        return FakeClerk(port=port)
    except OSError:  # it is taken
        return FakeClerk()
