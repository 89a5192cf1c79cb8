"""File descriptors for the connections that a server is to hold."""

import resource

_OTHERS = 512
"""Kept for all else in a worker: the database, Clerk, wheel hosts, spooled files, libraries."""


def allow_connections(count: int) -> int:
    """Raise the limit of file descriptors, which workers inherit, as far as so many connections need and it may be.

    Returns:
        How many connections the limit then leaves room for, at most as many as asked for.
    """
    soft, hard = (_number(limit) for limit in resource.getrlimit(resource.RLIMIT_NOFILE))
    allowed = max(soft, min(hard, count + _OTHERS))
    if allowed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return max(1, min(count, allowed - _OTHERS))


def _number(limit: int) -> float:
    return float("inf") if limit == resource.RLIM_INFINITY else limit
