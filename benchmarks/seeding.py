"""A registry full of versions: one provider's as the registry itself would write them, repeated for all others."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from packaging.utils import canonicalize_name
from uuid_utils.compat import uuid7

from adapters.postgres.provider_mapping import write_provider
from adapters.postgres.resource_index import resource_row
from adapters.postgres.tables import VERSIONS
from adapters.postgres.version_mapping import write_event, write_version
from benchmarks.payloads import schemas
from domain.announcements import Announcement
from domain.catalog import CatalogMetadata, Provider
from domain.history import LifecycleAction, LifecycleEvent
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.search import ResourceEntry
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel

Row = Mapping[str, Any]
ACTOR = "mch_bench"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH_PROVIDERS = 100
_NOUNS = (
    *("bucket", "network", "subnet", "cluster", "policy", "key", "role", "queue", "topic", "secret"),
    *("table", "index", "user", "group", "rule", "zone", "record", "cert", "job", "disk"),
)
_KINDS = ("storage", "network", "identity", "queue", "search", "metrics", "secrets", "database")


@dataclass(frozen=True, slots=True)
class Filling:
    """What a database is filled with: so many providers, each with so many versions."""

    providers: int
    versions: int

    @property
    def total(self) -> int:
        """How many versions that are."""
        return self.providers * self.versions

    def paths(self, number: int) -> Sequence[str]:
        """Return the paths of so many versions, spread over all providers."""
        step = max(1, self.total // number)
        numbers = [divmod(place, self.versions) for place in range(0, self.total, step)][:number]
        return [f"/providers/{provider_name(provider)}/versions/1.{version}.0" for provider, version in numbers]


def provider_name(number: int) -> ProviderName:
    """Return the name of a seeded provider."""
    return ProviderName("platform", f"{_KINDS[number % len(_KINDS)]}-{number}")


def resource_name(provider: int, number: int) -> str:
    """Return the name of a resource type that one seeded provider has. All have types of the same 20 nouns."""
    return f"{_NOUNS[number % len(_NOUNS)]}_{provider}"


def seed(dsn: str, filling: Filling, say: Callable[[str], None]) -> None:
    """Fill a migrated, empty database, and have its statistics taken."""
    asyncio.run(_seed(dsn, filling, say))


async def _seed(dsn: str, filling: Filling, say: Callable[[str], None]) -> None:
    first, *others = [provider_name(number) for number in range(filling.providers)]
    connection = await asyncpg.connect(dsn)
    try:
        await copy(connection, "providers", (provider_row(name) for name in (first, *others)))
        await _copy_versions(connection, first, filling.versions)
        for start in range(0, len(others), _BATCH_PROVIDERS):
            say(f"Seeding {filling.total:,} versions: {(start + 1) * filling.versions:,} so far")
            names = [name.name for name in others[start : start + _BATCH_PROVIDERS]]
            async with connection.transaction():
                await connection.execute(_REPEAT_VERSIONS, first.prefix, first.name, names)
                await connection.execute(_REPEAT_EVENTS, first.prefix, first.name, names)
        numbers = range(filling.providers)
        await copy(connection, "resource_types", (row for n in numbers for row in _searched(n, filling.versions)))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _copy_versions(connection: Any, name: ProviderName, count: int) -> None:  # noqa: ANN401 - the driver is not typed
    ids = [uuid7() for _ in range(count)]
    versions = ({"id": id_, **write_version(replace(a_version(n), name=name))} for n, id_ in enumerate(ids))
    await copy(connection, "provider_versions", versions)
    await copy(connection, "version_events", ({"id": uuid7(), "version_id": id_, **write_event(_EVENT)} for id_ in ids))


async def copy(connection: Any, table: str, rows: Iterator[Row]) -> None:  # noqa: ANN401 - the driver is not typed
    """Write rows of the same columns by COPY."""
    first = next(rows)
    records = (tuple(row.values()) for row in _chained(first, rows))
    await connection.copy_records_to_table(table, records=records, columns=list(first))


def _chained(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def provider_row(name: ProviderName) -> Row:
    """Return the row of a seeded provider."""
    kind, _, number = name.name.partition("-")
    shown = CatalogMetadata(
        display_name=f"{kind.title()} {number}",
        description=f"Manages the {kind} of region {number}, with its policies, quotas and certificates.",
        tags=(kind, "cloud"),
    )
    return write_provider(Provider(name=name, metadata=shown, created_at=_START, updated_at=_START))


def _searched(provider: int, versions: int) -> Iterator[Row]:
    """Yield what resource types of the latest version are searched by: more of them than the schemas have."""
    name = provider_name(provider)
    for number in range(len(_NOUNS)):
        resource = resource_name(provider, number)
        properties: dict[str, object] = {f"{noun}_{number}_name": {} for noun in _NOUNS[:12]}
        schema = ResourceSchema(
            resource_type=resource,
            provider="bench",
            resource=resource,
            description=f"Manages a {_NOUNS[number]} of some region.",
            config_schema=CanonicalJson.of({"type": "object", "properties": properties}),
        )
        yield {
            "prefix": name.prefix,
            "name": name.name,
            "version": f"1.{versions - 1}.0",
            **resource_row(ResourceEntry.of(schema)),
        }


def a_version(number: int) -> ProviderVersion:
    """Return the published version ``1.number.0`` of some provider."""
    version = SemVer.parse(f"1.{number}.0")
    filename = f"bench_provider-{version}-py3-none-any.whl"
    digest = Sha256Digest(f"{number:064x}")
    announced = Announcement(
        wheel_url=WheelUrl.parse(f"https://wheels.example.com/files/{filename}"), sha256=digest, schemas=_SCHEMAS
    )
    wheel = VerifiedWheel(
        sha256=digest,
        size=20_000,
        filename=filename,
        distribution=canonicalize_name("bench-provider"),
        requires_python=">=3.11",
        summary="A measurement.",
        package_name="bench_provider",
    )
    at = _START + timedelta(days=number)
    building = ProviderVersion.begin(
        provider_name(0), version, announced, runtime_version="unpinned", registered_by=ACTOR, at=at
    )
    return building.publish(wheel, at=at)


def _resource_schema(kind: str, schema: Mapping[str, Any]) -> ResourceSchema:
    return ResourceSchema(
        resource_type=kind,
        provider="bench",
        resource=kind,
        description=schema["description"],
        config_schema=CanonicalJson.of(schema["config_schema"]),
        outputs_schema=CanonicalJson.of(schema["outputs_schema"]),
    )


_SCHEMAS = ResourceSchemas.of({kind: _resource_schema(kind, schema) for kind, schema in schemas().items()})
_OWN = ("id", "prefix", "name")
_REPEATED = ", ".join(column.name for column in VERSIONS.c if column.name not in _OWN)
_REPEAT_VERSIONS = f"""
    INSERT INTO provider_versions (id, prefix, name, {_REPEATED})
    SELECT gen_random_uuid(), $1, others.name, {_REPEATED}
    FROM (SELECT {_REPEATED} FROM provider_versions WHERE prefix = $1 AND name = $2) written,
        unnest($3::text[]) others (name)
"""  # noqa: S608 - made of the columns' names
_REPEAT_EVENTS = """
    INSERT INTO version_events (id, version_id, action, at, actor, request_id)
    SELECT gen_random_uuid(), others.id, action, at, actor, request_id
    FROM provider_versions written JOIN version_events ON version_id = written.id
        JOIN provider_versions others USING (prefix, version)
    WHERE prefix = $1 AND written.name = $2 AND others.name = ANY($3)
"""
_EVENT = LifecycleEvent(action=LifecycleAction.PUBLISHED, at=_START, actor=ACTOR, request_id="seed")
