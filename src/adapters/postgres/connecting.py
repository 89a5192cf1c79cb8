"""Connecting to the first of several hosts that will do."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]  # it ships no types

_CHOOSES_AMONG_ALL = "prefer-standby"


async def connect(*, dsn: str, **options: Any) -> Any:  # noqa: ANN401 - the driver is not typed
    """Connect as asyncpg does, but with the timeout for each host, as in libpq.

    asyncpg's covers all hosts together, so a first host that died without a word would hide the one that took over.
    """
    *firsts, last = one_by_one(dsn)
    for first in firsts:
        try:
            return await asyncpg.connect(dsn=first, **options)
        except (OSError, asyncpg.TargetServerAttributeNotMatched, asyncpg.CannotConnectNowError):
            continue
    return await asyncpg.connect(dsn=last, **options)


def one_by_one(dsn: str) -> Sequence[str]:
    """Return a DSN for each host, in order; the DSN itself where a connection is chosen among all."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts or _CHOOSES_AMONG_ALL in parts.query:
        return [dsn]
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]
