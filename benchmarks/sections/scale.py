"""Reads at a few versions and at very many: what they cost must not grow."""

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.figures import Figure, Spread, at_most, ratios
from benchmarks.load import Load, MeasurementError, read
from benchmarks.rounds import interleaved
from benchmarks.seeding import Filling, a_version, resource_name, seed
from benchmarks.workbench import Served, Workbench, query

NOTHING_KEPT = {"REGISTRY_READ_CACHE_BYTES": "0"}
"""Each read is to reach the database."""
_HOT = 300  # versions that are read over and over, spread over all providers
_PAGE = 10  # as many providers as the small database has, so that both answers have one length
_FEW = 5  # so many come after the middle in both databases
_SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN ('provider_versions', 'version_events')"
_ROOM_BYTES = 15_000
"""What a version takes at most on disk, with what PostgreSQL writes ahead."""


def measure(bench: Workbench) -> Iterator[Figure]:
    """Seed two databases, and read from both in turn."""
    small, large = (Filling(providers, bench.plan.versions) for providers in bench.plan.providers)
    _require_room(bench, large)
    with ExitStack() as stack:
        registries = {}
        for filling in (small, large):
            dsn = stack.enter_context(bench.migrated_database())
            started = time.perf_counter()
            seed(dsn, filling, bench.say)
            seconds = time.perf_counter() - started
            size = query(dsn, _SIZE)
            registries[filling] = stack.enter_context(bench.registry(dsn, **NOTHING_KEPT))
        for what, paths in _reads(small, large).items():
            yield _compare(bench, what, registries, paths)
    yield Figure(
        section="scale",
        what=f"bytes stored per version with 15 kB of schemas, indexes and history included ({large.total:,} versions, "
        f"seeded in {seconds:.0f} s)",
        value=Spread.of([float(size) / large.total]),
        unit="B",
    )


def _reads(*fillings: Filling) -> Mapping[str, Mapping[Filling, Sequence[str]]]:
    versions = {filling: filling.paths(_HOT) for filling in fillings}
    lists = {
        filling: [path.rpartition("/")[0] for path in paths[:: max(1, len(paths) // filling.providers)]]
        for filling, paths in versions.items()
    }
    latest = {filling: [f"{path}/latest" for path in paths] for filling, paths in lists.items()}
    names = {filling: _names_found_alone(paths) for filling, paths in lists.items()}
    return {
        "read": versions,
        "read `latest`": latest,
        "list a provider's versions": lists,
        "search by name": {filling: [f"/providers?q={name}" for name in known] for filling, known in names.items()},
        "near-miss search": {
            filling: [f"/providers?q={_misspelt(name)}&limit={_PAGE}" for name in known]
            for filling, known in names.items()
        },
        "resource search": {
            filling: [f"/resource-types?q={name}" for name in _resources(known)] for filling, known in names.items()
        },
        f"browse, {_PAGE} providers": {filling: [f"/providers?limit={_PAGE}"] for filling in fillings},
        f"browse by last release, {_PAGE} providers": {
            filling: [f"/providers?sort=recent&limit={_PAGE}"] for filling in fillings
        },
        f"browse by last release, {_FEW} from the middle": {
            filling: [f"/providers?sort=recent&limit={_FEW}&cursor={_middle(filling)}"] for filling in fillings
        },
        "list tags": {filling: ["/tags"] for filling in fillings},
    }


def _names_found_alone(lists: Sequence[str]) -> Sequence[str]:
    """The longest names: no other name begins with one of them, so each search has one result."""
    names = [path.split("/")[3] for path in lists]
    digits = max(len(name.rpartition("-")[2]) for name in names)
    return [name for name in names if len(name.rpartition("-")[2]) == digits]


def _middle(filling: Filling) -> str:
    """Return a place in the order of releases; the seeded providers were all released at once."""
    released_at = a_version(filling.versions - 1).published_at
    return f"{released_at:%Y-%m-%dT%H:%M:%S.%fZ}/platform/search"


def _misspelt(name: str) -> str:
    """Leave the third letter out, as one who types fast."""
    return name[:2] + name[3:]


def _resources(providers: Sequence[str]) -> Sequence[str]:
    numbers = [int(name.rpartition("-")[2]) for name in providers]
    return [resource_name(number, place) for place, number in enumerate(numbers)]


def _compare(
    bench: Workbench,
    what: str,
    registries: Mapping[Filling, Served],
    paths: Mapping[Filling, Sequence[str]],
) -> Figure:
    small, large = registries

    def load(filling: Filling, seconds: float) -> Load:
        return read(registries[filling].url, paths[filling], seconds=seconds)

    for filling in registries:
        load(filling, min(1.0, bench.plan.seconds))
    loads = interleaved(
        bench,
        f"Scale, {what}",
        {f"{filling.total:,}": lambda filling=filling: load(filling, bench.plan.seconds) for filling in registries},  # type: ignore[misc]  # the default binds it
    )
    cost_small, cost_large = ([1 / load.per_second for load in taken] for taken in loads.values())
    return Figure(
        section="scale",
        what=f"{what} at {large.total:,} versions, time per request",
        ours=f"{1 / median(cost_large):,.0f}/s",
        against=f"at {small.total:,}: {1 / median(cost_small):,.0f}/s",
        value=ratios(cost_large, cost_small),
        goal=at_most(1.2),
    )


def _require_room(bench: Workbench, filling: Filling) -> None:
    free = shutil.disk_usage(bench.folder).free
    if free < filling.total * _ROOM_BYTES:
        raise MeasurementError(f"{filling.total:,} versions need more than the {free:,} bytes that {bench.folder} has")
