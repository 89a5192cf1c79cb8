"""The composition root: the one place that chooses adapters.

The server, the command line, tests and users' own scripts all build the registry here.
"""

from adapters.clerk.token_inspection import TokenInspection
from entrypoints.bootstrap.adapters import Adapters, MemoryAdapters, MirrorAdapters
from entrypoints.bootstrap.databases import (
    connection_options,
    is_database_there,
    serving_database,
)
from entrypoints.bootstrap.production import open_adapters, open_admin_use_cases, open_registry
from entrypoints.bootstrap.realms import (
    console_realm,
    customer_realm,
    inspect_machine_token,
    open_machine_authentication,
)
from entrypoints.bootstrap.telemetry import open_telemetry
from entrypoints.bootstrap.wiring import build_registry
from entrypoints.wheel_verification import address_policy, fetch_policy, open_wheel_verification

__all__ = [
    "Adapters",
    "MemoryAdapters",
    "MirrorAdapters",
    "TokenInspection",
    "address_policy",
    "build_registry",
    "connection_options",
    "console_realm",
    "customer_realm",
    "fetch_policy",
    "inspect_machine_token",
    "is_database_there",
    "open_adapters",
    "open_admin_use_cases",
    "open_machine_authentication",
    "open_registry",
    "open_telemetry",
    "open_wheel_verification",
    "serving_database",
]
