"""Reading one version with 15 kB of schemas, against the plain service and against constant bytes."""

from collections.abc import Iterator
from statistics import median

import httpx

from benchmarks.client import Job
from benchmarks.figures import Figure, Goal, Spread, at_least, ratios
from benchmarks.load import Load, checked, read, send
from benchmarks.processes import cpu_seconds
from benchmarks.rounds import interleaved
from benchmarks.sections.scale import NOTHING_KEPT
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Served, Workbench

PATH = "/providers/platform/bench/versions/1.0.0"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Read from all of them in turn."""
    wheel = write_wheel(bench.host.folder, version="1.0.0", megabytes=0)
    registration = bench.registration(wheel, name="bench", version="1.0.0")
    with bench.registry() as registry, bench.registry(**NOTHING_KEPT) as asking, bench.plain_service() as plain:
        for served in (registry, asking, plain):
            checked(send(served.url, Job([registration], connections=1)), 201)
        body = httpx.get(registry.url + PATH, trust_env=False).raise_for_status().content
        with bench.constant(body, PATH) as constant:
            yield from _compare(bench, registry, asking, plain, constant, size=len(body))


def _compare(
    bench: Workbench, registry: Served, asking: Served, plain: Served, constant: Served, *, size: int
) -> Iterator[Figure]:
    costs: list[float] = []

    def read_registry() -> Load:
        before = cpu_seconds(registry.process)
        load = _read(bench, registry)
        costs.append(load.completed / (cpu_seconds(registry.process) - before))
        return load

    for served in (registry, asking, plain, constant):
        read(served.url, [PATH], seconds=min(1.0, bench.plan.seconds))  # caches, connections, compiled statements
    loads = interleaved(
        bench,
        "Reading",
        {
            "registry": read_registry,
            "registry, asking its database": lambda: _read(bench, asking),
            "plain": lambda: _read(bench, plain),
            "constant": lambda: _read(bench, constant),
        },
    )
    what = f"read one version, {size / 1000:.0f} kB, 32 connections"
    yield _figure(what, "plain FastAPI service", loads["registry"], loads["plain"], at_least(15))
    asked = loads["registry, asking its database"]
    yield _figure(f"{what}, nothing kept in memory", "plain FastAPI service", asked, loads["plain"], at_least(1.6))
    yield _figure(what, "the same bytes as a constant", loads["registry"], loads["constant"], at_least(0.6))
    yield Figure(section="read", what="reads per second of one core, database apart", value=Spread.of(costs), unit="/s")


def _read(bench: Workbench, served: Served) -> Load:
    return read(served.url, [PATH], seconds=bench.plan.seconds)


def _figure(what: str, against: str, ours: list[Load], theirs: list[Load], goal: Goal) -> Figure:
    mine, other = ([load.per_second for load in loads] for loads in (ours, theirs))
    return Figure(
        section="read",
        what=what,
        ours=f"{median(mine):,.0f}/s, p99 {median(load.p99 for load in ours) * 1000:.1f} ms",
        against=f"{against}: {median(other):,.0f}/s",
        value=ratios(mine, other),
        goal=goal,
    )
