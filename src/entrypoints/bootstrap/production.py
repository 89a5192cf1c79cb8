"""Opening the registry, or what operators need of it, with the production adapters."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from adapters.clerk.machine_tokens import ClerkTokenVerifier
from adapters.https.spool import remove_leftovers
from adapters.instrumentation import NULL_OBSERVER
from adapters.json_schema.validator import MetaSchemaValidator
from adapters.json_schema.worker import SchemaWorker
from adapters.postgres.change_feed import PostgresChangeFeed
from adapters.postgres.distributions import PostgresDistributionIndex, PostgresDistributionOwners
from adapters.postgres.engine import Database
from adapters.postgres.provenance import PostgresProvenance
from adapters.postgres.provider_queries import PostgresProviderQueries
from adapters.postgres.task_queue import PostgresTaskQueue
from adapters.postgres.version_checks import PostgresVersionChecks
from adapters.postgres.version_marks import PostgresVersionMarks
from adapters.postgres.version_repository import PostgresVersionRepository
from adapters.system_clock import SystemClock
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from domain.compatibility.gate import CompatibilityPolicy, parse_severities
from domain.tasks import RetryPolicy
from entrypoints.bootstrap.adapters import Adapters, OperatorAdapters
from entrypoints.bootstrap.databases import connection_options, serving_database
from entrypoints.bootstrap.mirror import mirror_adapters
from entrypoints.bootstrap.provenance import operators_provenance, provenance_adapters
from entrypoints.bootstrap.realms import console_realm, open_customers, publish_policy
from entrypoints.bootstrap.telemetry import Instrumentation
from entrypoints.bootstrap.transparency_log import log_adapters
from entrypoints.bootstrap.webhooks import webhook_adapters
from entrypoints.bootstrap.wiring import build_admin_use_cases, build_registry
from entrypoints.bootstrap.work import check_schedule
from entrypoints.settings import (
    CompatibilitySettings,
    DatabaseSettings,
    MirrorSettings,
    ProvenanceSettings,
    Settings,
    WheelSettings,
)
from entrypoints.use_cases import AdminUseCases, UseCases
from entrypoints.wheel_verification import check_shares, wheel_fetcher

_IDLE_CONNECTIONS = 8
"""To wheel hosts: a release registers its wheels a few at a time."""

_COMPARISON_SECONDS = 20.0
"""For all that a comparison leaves open; what is not answered by then is unknown."""

_UPGRADE_SECONDS = 6.0
"""For all that a check of an upgrade asks of its worker process."""


@asynccontextmanager
async def open_registry(settings: Settings, observer: Instrumentation = NULL_OBSERVER) -> AsyncIterator[UseCases]:
    """Open the production adapters that the settings describe, and wire the use cases to them."""
    async with open_adapters(settings, observer) as adapters:
        yield build_registry(
            adapters,
            release_machine_ids=settings.console.release_machine_ids,
            publish_policy=publish_policy(settings.customer),
            runtime_version=settings.server.runtime_version,
            compatibility=compatibility_policy(settings.compatibility),
            observer=observer,
            shares=check_shares(settings.wheel),
            retries=RetryPolicy(
                max_attempts=settings.tasks.max_attempts, deadline=timedelta(seconds=settings.tasks.deadline_seconds)
            ),
            schedule=check_schedule(settings.checks),
            checks_per_host=settings.checks.per_host,
        )


def compatibility_policy(settings: CompatibilitySettings) -> CompatibilityPolicy:
    """Return what becomes of breaking changes."""
    return CompatibilityPolicy(
        refuses=settings.breaking_changes == "refuse", severities=parse_severities(settings.compatibility_rules)
    )


@asynccontextmanager
async def open_adapters(settings: Settings, observer: Instrumentation = NULL_OBSERVER) -> AsyncIterator[Adapters]:
    """Open Clerk, HTTPS and PostgreSQL as the settings describe them; close them on exit.

    Without a database URL this starts the embedded PostgreSQL, and migrates it.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        url = stack.enter_context(serving_database(settings.database))
        database = Database(url, connection_options(settings.database), observer)
        stack.push_async_callback(database.dispose)
        customers = await open_customers(settings.customer, clock, stack, observer)
        fetcher = wheel_fetcher(settings.wheel, max_idle=_IDLE_CONNECTIONS)
        stack.push_async_callback(fetcher.aclose)
        upgrades = SchemaWorker(total=_UPGRADE_SECONDS)
        stack.push_async_callback(upgrades.aclose)

        def new_coverage() -> SchemaWorker:
            worker = SchemaWorker(total=_COMPARISON_SECONDS)  # starts a process with its first question
            stack.push_async_callback(worker.aclose)
            return worker

        remove_leftovers(settings.wheel.spool_dir or Path(tempfile.gettempdir()))
        yield Adapters(
            verifier=await stack.enter_async_context(
                ClerkTokenVerifier(console_realm(settings.console), clock, observer=observer)
            ),
            fetcher=fetcher,
            reader=ZipWheelReader(),
            schema_validator=MetaSchemaValidator(),
            new_schema_comparison=new_coverage,
            config_validator=upgrades,
            upgrade_coverage=upgrades,
            store=PostgresVersionRepository(database, notify_later=_listens(settings)),
            catalog=PostgresProviderQueries(database),
            distributions=PostgresDistributionIndex(database),
            tasks=PostgresTaskQueue(database),
            checks=PostgresVersionChecks(database),
            marks=PostgresVersionMarks(database),
            probe=fetcher,
            changes=PostgresChangeFeed(database),
            clock=clock,
            customer_verifier=None if customers is None else customers.verifier,
            customer_directory=None if customers is None else customers.directory,
            mirror=mirror_adapters(settings.mirror, database),
            log=log_adapters(settings.transparency_log, database),
            provenance=await asyncio.to_thread(provenance_adapters, settings.provenance, database),
            webhooks=webhook_adapters(settings.webhooks, settings.wheel, database),
        )


