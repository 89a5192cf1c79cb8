"""Bounds of the HTTP entrypoint."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Bounds of the HTTP entrypoint.

    Attributes:
        body_bytes: The largest body accepted. Sixteen such may be under way, of customers twelve, of one customer four;
            of smaller ones as many as are as large together.
        in_flight: Registrations that one account may have in flight, per process.
        followers: Clients that may wait for changes at once, per process.
        follow_seconds: How long each may.
        read_cache_bytes: Size of the read cache, per process; 0 turns it off.
    """

    body_bytes: int = 2 * 1024 * 1024
    in_flight: int = 64
    read_cache_bytes: int = 32 * 1024 * 1024
    followers: int = 64
    follow_seconds: float = 55.0
