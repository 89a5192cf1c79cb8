"""Limits of a fetch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """Limits of fetching. All durations are in seconds.

    Attributes:
        max_bytes: Of one wheel.
        deadline: For one wheel, with redirects, retries and the waits between them.
        connect_timeout: For resolving, and for connecting with TLS to one of the addresses.
        answer_timeout: For the complete head of one response, connecting included.
        start_deadline: For the first byte of the file, with redirects, retries and the waits between them.
        min_rate: Bytes per second that a host must deliver, averaged over ``rate_window``.
        rate_window: Also the read timeout.
        max_redirects: Per attempt.
        max_attempts: Including the first one.
        first_delay: Before the second attempt; doubled for each further one, unless the host asks for more.
        max_concurrent: Wheels held at once, so the spool takes up to this many times ``max_bytes``.
        max_wait: For one of those slots.
        max_idle: Idle connections kept; if there are any, the fetcher must be closed.
        idle_seconds: How long one is kept; shorter than hosts keep theirs.
        user_agent: Sent to wheel hosts.
    """

    max_bytes: int = 512 * 1024 * 1024
    deadline: float = 300.0
    connect_timeout: float = 10.0
    answer_timeout: float = 30.0
    start_deadline: float = 45.0
    min_rate: int = 128 * 1024
    rate_window: float = 15.0
    max_redirects: int = 5
    max_attempts: int = 3
    first_delay: float = 0.5
    max_concurrent: int = 16
    max_wait: float = 30.0
    max_idle: int = 0
    idle_seconds: float = 4.0
    user_agent: str = "provider-registry"
