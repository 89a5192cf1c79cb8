"""The transparency log: what it costs a registration, how fast it grows, how fast its feed is read, and its size."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Spread, at_least, ratios
from benchmarks.load import MeasurementError, read
from benchmarks.rounds import interleaved
from benchmarks.sections.registering import AT_ONCE, Releases, register
from benchmarks.seeding import Filling, seed
from benchmarks.workbench import Workbench, query
from entrypoints.bootstrap.transparency_log import open_operator_log
from entrypoints.log_keys import make_key_file
from entrypoints.secret import Secret
from entrypoints.settings import DatabaseSettings, TransparencyLogSettings

_ORIGIN = "registry.example.com/log"
_KEY_FILE = "REGISTRY_LOG_SIGNING_KEY_FILE"
_PAGE = 100
_HOT = 50  # pages of the feed that are read over and over, spread over the whole log
_APPEND_SECONDS = 60
_POLL_SECONDS = 0.02
_ENTRIES = "SELECT count(*) FROM log_entries"
_SIZE = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
    "WHERE relname IN ('log_entries', 'log_salts', 'log_tiles', 'log_checkpoints')"
)


def measure(bench: Workbench) -> Iterator[Figure]:
    """Register with the log and without it in turn, then fill a log, and read its feed."""
    yield _registering(bench)
    filling = Filling(bench.plan.logged, bench.plan.versions)
    with bench.migrated_database() as dsn:
        seed(dsn, filling, bench.say)
        bench.say(f"Appending {filling.total:,} events to the log")
        key = _new_key(bench, "filled.key")
        appended, seconds = asyncio.run(_fill(dsn, key))
        entries = query(dsn, _ENTRIES)
        if entries != appended:
            raise MeasurementError(f"{appended:,} entries were appended, but there are {entries:,}")
        yield Figure(
            section="log",
            what=f"append what waits, {entries:,} entries in {seconds:.1f} s",
            value=Spread.of([entries / seconds]),
            unit="/s",
        )
        yield _reading(bench, dsn, key, entries)
        yield Figure(
            section="log",
            what=f"bytes stored per entry, indexes, salts and tiles included ({entries:,} entries)",
            value=Spread.of([float(query(dsn, _SIZE)) / entries]),
            unit="B",
        )


def _registering(bench: Workbench) -> Figure:
    with ExitStack() as stack:
        dsn = stack.enter_context(bench.migrated_database())
        key = _new_key(bench, "registering.key")
        asyncio.run(_fill(dsn, key))
        registries = {
            "with the log": stack.enter_context(bench.registry(dsn, **{_KEY_FILE: str(key)})),
            "without": stack.enter_context(bench.registry()),
        }
        releases = {name: Releases(bench) for name in registries}

        behind: list[float] = []

        def take_turn(name: str, number: int) -> float:
            load = register(registries[name], releases[name].take(number))
            if name == "with the log":  # what is appended later must not cost the other one
                behind.append(_wait_until_appended(dsn))
            return load.per_second

        for name in registries:
            take_turn(name, AT_ONCE)
        rates = interleaved(
            bench,
            "Registering",
            {name: lambda name=name: take_turn(name, bench.plan.registrations) for name in registries},  # type: ignore[misc]  # the default binds it
        )
        if query(dsn, _ENTRIES) < bench.plan.rounds * bench.plan.registrations:
            raise MeasurementError("not every registration was logged")
    logged, plain = rates.values()
    return Figure(
        section="log",
        what=f"register with a transparency log, {AT_ONCE} at a time",
        ours=f"{median(logged):,.0f}/s, all appended {max(behind):.1f} s later at most",
        against=f"without: {median(plain):,.0f}/s",
        value=ratios(logged, plain),
        goal=at_least(0.9),
    )


def _reading(bench: Workbench, dsn: str, key: Path, entries: int) -> Figure:
    step = max(_PAGE, entries // _HOT)
    paths = [f"/changes?after={cursor}&limit={_PAGE}" for cursor in range(0, entries, step)]
    with bench.registry(dsn, **{_KEY_FILE: str(key)}) as registry:
        read(registry.url, paths, seconds=min(1.0, bench.plan.seconds))
        rates = []
        for number in range(bench.plan.rounds):
            bench.say(f"Reading the feed: round {number + 1} of {bench.plan.rounds}")
            rates.append(read(registry.url, paths, seconds=bench.plan.seconds).per_second)
    return Figure(
        section="log",
        what=f"read {_PAGE} changes of the feed, {len(paths)} pages in turn",
        value=Spread.of(rates),
        unit="/s",
    )


def _wait_until_appended(dsn: str) -> float:
    """Return how many seconds it took until nothing was pending."""
    started = time.perf_counter()
    while query(dsn, "SELECT count(*) FROM log_pending"):
        if time.perf_counter() > started + _APPEND_SECONDS:
            raise MeasurementError("the log was not appended to")
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - started


def _new_key(bench: Workbench, name: str) -> Path:
    path = bench.folder / name
    make_key_file(path, _ORIGIN)
    return path


async def _fill(dsn: str, key: Path) -> tuple[int, float]:
    """Open the log as ``log init`` does. Return how many entries were appended, and the seconds that appending took."""
    settings = TransparencyLogSettings(signing_key_file=key)
    async with open_operator_log(DatabaseSettings(url=Secret(dsn)), settings) as log:
        if log.append is None:
            raise MeasurementError("the log has no key")
        await log.open.execute(_ORIGIN)
        started = time.perf_counter()
        return await log.append.execute(), time.perf_counter() - started
