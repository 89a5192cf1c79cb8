"""The yardstick is held against measures known beforehand. What it measures is nothing for a test."""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pytest
from packaging.version import Version
from rich.console import Console

from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.postgres.engine import Database
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.wheel_fetcher import FetchedWheel
from application.use_cases.queries import FindVersion
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from benchmarks.client import Answers, Job, Request, carry_out
from benchmarks.figures import Figure, Spread, at_least, at_most, ratios
from benchmarks.load import MeasurementError, checked
from benchmarks.payloads import schemas
from benchmarks.plan import PLANS
from benchmarks.report import as_json, as_table
from benchmarks.rounds import interleaved
from benchmarks.sections import logging
from benchmarks.seeding import Filling, provider_name, seed
from benchmarks.wheels import write_wheel
from benchmarks.workbench import a_workbench
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.wheel.file import Sha256Digest, WheelFilename
from tests.support.postgres import fetch

FIGURES = [
    Figure(section="read", what="far enough", value=Spread.of([9.0, 8.0, 12.0]), unit="s", goal=at_least(8)),
    Figure(section="read", what="too slow", value=Spread.of([3.0]), unit="s", goal=at_most(2)),
    Figure(section="read", what="good to know", value=Spread.of([0.0]), unit=""),
]


def test_contestants_are_compared_round_by_round() -> None:
    assert ratios([10.0, 30.0, 20.0], [5.0, 10.0, 20.0]) == Spread(median=2.0, low=1.0, high=3.0)


def test_the_table_says_which_goals_are_met() -> None:
    console = Console(width=200)
    with console.capture() as shown:
        console.print(as_table(FIGURES, "quick"))
    rows = [" ".join(line.split()) for line in shown.get().splitlines()]

    assert [row for row in rows if row.startswith("far enough 9 s 8 s") and row.endswith("12 s ≥ 8 s met")]
    assert "too slow 3 s ≤ 2 s not met" in rows
    assert "good to know 0" in rows


def test_the_same_verdicts_are_there_for_programs() -> None:
    told = json.loads(as_json(FIGURES, "quick"))

    assert [figure["met"] for figure in told["figures"]] == [True, False, None]
    assert told["figures"][0]["value"] == {"median": 9.0, "low": 8.0, "high": 12.0}


@pytest.mark.parametrize("at_once", [1, 3])
async def test_the_client_sends_every_request_once_and_counts_every_answer(at_once: int) -> None:
    arrived: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                arrived.append(head.split(b" ")[1] + (await reader.readexactly(2) if b"POST" in head else b""))
                status = b"404" if b"/gone" in head else b"200"
                writer.write(b"HTTP/1.1 " + status + b" x\r\nContent-Length: 3\r\n\r\nabc")
        writer.close()

    requests = [Request("GET", "/here"), Request("GET", "/gone"), Request("POST", "/new", "{}", "token")]
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    answers = await carry_out(Job(requests, connections=at_once), host, port)
    server.close()

    assert sorted(arrived) == [b"/gone", b"/here", b"/new{}"]
    assert answers.statuses == {"200": 2, "404": 1}


def test_a_measurement_with_refusals_is_none() -> None:
    answers = Answers({"201": 7, "503": 1}, seconds=1.0, p50=0.1, p99=0.2)

    with pytest.raises(MeasurementError, match="503"):
        checked(answers, HTTPStatus.CREATED)


async def test_seeded_versions_are_whole(fresh_database_dsn: str) -> None:
    await asyncio.to_thread(seed, fresh_database_dsn, Filling(providers=3, versions=2), print)
    database = Database(fresh_database_dsn)
    found = await FindVersion(PostgresVersionRepository(database)).execute(provider_name(2), SemVer.parse("1.1.0"))
    await database.dispose()

    assert found.announcement.schemas is not None
    assert len(list(found.announcement.schemas)) == len(schemas())
    counts = "SELECT count(DISTINCT (prefix, name, version)), count(DISTINCT e.id) FROM provider_versions v"
    assert fetch(fresh_database_dsn, f"{counts} JOIN version_events e ON e.version_id = v.id") == [(6, 6)]


def test_seeded_paths_are_spread_over_all_versions() -> None:
    paths = Filling(providers=4, versions=3).paths(4)

    assert len(set(paths)) == 4
    assert len({path.split("/")[3] for path in paths}) == 4


def test_the_schemas_have_the_size_that_was_planned_for() -> None:
    assert 15_000 <= len(json.dumps(schemas(), separators=(",", ":"))) <= 16_000


async def test_the_benchmark_s_wheels_are_valid(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, version="1.2.3", megabytes=2, members=3)
    digest = Sha256Digest(hashlib.sha256(wheel.read_bytes()).hexdigest())
    claims = WheelClaims(filename=WheelFilename.parse(wheel.name), version=Version("1.2.3"), sha256=digest)
    fetched = FetchedWheel(wheel, digest, wheel.stat().st_size)
    verify = VerifyWheel(fetcher=InMemoryWheelFetcher(), reader=ZipWheelReader())

    assert (await verify.verify_local(fetched, claims, VerificationLog())).package_name == "bench_provider"


def test_another_contestant_begins_each_round() -> None:
    taken: list[str] = []
    with a_workbench(replace(PLANS["tiny"], rounds=4), lambda _: None) as bench:
        results = interleaved(bench, "Racing", {name: partial(taken.append, name) for name in "abc"})

    assert "".join(taken) == "abcbcacababc"
    assert results == {name: [None] * 4 for name in "abc"}


def test_the_log_is_filled_and_read_and_each_row_says_what_it_measured() -> None:
    with a_workbench(PLANS["tiny"], lambda _: None) as bench:
        registering, appending, reading, size = logging.measure(bench)

    assert registering.goal == at_least(0.9)
    assert "9 entries" in appending.what  # six versions, two providers' metadata and the opening
    assert "1 page" in reading.what
    assert size.unit == "B"
