"""Memory of the server while it registers a large wheel, against idle."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.client import Job
from benchmarks.figures import Figure, Spread, at_most
from benchmarks.load import checked, send
from benchmarks.resident_memory import forget_peaks, peak_of, resident
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Served, Workbench

_MEMBERS = 10
_MIB = 1024 * 1024


def measure(bench: Workbench) -> Iterator[Figure]:
    """Register a small wheel to warm up, then the large one."""
    megabytes = bench.plan.memory
    with bench.registry() as registry:
        _register(bench, registry, write_wheel(bench.host.folder, version="1.0.0", megabytes=1), "1.0.0")
        bench.say(f"Writing a wheel of {megabytes} MB")
        wheel = write_wheel(bench.host.folder, version="500.0.0", megabytes=megabytes, members=_MEMBERS)
        idle = resident(registry)
        forget_peaks(registry)
        bench.say(f"Registering {megabytes} MB")
        _register(bench, registry, wheel, "500.0.0")
        peak = peak_of(registry)
        wheel.unlink()
    yield Figure(
        section="memory",
        what=f"memory while registering a {megabytes} MB wheel, all server processes",
        ours=f"{peak / _MIB:.0f} MiB at most",
        against=f"idle: {idle / _MIB:.0f} MiB",
        value=Spread.of([(peak - idle) / _MIB]),
        unit="MiB more",
        goal=at_most(64),
    )


def _register(bench: Workbench, registry: Served, wheel: Path, version: str) -> None:
    request = bench.registration(wheel, name="memory", version=version)
    checked(send(registry.url, Job([request], connections=1)), 201)
