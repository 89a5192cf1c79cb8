"""Registering small wheels, eight at a time, against the plain service, and against the floor of a write."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from statistics import median
from typing import Any, Literal

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from uuid_utils.compat import uuid7

from adapters.postgres.version_mapping import write_version
from benchmarks.client import Job, Request
from benchmarks.figures import Figure, Spread, at_least, ratios
from benchmarks.load import Load, checked, send
from benchmarks.processes import cpu_seconds
from benchmarks.rounds import interleaved
from benchmarks.seeding import a_version, copy, provider_row
from benchmarks.wheels import write_wheel
from benchmarks.workbench import Served, Workbench
from domain.names import ProviderName

AT_ONCE = 8
_PROVIDERS = 50  # a monorepo's release
_TOKENS: tuple[Literal["jwt", "opaque"], ...] = ("jwt", "opaque")


def measure(bench: Workbench) -> Iterator[Figure]:
    """Register at both in turn, and insert rows of the same content without any service."""
    with bench.migrated_database() as dsn, bench.registry() as registry, bench.plain_service() as plain:
        requests = {name: Releases(bench) for name in ("registry", "plain")}
        floor = _Floor(dsn)
        costs: dict[str, list[float]] = {"registry": [], "plain": []}

        def register_at(name: str, served: Served) -> Load:
            before = cpu_seconds(served.process)
            load = register(served, requests[name].take(bench.plan.registrations))
            costs[name].append((cpu_seconds(served.process) - before) / load.completed)
            return load

        for name, served in (("registry", registry), ("plain", plain)):
            register(served, requests[name].take(AT_ONCE))
        loads = interleaved(
            bench,
            "Registering",
            {
                "registry": lambda: register_at("registry", registry),
                "plain": lambda: register_at("plain", plain),
                "floor": lambda: floor.insert(bench.plan.registrations),
            },
        )
        yield _compare_costs(costs["registry"], costs["plain"])
        yield from _compare(loads)
        yield from _clerk_calls(bench, registry, requests["registry"])


def _compare_costs(ours: Sequence[float], plain: Sequence[float]) -> Figure:
    return Figure(
        section="register",
        what=f"processor time of the server's processes for a registration, small wheel, {AT_ONCE} at a time",
        ours=f"{median(ours) * 1000:.1f} ms",
        against=f"plain FastAPI service, which only hashes: {median(plain) * 1000:.1f} ms",
        value=ratios(plain, ours),
        goal=at_least(1),
    )


def _compare(loads: dict[str, list[Load]]) -> Iterator[Figure]:
    ours, plain, floor = ([load.per_second for load in loads[name]] for name in ("registry", "plain", "floor"))
    what = f"register, small wheel, loopback TLS, {AT_ONCE} at a time"
    told = f"{median(ours):,.0f}/s, p99 {median(load.p99 for load in loads['registry']) * 1000:.0f} ms"
    yield Figure(
        section="register",
        what=what,
        ours=told,
        against=f"plain FastAPI service, which only hashes: {median(plain):,.0f}/s",
        value=ratios(ours, plain),
    )
    yield Figure(
        section="register",
        what=what,
        ours=told,
        against=f"the floor, raw asyncpg INSERTs of the row: {median(floor):,.0f}/s",
        value=ratios(ours, floor),
    )


def _clerk_calls(bench: Workbench, registry: Served, releases: "Releases") -> Iterator[Figure]:
    for kind in _TOKENS:
        before = len(bench.clerk.requests)
        tokens = [bench.clerk.mint(bench.machine, format=kind, seconds=300) for _ in range(AT_ONCE)]
        requests = [
            Request(request.method, request.path, request.body, token)
            for request, token in zip(releases.take(AT_ONCE), tokens, strict=True)
        ]
        register(registry, requests)
        calls = (len(bench.clerk.requests) - before) / AT_ONCE
        yield Figure(
            section="register",
            what=f"Clerk calls per registration, a fresh {kind} token each",
            value=Spread.of([calls]),
            unit="",
        )


def register(served: Served, requests: list[Request]) -> Load:
    """Register, eight at a time.

    Raises:
        MeasurementError: One was refused.
    """
    return checked(send(served.url, Job(requests, connections=AT_ONCE)), 201)


class Releases:
    """Requests that register ever further versions of the same providers."""

    def __init__(self, bench: Workbench) -> None:
        """Start at version 1."""
        self._bench = bench
        self._numbers = count()

    def take(self, number: int) -> list[Request]:
        """Return that many further requests."""
        return [self._request(next(self._numbers)) for _ in range(number)]

    def _request(self, number: int) -> Request:
        release, provider = divmod(number, _PROVIDERS)
        version = f"1.{release}.0"
        wheel = self._bench.host.folder / f"bench_provider-{version}-py3-none-any.whl"
        if not wheel.exists():
            write_wheel(self._bench.host.folder, version=version)
        return self._bench.registration(wheel, name=f"kind{provider}", version=version)


class _Floor:
    """Inserts rows as the registry writes them, over as many connections as there are registrations at once."""

    def __init__(self, dsn: str) -> None:
        """Take a migrated database."""
        self._dsn = dsn
        self._names = (ProviderName("platform", f"floor-{number}") for number in count())

    def insert(self, number: int) -> Load:
        """Insert that many rows, each in a transaction of its own, and nothing beside them."""
        return asyncio.run(self._insert(next(self._names), number))

    async def _insert(self, name: ProviderName, number: int) -> Load:
        rows = [{"id": uuid7(), **write_version(replace(a_version(place), name=name))} for place in range(number)]
        marks = ", ".join(f"${place}" for place in range(1, len(rows[0]) + 1))
        statement = f"INSERT INTO provider_versions ({', '.join(rows[0])}) VALUES ({marks})"  # noqa: S608 - columns
        values = iter([tuple(row.values()) for row in rows])
        async with asyncpg.create_pool(self._dsn, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
            await copy(pool, "providers", iter([provider_row(name)]))
            started = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(_insert_each(pool, statement, values))
            return Load(number, time.perf_counter() - started, 0.0)


async def _insert_each(pool: Any, statement: str, values: Iterator[tuple[object, ...]]) -> None:  # noqa: ANN401 - untyped
    async with pool.acquire() as connection:
        prepared = await connection.prepare(statement)
        for row in values:
            await prepared.fetch(*row)
