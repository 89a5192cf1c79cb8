"""Settings reach the adapters they are about: a check that is configured and not wired protects nobody."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from entrypoints.bootstrap import address_policy, connection_options, console_realm, customer_realm, fetch_policy
from entrypoints.secret import Secret
from entrypoints.settings import ConsoleSettings, CustomerSettings, DatabaseSettings, WheelSettings

CONSOLE = ConsoleSettings(
    clerk_issuer="https://a.example.com", clerk_secret_key=Secret("ak_a"), machine_id="mch_registry"
)
CUSTOMER = CustomerSettings(clerk_issuer="https://b.example.com", clerk_secret_key=Secret("sk_b"))


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"clerk_issuer": "https://z.example.com"}, "issuer", "https://z.example.com"),
        ({"clerk_api_url": "https://z.example.com"}, "api_url", "https://z.example.com"),
        ({"clerk_secret_key": Secret("ak_z")}, "secret_key", "ak_z"),
        ({"machine_id": "mch_z"}, "machine_id", "mch_z"),
        ({"clerk_connect_timeout_seconds": 7.0}, "connect_timeout", 7.0),
        ({"clerk_read_timeout_seconds": 7.0}, "read_timeout", 7.0),
        ({"clerk_timeout_seconds": 7.0}, "deadline", 7.0),
        ({"token_max_lifetime_seconds": 7.0}, "max_lifetime", 7.0),
        ({"token_category_required": False}, "allow_missing_category", True),
    ],
)
def test_every_setting_of_the_console_realm_counts(changes: dict[str, Any], field: str, value: object) -> None:
    assert getattr(console_realm(CONSOLE), field) != value
    assert getattr(console_realm(msgspec.structs.replace(CONSOLE, **changes)), field) == value


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"clerk_issuer": "https://z.example.com"}, "issuer", "https://z.example.com"),
        ({"clerk_api_url": "https://z.example.com"}, "api_url", "https://z.example.com"),
        ({"clerk_secret_key": Secret("sk_z")}, "secret_key", "sk_z"),
        ({"authorized_parties": ("https://app.example.com",)}, "authorized_parties", {"https://app.example.com"}),
    ],
)
def test_every_setting_of_the_customer_realm_counts(changes: dict[str, Any], field: str, value: object) -> None:
    assert getattr(customer_realm(CUSTOMER), field) != value
    assert getattr(customer_realm(msgspec.structs.replace(CUSTOMER, **changes)), field) == value


def test_every_setting_of_fetching_counts() -> None:
    settings = WheelSettings(
        allowed_networks=("10.0.0.0/8",),
        allowed_hosts=("wheels.internal",),
        max_bytes=7,
        deadline_seconds=8.0,
        max_concurrent=9,
    )
    policy, rules = fetch_policy(settings), address_policy(settings)

    assert (policy.max_bytes, policy.deadline, policy.max_concurrent) == (7, 8.0, 9)
    assert [str(network) for network in rules.allowed_networks] == ["10.0.0.0/8"]
    assert rules.allowed_hosts == {"wheels.internal"}


def test_every_setting_of_connections_counts() -> None:
    options = connection_options(DatabaseSettings(pool_size=7, prepared_statements=False, data_dir=Path("x")))

    assert (options.pool_size, options.prepared_statements) == (7, False)
