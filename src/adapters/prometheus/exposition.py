"""Showing metrics, of one process or of all workers together."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_GAUGES_OF = re.compile(r"gauge_live[a-z]+_(\d+)\.db", re.ASCII)


def exposition(own: CollectorRegistry, shared: Path | None) -> bytes:
    """Return all metrics in Prometheus' text format.

    Args:
        own: Metrics of this process, which count if nothing is shared.
        shared: Folder through which all workers of one server share theirs.
    """
    if shared is None:
        return generate_latest(own)
    for process in _dead(shared):
        # What it counted stays true; what it had in flight went with it.
        with suppress(FileNotFoundError):  # another worker was first
            mark_process_dead(process, str(shared))  # type: ignore[no-untyped-call] # it is untyped
    together = CollectorRegistry()
    MultiProcessCollector(together, str(shared))  # type: ignore[no-untyped-call] # it is untyped
    return generate_latest(together)


def _dead(shared: Path) -> Iterator[int]:
    for process in {int(found[1]) for path in shared.iterdir() if (found := _GAUGES_OF.fullmatch(path.name))}:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            yield process
