"""The composition root: the one place that chooses adapters.

The server, the command line, tests and users' own scripts all build the registry here.
"""

import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from adapters.clerk.customer_realm import ClerkCustomerRealm
from adapters.clerk.customers import ClerkCustomers
from adapters.clerk.realm import ClerkRealm
from adapters.clerk.token_inspector import ClerkTokenInspector
from adapters.clerk.verifier import ClerkTokenVerifier
from adapters.https.addresses import AddressRules
from adapters.https.certificates import trust
from adapters.https.policy import FetchPolicy
from adapters.https.spool import remove_leftovers
from adapters.https.wheel_fetcher import HttpsWheelFetcher
from adapters.json_schema.validator import MetaSchemaValidator
from adapters.logs.observer import LoggingObserver
from adapters.memory.catalog import InMemoryCatalog
from adapters.memory.change_feed import InMemoryChangeFeed
from adapters.memory.clock import ManualClock
from adapters.memory.customer_directory import InMemoryCustomerDirectory
from adapters.memory.customer_verifier import InMemoryCustomerVerifier
from adapters.memory.distribution_index import InMemoryDistributionIndex
from adapters.memory.token_verifier import InMemoryTokenVerifier
from adapters.memory.version_store import InMemoryVersionStore
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.observed.verifier import ObservedVerifier
from adapters.observed.version_store import ObservedVersionStore
from adapters.observed.wheel_fetcher import ObservedWheelFetcher
from adapters.observed.wheel_reader import ObservedWheelReader
from adapters.postgres import migrations
from adapters.postgres.catalog import PostgresCatalog
from adapters.postgres.change_feed import PostgresChangeFeed
from adapters.postgres.database import ConnectionOptions, Database
from adapters.postgres.distribution_index import PostgresDistributionIndex
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.store import PostgresVersionStore
from adapters.prometheus.exposition import exposition
from adapters.prometheus.observer import PrometheusObserver
from adapters.system.clock import SystemClock
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.change_feed import ChangeFeed
from application.ports.clock import Clock
from application.ports.customer_directory import CustomerDirectory
from application.ports.customer_verifier import CustomerVerifier
from application.ports.distribution_index import DistributionIndex
from application.ports.observer import NOBODY, Observer, Observers
from application.ports.provider_catalog import ProviderCatalog
from application.ports.schema_validator import SchemaValidator
from application.ports.token_verifier import TokenVerifier
from application.ports.version_store import VersionStore
from application.ports.wheel_fetcher import WheelFetcher
from application.ports.wheel_reader import WheelReader
from application.use_cases.authenticate_customer import AuthenticateCustomer
from application.use_cases.authenticate_machine import AuthenticateMachine
from application.use_cases.check_readiness import CheckReadiness
from application.use_cases.check_schemas import CheckSchemas
from application.use_cases.describe_customer import DescribeCustomer
from application.use_cases.find_provider import FindProvider
from application.use_cases.find_schema import FindSchema
from application.use_cases.find_version import FindVersion
from application.use_cases.inspect_version import InspectVersion
from application.use_cases.list_distributions import ListDistributions
from application.use_cases.list_files import ListFiles
from application.use_cases.list_versions import ListVersions
from application.use_cases.read_history import ReadHistory
from application.use_cases.register_version import RegisterVersion
from application.use_cases.rehearse_registration import RehearseRegistration
from application.use_cases.restore_version import RestoreVersion
from application.use_cases.reverify_version import ReverifyVersion
from application.use_cases.search_providers import SearchProviders
from application.use_cases.verify_wheel import VerifyWheel
from application.use_cases.yank_version import YankVersion
from domain.inspections import TokenInspection
from domain.machines import ReleaseAllowList
from entrypoints.operations import Operations
from entrypoints.registry import CustomerRealm, Registry
from entrypoints.settings import (
    ConsoleSettings,
    CustomerSettings,
    DatabaseSettings,
    Settings,
    TracingSettings,
    WheelSettings,
)
from entrypoints.telemetry import Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """One adapter for each port. Without those of the customers, that realm is off."""

    verifier: TokenVerifier
    fetcher: WheelFetcher
    reader: WheelReader
    schema_validator: SchemaValidator
    store: VersionStore
    catalog: ProviderCatalog
    distributions: DistributionIndex
    changes: ChangeFeed
    clock: Clock
    customer_verifier: CustomerVerifier | None = None
    customer_directory: CustomerDirectory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryAdapters(Adapters):
    """Adapters that keep everything in this process, for contract tests; archives and schemas are judged for real."""

    verifier: InMemoryTokenVerifier = field(default_factory=InMemoryTokenVerifier)
    fetcher: InMemoryWheelFetcher = field(default_factory=InMemoryWheelFetcher)
    reader: WheelReader = field(default_factory=ZipWheelReader)
    schema_validator: SchemaValidator = field(default_factory=MetaSchemaValidator)
    store: InMemoryVersionStore = field(default_factory=InMemoryVersionStore)
    catalog: ProviderCatalog = field(init=False)
    distributions: DistributionIndex = field(init=False)
    changes: ChangeFeed = field(init=False)
    clock: Clock = field(default_factory=ManualClock)
    customer_verifier: InMemoryCustomerVerifier = field(default_factory=InMemoryCustomerVerifier)
    customer_directory: InMemoryCustomerDirectory = field(default_factory=InMemoryCustomerDirectory)

    def __post_init__(self) -> None:
        """Read what the store holds."""
        object.__setattr__(self, "catalog", InMemoryCatalog(self.store))
        object.__setattr__(self, "distributions", InMemoryDistributionIndex(self.store))
        object.__setattr__(self, "changes", InMemoryChangeFeed(self.store))


