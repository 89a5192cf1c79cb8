"""From the command to the first successful readiness check, on an embedded database that exists already."""

import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Spread, at_most
from benchmarks.processes import free_port, serving
from benchmarks.workbench import Workbench


def measure(bench: Workbench) -> Iterator[Figure]:
    """Start once to initialise the database, then again and again."""
    bench.say("Initialising an embedded database")
    _start(bench)
    taken = []
    for number in range(bench.plan.starts):
        bench.say(f"Starting: {number + 1} of {bench.plan.starts}")
        taken.append(_start(bench))
    yield Figure(
        section="start",
        what="start to ready, embedded database already initialised",
        value=Spread.of(taken),
        unit="s",
        goal=at_most(2),
    )


def _start(bench: Workbench) -> float:
    port = free_port()
    variables = {
        **bench.environment,
        "REGISTRY_PORT": str(port),
        "REGISTRY_DATA_DIR": str(bench.folder / "embedded"),
    }
    url = f"http://127.0.0.1:{port}/health/ready"
    started = time.perf_counter()
    with serving(["entrypoints.cli.main", "serve"], url=url, log=bench.folder / "start.log", environment=variables):
        return time.perf_counter() - started
