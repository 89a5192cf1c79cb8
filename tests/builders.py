"""Test data with defaults."""

from provider_registry_testing.builders import (
    MACHINE_ID,
    NOW,
    RUNTIME_VERSION,
    a_building_version,
    a_name,
    a_proven_wheel,
    a_record,
    a_version,
    a_wheel,
    a_wheel_url,
    an_announcement,
    some_metadata,
)

__all__ = [
    "MACHINE_ID",
    "NOW",
    "RUNTIME_VERSION",
    "a_building_version",
    "a_name",
    "a_proven_wheel",
    "a_record",
    "a_version",
    "a_wheel",
    "a_wheel_url",
    "an_announcement",
    "some_metadata",
]
