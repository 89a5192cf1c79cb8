"""What handlers need, in one value."""

import asyncio
from dataclasses import dataclass, field

from application.fair_share import FairShare, Shares
from domain.catalog import PLATFORM_AUTHOR, Author
from entrypoints.http.cache.read_cache import ReadCache
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.requests.in_flight import InFlight
from entrypoints.index_paths import index_path
from entrypoints.telemetry import Telemetry

_LISTINGS_AT_ONCE = 2
_BODIES_AT_ONCE = 16
_DECODED_AT_ONCE = 2
"""One of them is a customer's at most: what computes in threads takes time from the event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Bounds of the HTTP entrypoint.

    Attributes:
        body_bytes: The largest body accepted. Sixteen such may be under way, of customers twelve, of one customer four;
            of smaller ones as many as are as large together.
        in_flight: Registrations that one account may have in flight, per process.
        read_cache_bytes: How much is kept of what was read, per process; 0 for nothing.
    """

    body_bytes: int = 2 * 1024 * 1024
    in_flight: int = 64
    read_cache_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """What handlers share beside the use cases: limits, caches and telemetry.

    Attributes:
        public_url: Where dependents reach the registry, without a slash at the end; None to take a request's word.
        platform: The author of first-party providers.
        listings: Admits those who make a page of a package index; such pages may be large.
        bodies: Memory for the bodies under way, in bytes.
        decoding: Threads that decode large bodies.
    """

    limits: HttpLimits
    telemetry: Telemetry
    reads: ReadCache
    rendering: RenderingPool
    public_url: str | None = None
    platform: Author = PLATFORM_AUTHOR
    in_flight: InFlight = field(init=False)
    listings: asyncio.Semaphore = field(init=False)
    bodies: FairShare = field(init=False)
    decoding: FairShare = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing in flight."""
        object.__setattr__(self, "in_flight", InFlight(self.limits.in_flight))
        object.__setattr__(self, "bodies", FairShare(Shares.of(_BODIES_AT_ONCE * self.limits.body_bytes)))
        object.__setattr__(self, "decoding", FairShare(Shares.of(_DECODED_AT_ONCE)))
        object.__setattr__(self, "listings", asyncio.Semaphore(_LISTINGS_AT_ONCE))

    def index_url(self, prefix: str) -> str:
        """Return the URL of a namespace's package index; its path only, if the registry's own URL is not configured."""
        return f"{self.public_url or ''}{index_path(prefix)}"
