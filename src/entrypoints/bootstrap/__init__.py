"""The composition root: the one place that chooses adapters.

The server, the command line, tests and users' own scripts all build the registry here.
"""

from adapters.clerk.token_inspection import TokenInspection
from entrypoints.bootstrap.databases import (
    DatabaseLayout,
    connection_options,
    is_database_there,
    open_layout,
    serving_database,
)
from entrypoints.bootstrap.opening import open_adapters, open_operations, open_registry
from entrypoints.bootstrap.realms import (
    console_realm,
    customer_realm,
    inspect_machine_token,
    open_machine_authentication,
)
from entrypoints.bootstrap.telemetry import open_telemetry
from entrypoints.bootstrap.wiring import Adapters, MemoryAdapters, build_registry
from entrypoints.wheel_verification import address_policy, fetch_policy, open_wheel_verification

__all__ = [
    "Adapters",
    "DatabaseLayout",
    "MemoryAdapters",
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
    "open_layout",
    "open_machine_authentication",
    "open_operations",
    "open_registry",
    "open_telemetry",
    "open_wheel_verification",
    "serving_database",
]
