"""A mirror in a local folder: memory while it takes and serves a large wheel, and serving against nginx."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.client import Job
from benchmarks.figures import Figure, Spread, at_least, at_most, ratios
from benchmarks.load import MeasurementError, checked, send
from benchmarks.nginx import nginx
from benchmarks.processes import inherited
from benchmarks.resident_memory import forget_peaks, peak_of, resident
from benchmarks.rounds import interleaved
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Served, Workbench

_CLIENTS = 8
_MEMBERS = 10
_MIB = 1024 * 1024
_LONGEST_SECONDS = 300


def measure(bench: Workbench) -> Iterator[Figure]:
    """Register a small wheel to warm up, then the large one, and have it read by eight clients at once."""
    megabytes = bench.plan.memory
    folder = bench.folder / "mirror"
    folder.mkdir()
    try:
        with bench.registry(REGISTRY_MIRROR="required", REGISTRY_MIRROR_URL=folder.as_uri()) as registry:
            small, _ = _register(bench, registry, version="1.0.0", megabytes=1)
            _download(registry.url + small, 1)
            idle = resident(registry)
            forget_peaks(registry)
            path, digest = _register(bench, registry, version="600.0.0", megabytes=megabytes)
            bench.say(f"Serving {megabytes} MB to {_CLIENTS} clients")
            _download(registry.url + path, _CLIENTS)
            peak = peak_of(registry)
            yield Figure(
                section="mirror",
                what=f"memory while a {megabytes} MB wheel is mirrored, then served to {_CLIENTS} clients at once",
                ours=f"{peak / _MIB:.0f} MiB at most",
                against=f"idle: {idle / _MIB:.0f} MiB",
                value=Spread.of([(peak - idle) / _MIB]),
                unit="MiB more",
                goal=at_most(96),
            )
            yield _throughput(bench, registry.url + path, folder / f"sha256/{digest[:2]}/{digest[2:4]}/{digest}")
    finally:
        shutil.rmtree(folder)


def _throughput(bench: Workbench, url: str, file: Path) -> Figure:
    with nginx(bench.folder, file.parent) as other:
        seconds = interleaved(
            bench,
            f"Serving {bench.plan.memory} MB",
            {"registry": lambda: _download(url, 1), "nginx": lambda: _download(f"{other}/{file.name}", 1)},
        )
    ours, theirs = ([file.stat().st_size / 1e6 / taken for taken in seconds[name]] for name in ("registry", "nginx"))
    return Figure(
        section="mirror",
        what="serve that wheel from a local folder, to one client",
        ours=f"{median(ours):,.0f} MB/s",
        against=f"nginx, the same file: {median(theirs):,.0f} MB/s",
        value=ratios(ours, theirs),
        goal=at_least(0.5),
    )


def _register(bench: Workbench, registry: Served, *, version: str, megabytes: int) -> tuple[str, str]:
    """Return the path of the copy, and its digest."""
    bench.say(f"Registering a wheel of {megabytes} MB")
    wheel = write_wheel(bench.host.folder, version=version, megabytes=megabytes, members=_MEMBERS)
    request = bench.registration(wheel, name="mirror", version=version)
    checked(send(registry.url, Job([request], connections=1)), 201)
    wheel.unlink()
    digest = json.loads(request.body)["sha256"]
    return f"/files/{digest}/{wheel.name}", digest


def _download(url: str, clients: int) -> float:
    """Return how many seconds it takes clients at once to read the file.

    Raises:
        MeasurementError: One of them did not get it.
    """
    curl = ["curl", "-sSf", "--noproxy", "*", "-o", "/dev/null", url]
    started = time.perf_counter()
    running = [subprocess.Popen(curl, env=inherited()) for _ in range(clients)]
    statuses = [process.wait(_LONGEST_SECONDS) for process in running]
    if any(statuses):
        raise MeasurementError(f"a client could not read {urlsplit(url).path}")
    return time.perf_counter() - started
