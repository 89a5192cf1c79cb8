"""Showing metrics, of one process or of all workers together."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.openmetrics import exposition as openmetrics

_GAUGES_OF = re.compile(r"gauge_live[a-z]+_(\d+)\.db", re.ASCII)


def expositions(own: CollectorRegistry, shared: Path | None) -> Mapping[str, Callable[[], bytes]]:
    """Return what renders all metrics, by media type; Prometheus' text format comes first.

    Args:
        own: See ``exposition``.
        shared: See ``exposition``.
    """
    return {
        CONTENT_TYPE_PLAIN_0_0_4: partial(exposition, own, shared),
        openmetrics.CONTENT_TYPE_LATEST: partial(exposition, own, shared, openmetrics.generate_latest),
    }


def exposition(
    own: CollectorRegistry, shared: Path | None, render: Callable[[CollectorRegistry], bytes] = generate_latest
) -> bytes:
    """Return all metrics.

    Args:
        own: Metrics of this process, which count if nothing is shared.
        shared: Folder through which all workers of one server share theirs.
        render: Writes them in one format.
    """
    if shared is None:
        return render(own)
    for process in _dead(shared):
        # What it counted stays true; what it had in flight went with it.
        with suppress(FileNotFoundError):  # another worker was first
            mark_process_dead(process, str(shared))  # type: ignore[no-untyped-call] # it is untyped
    together = CollectorRegistry()
    MultiProcessCollector(together, str(shared))  # type: ignore[no-untyped-call] # it is untyped
    return render(together)


def _dead(shared: Path) -> Iterator[int]:
    for process in {int(found[1]) for path in shared.iterdir() if (found := _GAUGES_OF.fullmatch(path.name))}:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            yield process
