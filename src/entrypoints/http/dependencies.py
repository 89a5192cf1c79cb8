"""What the application injects into handlers by name: the use cases of the registry."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from litestar.di import Provide

from entrypoints.use_cases import CustomerRealm, UseCases

_NO_USE_CASES = frozenset({"changes", "customers"})


def use_cases(opened: Callable[[], UseCases], *, customer_realm: bool) -> dict[str, Provide]:
    """Return a dependency for each use case, under its name.

    Args:
        opened: Returns the registry. Called once the application serves requests.
        customer_realm: Whether the registry has that realm.
    """
    provided = {
        field.name: _attribute(opened, field.name) for field in fields(UseCases) if field.name not in _NO_USE_CASES
    }
    if customer_realm:
        provided |= {field.name: _attribute(lambda: opened().customers, field.name) for field in fields(CustomerRealm)}
    return provided


def _attribute(opened: Callable[[], object], name: str) -> Provide:
    def provide() -> Any:  # noqa: ANN401 -- each handler states the type
        return getattr(opened(), name)

    return Provide(provide, use_cache=True, sync_to_thread=False)
