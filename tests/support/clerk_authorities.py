"""Every verifier of tokens with whoever issues them, in one shape for one suite."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeVar

from adapters.memory.token_verifiers import IssuedTokens
from entrypoints.development.clerk.fake_clerk import FakeClerk
from entrypoints.development.clerk.faults import ConnectionReset
from provider_registry_testing.token_verifier import TokenAuthority
from tests.support.clerk import AdjustableClock, Realm, Verifier
from tests.support.clerk_customers import CustomerRealm

Holder = TypeVar("Holder")


def in_memory(verifier: IssuedTokens[Holder], holder: Holder, *unknown: str) -> TokenAuthority:
    return TokenAuthority(
        verifier=verifier,
        holder=holder,
        issue=lambda: verifier.issue(holder),
        expire=verifier.expire,
        revoke=verifier.revoke,
        go_down=lambda: setattr(verifier, "unavailable", True),
        come_back=lambda: setattr(verifier, "unavailable", False),
        unknown=unknown,
    )


def machines(realm: Realm, verifier: Verifier, token_format: Literal["opaque", "jwt"], *unknown: str) -> TokenAuthority:
    return _clerk(
        realm.clerk,
        realm.clock,
        verifier=verifier,
        holder=realm.sender_as_machine,
        issue=lambda: realm.clerk.mint(realm.sender, format=token_format, seconds=60),
        unknown=unknown,
    )


def sessions(realm: CustomerRealm, verifier: Verifier, *unknown: str) -> TokenAuthority:
    """Machine tokens, even of the same instance, prove no customer."""
    machine = realm.clerk.add_machine(scopes=["mch_registry"])
    return _clerk(
        realm.clerk,
        realm.clock,
        verifier=verifier,
        holder=realm.customer,
        issue=lambda: realm.clerk.session_token(realm.session),
        unknown=(*unknown, realm.clerk.mint(machine), realm.clerk.mint(machine, format="jwt"), machine.secret),
    )


def api_keys(realm: CustomerRealm, verifier: Verifier, *unknown: str) -> TokenAuthority:
    key = realm.clerk.create_api_key(realm.organization.id, seconds=60)
    holder = realm.as_customer(realm.clerk.api_key_id(key), scopes=frozenset())
    return replace(sessions(realm, verifier, *unknown), holder=holder, issue=lambda: key)


def _clerk(
    clerk: FakeClerk,
    clock: AdjustableClock,
    *,
    verifier: Verifier,
    holder: object,
    issue: Callable[[], str],
    unknown: tuple[str, ...],
) -> TokenAuthority:
    def come_back() -> None:
        clerk.faults.clear()
        clock.advance(10)

    return TokenAuthority(
        verifier=verifier,
        holder=holder,
        issue=issue,
        expire=lambda token: clock.advance(65),
        revoke=clerk.revoke,
        go_down=lambda: clerk.faults.always(ConnectionReset()),
        come_back=come_back,
        unknown=unknown,
    )
