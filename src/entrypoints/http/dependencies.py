"""What the application injects into handlers by name."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from litestar.di import Provide

from entrypoints.use_cases import CustomerRealm, LogUseCases, ProvenanceUseCases, UseCases

_NOT_INJECTED = frozenset(
    {
        "build_version",
        "changes",
        "check_availability",
        "checks",
        "customers",
        "log",
        "provenance",
        "read_mirror",
        "tasks",
    }
)


def use_cases(
    opened: Callable[[], UseCases], *, customer_realm: bool, mirror: bool, log: bool, provenance: bool
) -> dict[str, Provide]:
    """Return a dependency for each use case, under its name.

    Args:
        opened: Returns the use cases. Called once the application serves requests.
        customer_realm: Whether they have that realm.
        mirror: Whether they have a mirror.
        log: Whether they have a transparency log.
        provenance: Whether they have attestations.
    """
    provided = attributes(opened, {field.name for field in fields(UseCases)} - _NOT_INJECTED | {"registration"})
    if customer_realm:
        provided |= attributes(lambda: opened().customers, (field.name for field in fields(CustomerRealm)))
    if mirror:
        provided |= attributes(opened, ["read_mirror"])
    if log:
        provided |= attributes(
            lambda: opened().log, {field.name for field in fields(LogUseCases)} - {"append", "measure"}
        )
    else:
        provided["find_log_place"] = Provide(_nothing, sync_to_thread=False)
    if provenance:
        provided |= attributes(lambda: opened().provenance, (field.name for field in fields(ProvenanceUseCases)))
    return provided


def _nothing() -> None:
    """Return what stands for a use case that this registry does not have."""


def attributes(opened: Callable[[], object], names: Iterable[str]) -> dict[str, Provide]:
    """Return a dependency for each named attribute."""
    return {name: _attribute(opened, name) for name in names}


def _attribute(opened: Callable[[], object], name: str) -> Provide:
    def provide() -> Any:  # noqa: ANN401 -- each handler states the type
        return getattr(opened(), name)

    return Provide(provide, sync_to_thread=False)