def build_registry(
    adapters: Adapters,
    *,
    release_machine_ids: Collection[str] = (),
    runtime_version: str = "unpinned",
    observer: Observer = NOBODY,
) -> Registry:
    """Wire the use cases to adapters.

    Args:
        adapters: What the ports are plugged into.
        release_machine_ids: Console machines that may release.
        runtime_version: Pinned on every version that is registered.
        observer: Is told what happens. Reads of the store are left alone: there are many, and each request is told of.
    """
    verify_wheel = VerifyWheel(
        fetcher=ObservedWheelFetcher(adapters.fetcher, observer), reader=ObservedWheelReader(adapters.reader, observer)
    )
    store = ObservedVersionStore(adapters.store, observer)
    check_schemas = CheckSchemas(adapters.schema_validator)
    find_version = FindVersion(adapters.store)
    return Registry(
        authenticate_machine=AuthenticateMachine(
            ObservedVerifier(adapters.verifier, observer), ReleaseAllowList(frozenset(release_machine_ids))
        ),
        register_version=RegisterVersion(
            store=store,
            check_schemas=check_schemas,
            verify_wheel=verify_wheel,
            clock=adapters.clock,
            runtime_version=runtime_version,
        ),
        rehearse_registration=RehearseRegistration(
            store=store,
            check_schemas=check_schemas,
            verify_wheel=verify_wheel,
            clock=adapters.clock,
            runtime_version=runtime_version,
        ),
        yank_version=YankVersion(store=store, clock=adapters.clock),
        restore_version=RestoreVersion(store=store, clock=adapters.clock),
        verify_wheel=verify_wheel,
        find_version=find_version,
        find_schema=FindSchema(find_version),
        list_versions=ListVersions(adapters.store),
        read_history=ReadHistory(adapters.store),
        search_providers=SearchProviders(adapters.catalog),
        find_provider=FindProvider(adapters.catalog),
        list_distributions=ListDistributions(adapters.distributions),
        list_files=ListFiles(adapters.distributions),
        check_readiness=CheckReadiness(adapters.store),
        changes=adapters.changes,
        customers=_customer_realm_of(adapters, observer),
    )


def _customer_realm_of(adapters: Adapters, observer: Observer) -> CustomerRealm | None:
    if adapters.customer_verifier is None or adapters.customer_directory is None:
        return None
    return CustomerRealm(
        authenticate_customer=AuthenticateCustomer(ObservedVerifier(adapters.customer_verifier, observer)),
        describe_customer=DescribeCustomer(adapters.customer_directory),
    )


@asynccontextmanager
async def open_registry(settings: Settings, observer: Observer = NOBODY) -> AsyncIterator[Registry]:
    """Open the production adapters that the settings describe, and wire the use cases to them."""
    async with open_adapters(settings, observer) as adapters:
        yield build_registry(
            adapters,
            release_machine_ids=settings.console.release_machine_ids,
            runtime_version=settings.server.runtime_version,
            observer=observer,
        )


