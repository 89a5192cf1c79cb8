"""Bounds of the HTTP entrypoint."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Bounds of the HTTP entrypoint.

    Attributes:
        body_bytes: The largest body accepted. Bodies in flight may take 16 times as much together: those of customers
            12 times, of one customer 4 times.
        in_flight: Requests with a body that one account may have in flight, per process.
        followers: Clients that may wait for changes at once, per process.
        follow_seconds: How long each may.
        read_cache_bytes: Size of the read cache, per process; 0 turns it off.
    """

    body_bytes: int = 2 * 1024 * 1024
    in_flight: int = 64
    read_cache_bytes: int = 32 * 1024 * 1024
    followers: int = 64
    follow_seconds: float = 55.0
