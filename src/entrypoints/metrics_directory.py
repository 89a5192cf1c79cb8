"""The folder through which the workers of one server show their metrics together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that the Prometheus client reads, once, when it is imported."""


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Have the workers that are started meanwhile share their metrics. Enter before the client is imported."""
    with TemporaryDirectory(prefix="registry-metrics-") as folder:
        os.environ[SHARED_METRICS] = folder
        yield
