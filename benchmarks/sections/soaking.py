"""Mixed traffic for a while: memory, file descriptors and database connections must be flat at the end."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from statistics import median

from benchmarks.client import Answers, Job, Request
from benchmarks.figures import Figure, Spread, at_most
from benchmarks.load import MeasurementError, finished, send, sending
from benchmarks.processes import family
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Served, Workbench, query

_READS_AT_ONCE = 8
_REGISTRATIONS_PER_SECOND = 10
_YANKS_PER_SECOND = 10
_PROVIDERS = 50
_RELEASES_BEFORE = 2  # a yank of the first leaves each provider a latest version
_SAMPLE_SECONDS = 0.5
_SAYS_EVERY = 20
_POOL = 10
_MIB = 1024 * 1024
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class _Sample:
    memory: float
    descriptors: float
    connections: float


def measure(bench: Workbench) -> Iterator[Figure]:
    """Read, register, yank and restore at once, and look at the server from outside meanwhile."""
    with bench.migrated_database() as dsn, bench.registry(dsn) as registry:
        registrations = _registrations(bench)
        before = _PROVIDERS * _RELEASES_BEFORE
        first, rest = registrations[:before], registrations[before:]
        _check([send(registry.url, Job(first, connections=_READS_AT_ONCE))])
        with ExitStack() as stack:
            running = [stack.enter_context(sending(registry.url, job)) for job in _jobs(bench, rest)]
            samples = list(_watch(bench, registry, dsn, running))
            answers = _check([finished(process) for process in running])
    yield from _figures(bench, samples, answers)


def _jobs(bench: Workbench, registrations: Sequence[Request]) -> list[Job]:
    seconds = bench.plan.soak
    paths = [f"/providers/platform/soak{number}/versions" for number in range(_PROVIDERS)]
    reads = [Request("GET", path + end) for path in paths for end in ("/1.0.0", "/latest", "")]
    token = bench.token()
    yanks = [
        Request(method, f"/console{path}/1.0.0/yank", body, token)
        for path in paths
        for method, body in (("PUT", '{"reason": "a measurement"}'), ("DELETE", ""))
    ]
    return [
        Job(reads, connections=_READS_AT_ONCE, seconds=seconds, repeat=True),
        Job(registrations, connections=4, seconds=seconds, per_second=_REGISTRATIONS_PER_SECOND),
        Job(yanks, connections=1, seconds=seconds, repeat=True, per_second=_YANKS_PER_SECOND),
    ]


def _registrations(bench: Workbench) -> list[Request]:
    """Return as many registrations as the time is enough for, of the same providers, after those before."""
    releases = _RELEASES_BEFORE + 1 + int(bench.plan.soak * _REGISTRATIONS_PER_SECOND) // _PROVIDERS
    requests = []
    for release in range(releases):
        version = f"1.{release}.0"
        wheel = write_wheel(bench.host.folder, version=version)
        requests += [bench.registration(wheel, name=f"soak{number}", version=version) for number in range(_PROVIDERS)]
    return requests


def _watch(bench: Workbench, registry: Served, dsn: str, running: Sequence[subprocess.Popen[str]]) -> Iterator[_Sample]:
    for number in count():
        if all(process.poll() is not None for process in running):
            return
        if number % _SAYS_EVERY == 0:
            bench.say(f"Mixed traffic for {bench.plan.soak:.0f} s: {number * _SAMPLE_SECONDS:.0f} s so far")
        yield _sample(registry, dsn)
        time.sleep(_SAMPLE_SECONDS)


def _sample(registry: Served, dsn: str) -> _Sample:
    processes = family(registry.process)
    memory = sum(process.memory_info().rss for process in processes)
    return _Sample(memory / _MIB, sum(process.num_fds() for process in processes), query(dsn, _CONNECTIONS))


def _check(answers: Sequence[Answers]) -> Sequence[Answers]:
    """Pass answers on.

    Raises:
        MeasurementError: One was a refusal.
    """
    bad = [told.statuses for told in answers if set(told.statuses) - {"200", "201"}]
    if bad:
        raise MeasurementError(f"under mixed traffic the registry answered {bad}")
    return answers


def _figures(bench: Workbench, samples: Sequence[_Sample], answers: Sequence[Answers]) -> Iterator[Figure]:
    reads, registrations, yanks = (sum(told.statuses.values()) for told in answers)
    first, *others = (
        _growth(bench, "MiB more", [sample.memory for sample in samples]),
        _growth(bench, "descriptors more", [sample.descriptors for sample in samples]),
    )
    traffic = f"{reads:,} reads, {registrations:,} registrations, {yanks:,} yanks and restores"
    yield replace(first, ours=f"{traffic}; p99 of reads {answers[0].p99 * 1000:.0f} ms")
    yield from others
    yield Figure(
        section="soak",
        what="database connections at any time, of a pool of 10 and one that listens",
        value=Spread.of([sample.connections for sample in samples]),
        unit="",
        goal=at_most(_POOL + 1),
    )


def _growth(bench: Workbench, unit: str, values: Sequence[float]) -> Figure:
    """Compare the last quarter of the time with the second, when all has been used once."""
    quarter = max(1, len(values) // 4)
    before, after = values[quarter : 2 * quarter] or values, values[-quarter:]
    return Figure(
        section="soak",
        what=f"{bench.plan.soak:.0f} s of mixed traffic, last quarter against the second",
        against=f"second quarter: {median(before):,.0f}, at most {max(values):,.0f}",
        value=Spread.of([median(after) - median(before)]),
        unit=unit,
        goal=at_most(8),
    )
