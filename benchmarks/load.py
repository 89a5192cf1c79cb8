"""Load from a separate process: wrk where it is installed, the bundled client otherwise."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from benchmarks.client import Answers, Job, Request
from benchmarks.processes import inherited

CONNECTIONS = 32
_GRACE_SECONDS = 120


class MeasurementError(Exception):
    """A measurement means nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a round of load came to.

    Attributes:
        p99: The time within which 99 of 100 requests were answered, in seconds.
    """

    completed: int
    seconds: float
    p99: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.completed / self.seconds


def generator() -> str:
    """Name what makes the load of reads."""
    return "wrk" if shutil.which("wrk") else "the bundled client"


def read(url: str, paths: Sequence[str], *, seconds: float) -> Load:
    """Read paths in turn over 32 connections.

    Raises:
        MeasurementError: Something else than 200 was answered.
    """
    if shutil.which("wrk") and seconds >= 1:  # it knows whole seconds only
        return _wrk(url, paths, int(seconds))
    requests = tuple(Request("GET", path) for path in paths)
    return checked(send(url, Job(requests, connections=CONNECTIONS, seconds=seconds, repeat=True)), 200)


def send(url: str, job: Job) -> Answers:
    """Have the bundled client send a job's requests, and return once it is done.

    Raises:
        MeasurementError: It failed.
    """
    with sending(url, job) as process:
        return finished(process)


@contextmanager
def sending(url: str, job: Job) -> Iterator[subprocess.Popen[str]]:
    """Have the bundled client send a job's requests meanwhile; on exit it is stopped, done or not."""
    command = [sys.executable, "-P", "-m", "benchmarks.client", urlsplit(url).netloc]
    with (
        _file(job.to_json()) as file,
        subprocess.Popen(command, env=inherited(), stdin=file, stdout=subprocess.PIPE, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def finished(process: subprocess.Popen[str]) -> Answers:
    """Wait for the bundled client.

    Raises:
        MeasurementError: It failed.
    """
    told, _ = process.communicate(timeout=_GRACE_SECONDS)
    if process.returncode:
        raise MeasurementError(f"the load's process ended with status {process.returncode}")
    return Answers(**json.loads(told))


@contextmanager
def _file(text: str) -> Iterator[IO[str]]:
    with TemporaryFile("w+") as file:
        file.write(text)
        file.seek(0)
        yield file


def checked(answers: Answers, status: int) -> Load:
    """Return what the answers came to.

    Raises:
        MeasurementError: One had another status.
    """
    if set(answers.statuses) != {str(status)}:
        raise MeasurementError(f"every answer should have been {status}, but they were {answers.statuses}")
    return Load(sum(answers.statuses.values()), answers.seconds, answers.p99)


def _wrk(url: str, paths: Sequence[str], seconds: int) -> Load:
    with TemporaryDirectory(prefix="registry-bench-") as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(_SCRIPT % ", ".join(f'"{path}"' for path in paths))
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "--latency",
            "-s",
            str(script),
            url,
        ]
        told = subprocess.run(
            command, env=inherited(), capture_output=True, text=True, check=True, timeout=seconds + _GRACE_SECONDS
        ).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise MeasurementError(f"wrk met errors:\n{told}")
    numbers = re.search(r"^counted (\d+) (\d+) (\d+)$", told, re.MULTILINE)
    if numbers is None:
        raise MeasurementError(f"wrk told nothing:\n{told}")
    completed, microseconds, p99 = map(int, numbers.groups())
    return Load(completed, microseconds / 1e6, p99 / 1e6)


_SCRIPT = """
local paths, turn, requests = { %s }, 0, {}
function init() for index, path in ipairs(paths) do requests[index] = wrk.format("GET", path) end end
function request() turn = turn %% #requests + 1; return requests[turn] end
function done(summary, latency)
  print(string.format("counted %%d %%d %%d", summary.requests, summary.duration, latency:percentile(99)))
end
"""
