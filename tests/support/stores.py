"""Writing to version stores."""

from provider_registry_testing.writes import (
    EVERY_METHOD,
    Decided,
    event_of,
    numbers,
    put,
    writing,
)

__all__ = ["EVERY_METHOD", "Decided", "event_of", "numbers", "put", "writing"]
