"""File descriptors for the connections that a server is to hold."""

import resource

_OTHERS = 512
"""Kept for all else in a worker: the database, Clerk, wheel hosts, spooled files, libraries."""


def allow_connections(count: int) -> int:
    """Raise the soft limit of file descriptors, which workers inherit, as far as needed and as the hard one admits.

    Returns:
        How many connections the limit then leaves room for, at most as many as asked for.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + _OTHERS
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return count
    allowed = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(1, min(count, allowed - _OTHERS))
