"""The bundled client, a process of its own: ``python -m benchmarks.client HOST:PORT``, with a job as JSON on its input.

It keeps its connections open and waits for each answer before it sends the next request on the same connection.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

import uvloop


@dataclass(frozen=True, slots=True)
class Request:
    """A request; with a body it is of JSON."""

    method: str
    path: str
    body: str = ""
    token: str = ""

    def render(self, host: str) -> bytes:
        """Return the request as it goes over the wire."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Job:
    """What to send.

    Attributes:
        connections: How many requests are under way at once.
        seconds: When to stop, done or not; None waits for the last answer.
        repeat: Whether to start over after the last request.
        per_second: How many requests to send in a second at most; None sends as fast as answers arrive.
    """

    requests: Sequence[Request]
    connections: int
    seconds: float | None = None
    repeat: bool = False
    per_second: float | None = None

    def to_json(self) -> str:
        """Return the job as it goes to the client's process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a job."""
        fields = json.loads(text)
        requests = tuple(Request(**request) for request in fields.pop("requests"))
        return cls(requests=requests, **fields)


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: statuses with how often, and how long it took, in seconds."""

    statuses: dict[str, int]
    seconds: float
    p50: float
    p99: float


@dataclass(slots=True)
class _Tally:
    deadline: float
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    def sum_up(self, seconds: float) -> Answers:
        ordered = sorted(self.latencies) or [0.0]
        return Answers(dict(self.statuses), seconds, ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)])


async def carry_out(job: Job, host: str, port: int) -> Answers:
    """Send a job's requests.

    Raises:
        OSError: The server cannot be reached, or hangs up.
    """
    rendered = [request.render(f"{host}:{port}") for request in job.requests]
    started = time.perf_counter()
    tally = _Tally(started + (job.seconds or float("inf")))
    queue = _paced(itertools.cycle(rendered) if job.repeat else iter(rendered), job.per_second, started)
    async with asyncio.TaskGroup() as group:
        for _ in range(job.connections):
            group.create_task(_converse(host, port, queue, tally))
    return tally.sum_up(time.perf_counter() - started)


def _paced(requests: Iterator[bytes], per_second: float | None, started: float) -> Iterator[tuple[bytes, float]]:
    """Yield each request with the time at which it is due."""
    for number, request in enumerate(requests):
        yield request, started + number / per_second if per_second else started


async def _converse(host: str, port: int, queue: Iterator[tuple[bytes, float]], tally: _Tally) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for request, due in queue:
        if max(due, time.perf_counter()) >= tally.deadline:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sent = time.perf_counter()
        writer.write(request)
        tally.statuses[await _answer(reader)] += 1
        tally.latencies.append(time.perf_counter() - sent)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> str:
    """Read one answer whole and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return head.split(b" ", 2)[1].decode()


def main() -> None:
    """Carry out the job on standard input, and print what came back as JSON."""
    host, _, port = sys.argv[1].rpartition(":")
    answers = uvloop.run(carry_out(Job.from_json(sys.stdin.read()), host, int(port)))
    sys.stdout.write(json.dumps(asdict(answers)))


if __name__ == "__main__":
    main()