def _listens(settings: Settings) -> bool:
    """Tell whether this process subscribes to changes, and so sends notifications that are left for after a commit."""
    return settings.database.prepared_statements and settings.server.read_cache_bytes > 0


@asynccontextmanager
async def open_admin_use_cases(
    database: DatabaseSettings,
    wheel: WheelSettings,
    *,
    runtime_version: str = "unpinned",
    compatibility: CompatibilityPolicy | None = None,
    mirror: MirrorSettings | None = None,
    provenance: ProvenanceSettings | None = None,
) -> AsyncIterator[AdminUseCases]:
    """Open what operators need: the database, embedded or not, and the fetching of wheels. Nothing authenticates.

    The embedded database is shared with a server that runs on it.

    Args:
        database: The database.
        wheel: How wheels are fetched.
        runtime_version: The platform's runtime version, which every version that is registered pins.
        compatibility: What becomes of breaking changes; the default one if left out.
        mirror: Whether and where copies of wheels are kept; nowhere if left out.
        provenance: What becomes of attestations; if left out, providers that have a publisher are held to it.
    """
    clock = SystemClock()
    with serving_database(database) as url:
        opened, coverage = Database(url, connection_options(database)), SchemaWorker()
        try:
            adapters = OperatorAdapters(
                fetcher=wheel_fetcher(wheel),
                reader=ZipWheelReader(),
                schema_validator=MetaSchemaValidator(),
                new_schema_comparison=lambda: coverage,
                store=PostgresVersionRepository(opened),
                catalog=PostgresProviderQueries(opened),
                owners=PostgresDistributionOwners(opened),
                tasks=PostgresTaskQueue(opened),
                checks=PostgresVersionChecks(opened),
                clock=clock,
                mirror=mirror_adapters(mirror, opened),
                publishers=PostgresProvenance(opened),
                provenance=operators_provenance(provenance, opened),
            )
            yield build_admin_use_cases(
                adapters,
                runtime_version=runtime_version,
                compatibility=compatibility,
                shares=check_shares(wheel),
            )
        finally:
            await coverage.aclose()
            await opened.dispose()
