"""Fetching and hashing a large wheel, against curl and sha256sum on the same host."""

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.client import Job
from benchmarks.figures import Figure, Spread, at_least, ratios
from benchmarks.load import checked, send
from benchmarks.processes import inherited
from benchmarks.rounds import interleaved
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Workbench

_MEMBERS = 10
_LONGEST_SECONDS = 120


def measure(bench: Workbench) -> Iterator[Figure]:
    """Fetch in turn, then register the same wheel once with all proofs."""
    megabytes = bench.plan.download
    bench.say(f"Writing a wheel of {megabytes} MB")
    wheel = write_wheel(bench.host.folder, version="200.0.0", megabytes=megabytes, members=_MEMBERS)
    url = f"{bench.host.url}/{wheel.name}"
    seconds = interleaved(
        bench,
        f"Fetching {megabytes} MB",
        {"registry": lambda: _fetch(url, bench.host.ca_path), "curl": lambda: _curl(url, bench.host.ca_path)},
    )
    ours, theirs = ([megabytes / taken for taken in seconds[name]] for name in ("registry", "curl"))
    yield Figure(
        section="download",
        what=f"fetch + hash a {megabytes} MB wheel",
        ours=f"{median(ours):,.0f} MB/s",
        against=f"curl | sha256sum: {median(theirs):,.0f} MB/s",
        value=ratios(ours, theirs),
        goal=at_least(1),
    )
    yield _whole(bench, wheel)
    wheel.unlink()


def _whole(bench: Workbench, wheel: Path) -> Figure:
    with bench.registry() as registry:
        request = bench.registration(wheel, name="large", version="200.0.0")
        bench.say("Registering it with all proofs")
        taken = checked(send(registry.url, Job([request], connections=1)), 201).seconds
    return Figure(
        section="download",
        what=f"register that wheel, every member inflated and hashed ({bench.plan.download / taken:,.0f} MB/s)",
        value=Spread.of([taken]),
        unit="s",
    )


def _fetch(url: str, ca_path: Path) -> float:
    command = [sys.executable, "-P", "-m", "benchmarks.fetching", url, str(ca_path)]
    told = subprocess.run(
        command, env=inherited(), check=True, capture_output=True, text=True, timeout=_LONGEST_SECONDS
    ).stdout
    return float(told)


def _curl(url: str, ca_path: Path) -> float:
    command = f"curl -sSf --cacert {shlex.quote(str(ca_path))} {shlex.quote(url)} | sha256sum"
    started = time.perf_counter()
    subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], check=True, stdout=subprocess.DEVNULL, timeout=_LONGEST_SECONDS
    )
    return time.perf_counter() - started