@asynccontextmanager
async def open_adapters(settings: Settings, observer: Observer = NOBODY) -> AsyncIterator[Adapters]:
    """Open Clerk, HTTPS and PostgreSQL as the settings describe them; close them on exit.

    Without a database URL this starts the embedded PostgreSQL, and migrates it.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        url = stack.enter_context(serving_database(settings.database))
        database = Database(url, connection_options(settings.database), observer)
        stack.push_async_callback(database.dispose)
        customers = await _open_customers(settings.customer, clock, stack, observer)
        remove_leftovers(settings.wheel.spool_dir or Path(tempfile.gettempdir()))
        yield Adapters(
            verifier=await stack.enter_async_context(
                ClerkTokenVerifier(console_realm(settings.console), clock, observer=observer)
            ),
            fetcher=_wheel_fetcher(settings.wheel),
            reader=ZipWheelReader(),
            schema_validator=MetaSchemaValidator(),
            store=PostgresVersionStore(database),
            catalog=PostgresCatalog(database),
            distributions=PostgresDistributionIndex(database),
            changes=PostgresChangeFeed(database),
            clock=clock,
            customer_verifier=None if customers is None else customers.verifier,
            customer_directory=None if customers is None else customers.directory,
        )


@asynccontextmanager
async def open_operations(database: DatabaseSettings, wheel: WheelSettings) -> AsyncIterator[Operations]:
    """Open what operators need: the database, embedded or not, and the fetching of wheels. No realm is asked.

    The embedded database is shared with a server that runs on it.
    """
    clock = SystemClock()
    with serving_database(database) as url:
        opened = Database(url, connection_options(database))
        try:
            yield _operations(
                PostgresVersionStore(opened), PostgresCatalog(opened), open_wheel_verification(wheel), clock
            )
        finally:
            await opened.dispose()


def _operations(store: VersionStore, catalog: ProviderCatalog, verify_wheel: VerifyWheel, clock: Clock) -> Operations:
    return Operations(
        search_providers=SearchProviders(catalog),
        find_provider=FindProvider(catalog),
        list_versions=ListVersions(store),
        inspect_version=InspectVersion(store),
        yank_version=YankVersion(store=store, clock=clock),
        restore_version=RestoreVersion(store=store, clock=clock),
        reverify_version=ReverifyVersion(store=store, verify_wheel=verify_wheel, clock=clock),
    )


async def _open_customers(
    settings: CustomerSettings | None, clock: Clock, stack: AsyncExitStack, observer: Observer
) -> ClerkCustomers | None:
    if settings is None:
        return None
    return await stack.enter_async_context(ClerkCustomers(customer_realm(settings), clock, observer=observer))


def open_telemetry(tracing: TracingSettings, *, shared_metrics: Path | None = None) -> Telemetry:
    """Watch this process: log lines, metrics, and traces where the settings say where to send them.

    Args:
        tracing: Without an endpoint, nothing of OpenTelemetry is even imported.
        shared_metrics: Folder through which the workers of one server show their metrics together.
    """
    registry = CollectorRegistry()
    watching: list[Observer] = [PrometheusObserver(registry), LoggingObserver()]
    expose = partial(exposition, registry, shared_metrics)
    if tracing.endpoint is None:
        return Telemetry(observer=Observers(watching), expose=expose)
    from adapters.tracing.observer import TracingObserver  # noqa: PLC0415 -- an optional extra
    from adapters.tracing.provider import open_provider  # noqa: PLC0415 -- likewise
    from adapters.tracing.requests import TracedRequests  # noqa: PLC0415 -- likewise

    provider = open_provider(tracing.endpoint)
    tracer = provider.get_tracer("provider-registry")
    return Telemetry(
        observer=Observers([*watching, TracingObserver(tracer)]),
        expose=expose,
        trace=partial(TracedRequests, tracer=tracer),
        close=provider.shutdown,
    )


def inspect_machine_token(settings: ConsoleSettings, token: str) -> TokenInspection:
    """Say which check a token would fail, without asking anybody."""
    allow_list = ReleaseAllowList(frozenset(settings.release_machine_ids))
    return ClerkTokenInspector(console_realm(settings), allow_list, SystemClock()).inspect(token)


@asynccontextmanager
async def open_machine_authentication(settings: ConsoleSettings) -> AsyncIterator[AuthenticateMachine]:
    """Open the authentication of machines alone, which needs no database; it asks Clerk."""
    async with ClerkTokenVerifier(console_realm(settings), SystemClock()) as verifier:
        yield AuthenticateMachine(verifier, ReleaseAllowList(frozenset(settings.release_machine_ids)))


def open_wheel_verification(settings: WheelSettings) -> VerifyWheel:
    """Wire the verification of wheels alone, which needs neither a realm nor a database."""
    return VerifyWheel(fetcher=_wheel_fetcher(settings), reader=ZipWheelReader())


@contextmanager
def serving_database(settings: DatabaseSettings) -> Iterator[str]:
    """Give the URL of the database; without one in the settings, run the embedded PostgreSQL, migrated, until exit.

    Raises:
        StoreUnavailableError: The embedded database cannot be started or migrated.
    """
    if settings.url is not None:
        yield settings.url.reveal()
        return
    with EmbeddedPostgres(_embedded_folder(settings)) as server:
        migrations.upgrade(server.dsn)
        yield server.dsn


def is_database_there(settings: DatabaseSettings) -> bool:
    """Tell whether there is a database to look into: opening the embedded one would make it."""
    try:
        return settings.url is not None or _embedded_folder(settings).is_dir()
    except PermissionError:
        return True  # opening it says why it cannot be


def _embedded_folder(settings: DatabaseSettings) -> Path:
    return settings.data_dir / "postgres"


@dataclass(frozen=True, slots=True)
class DatabaseLayout:
    """The layout of one database, for the command line."""

    url: str

    def upgrade(self) -> None:
        """Apply all migrations."""
        migrations.upgrade(self.url)

    def downgrade(self, revision: str) -> None:
        """Take migrations back to a revision, or to ``base``.

        Raises:
            LookupError: They do not lead there.
        """
        migrations.downgrade(self.url, revision)

    def current(self) -> str:
        """Return the revision that the database is at; empty if it was never migrated."""
        return ", ".join(sorted(migrations.current(self.url)))

    def suffices(self) -> bool:
        """Tell whether the database has the layout that this release needs."""
        return migrations.suffices(self.url)


@contextmanager
def open_layout(settings: DatabaseSettings) -> Iterator[DatabaseLayout]:
    """Reach the layout of the database, whatever it is; the embedded one runs until exit."""
    if settings.url is not None:
        yield DatabaseLayout(settings.url.reveal())
        return
    with EmbeddedPostgres(_embedded_folder(settings)) as server:
        yield DatabaseLayout(server.dsn)


def console_realm(settings: ConsoleSettings) -> ClerkRealm:
    """Return how machine tokens are judged under these settings."""
    return ClerkRealm(
        issuer=settings.clerk_issuer,
        api_url=settings.clerk_api_url,
        secret_key=settings.clerk_secret_key.reveal(),
        machine_id=settings.machine_id,
        connect_timeout=settings.clerk_connect_timeout_seconds,
        read_timeout=settings.clerk_read_timeout_seconds,
        deadline=settings.clerk_timeout_seconds,
        max_lifetime=settings.token_max_lifetime_seconds,
        allow_missing_category=not settings.token_category_required,
    )


def customer_realm(settings: CustomerSettings) -> ClerkCustomerRealm:
    """Return how customers' tokens and keys are judged under these settings."""
    return ClerkCustomerRealm(
        issuer=settings.clerk_issuer,
        api_url=settings.clerk_api_url,
        secret_key=settings.clerk_secret_key.reveal(),
        authorized_parties=frozenset(settings.authorized_parties),
    )


def connection_options(settings: DatabaseSettings) -> ConnectionOptions:
    """Return how the database is connected to under these settings."""
    return ConnectionOptions(pool_size=settings.pool_size, prepared_statements=settings.prepared_statements)


def fetch_policy(settings: WheelSettings) -> FetchPolicy:
    """Return how far fetching a wheel may go under these settings."""
    return FetchPolicy(
        max_bytes=settings.max_bytes,
        deadline=settings.deadline_seconds,
        max_concurrent=settings.max_concurrent,
    )


def address_rules(settings: WheelSettings) -> AddressRules:
    """Return which addresses may be fetched from under these settings."""
    return AddressRules.parse(networks=settings.allowed_networks, hosts=settings.allowed_hosts)


def _wheel_fetcher(settings: WheelSettings) -> HttpsWheelFetcher:
    return HttpsWheelFetcher(
        fetch_policy(settings),
        rules=address_rules(settings),
        tls=trust(settings.ca_bundle),
        spool_directory=settings.spool_dir,
    )
