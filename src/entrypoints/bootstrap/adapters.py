"""One adapter for each port: what the use cases are wired to."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Protocol, Self

from adapters.json_schema.config_errors import InProcessConfigValidator
from adapters.json_schema.validator import MetaSchemaValidator
from adapters.memory.change_feed import InMemoryChangeFeed
from adapters.memory.clock import ManualClock
from adapters.memory.customer_directory import InMemoryCustomerDirectory
from adapters.memory.distributions import InMemoryDistributionIndex
from adapters.memory.kept_checkpoint import InMemoryCheckpoint
from adapters.memory.origin_probe import InMemoryOriginProbe
from adapters.memory.provenance import InMemoryProvenance
from adapters.memory.provider_queries import InMemoryProviderQueries
from adapters.memory.schema_comparison import InMemorySchemaComparison
from adapters.memory.task_queue import InMemoryTaskQueue
from adapters.memory.token_verifiers import InMemoryCustomerVerifier, InMemoryTokenVerifier
from adapters.memory.transparency_log import InMemoryLog
from adapters.memory.version_checks import InMemoryVersionChecks
from adapters.memory.version_marks import InMemoryVersionMarks
from adapters.memory.version_repository import InMemoryVersionRepository
from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.memory.wheel_mirror import InMemoryMirrorIndex, InMemoryWheelMirror
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.attestation_queries import AttestationQueries
from application.ports.attestation_verifier import AttestationVerifier
from application.ports.clock import Clock
from application.ports.config_validator import ConfigValidator
from application.ports.customer_directory import CustomerDirectory
from application.ports.customer_verifier import CustomerVerifier
from application.ports.distribution_index import DistributionIndex
from application.ports.distribution_owners import DistributionOwners
from application.ports.health_check import HealthCheck
from application.ports.log_queries import LogQueries
from application.ports.mirror_index import MirrorIndex
from application.ports.origin_probe import OriginProbe
from application.ports.provider_queries import ProviderQueries
from application.ports.publisher_repository import PublisherRepository
from application.ports.schema_comparison import SchemaComparison
from application.ports.schema_coverage import SchemaCoverage
from application.ports.schema_validator import SchemaValidator
from application.ports.secret_cipher import SecretCipher
from application.ports.task_inspection import TaskInspection
from application.ports.task_queue import TaskQueue
from application.ports.token_verifier import TokenVerifier
from application.ports.version_checks import VersionChecks
from application.ports.version_mark_queries import VersionMarkQueries
from application.ports.version_queries import VersionQueries
from application.ports.version_repository import VersionRepository
from application.ports.webhook_queue import WebhookQueue
from application.ports.webhook_receivers import WebhookReceivers
from application.ports.webhook_sender import WebhookSender
from application.ports.wheel_fetcher import WheelFetcher
from application.ports.wheel_mirror import WheelMirror
from application.ports.wheel_reader import WheelReader
from application.use_cases.deliver_webhooks import DeliverWebhooks, MeasureWebhooks
from application.use_cases.mirror import KeepWheel
from application.use_cases.read_log import ListChanges
from domain.log.notes import SigningKey
from domain.provenance.admission import AttestationMode
from entrypoints.bootstrap.log_adapters import LogAdapters
from entrypoints.changes import ChangeFeed
from entrypoints.use_cases import WebhookUseCases


class VersionStore(VersionRepository, VersionQueries, HealthCheck, Protocol):
    """The ports of one database of versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorAdapters:
    """The adapters of a mirror.

    Attributes:
        is_required: Whether a wheel that cannot be kept is not registered.
        seconds: How long a registration waits for its copy.
    """

    mirror: WheelMirror
    index: MirrorIndex
    is_required: bool = False
    seconds: float = 25.0

    def keep_wheel(self, clock: Clock) -> KeepWheel:
        """Return the use case that keeps a wheel."""
        return KeepWheel(
            mirror=self.mirror, index=self.index, clock=clock, is_required=self.is_required, seconds=self.seconds
        )


class ProvenanceStore(AttestationQueries, PublisherRepository, Protocol):
    """The ports of attestations in one database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceAdapters:
    """The adapters of attestations.

    Attributes:
        mode: What becomes of attestations.
    """

    verifier: AttestationVerifier
    store: ProvenanceStore
    mode: AttestationMode = AttestationMode.RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAdapters:
    """The adapters of webhooks.

    Attributes:
        chance: Draws evenly from 0 to 1.
    """

    queue: WebhookQueue
    receivers: WebhookReceivers
    log: LogQueries
    sender: WebhookSender
    cipher: SecretCipher
    chance: Callable[[], float]

    def use_cases(self, clock: Clock) -> WebhookUseCases:
        """Wire what a worker does."""
        deliver = DeliverWebhooks(
            queue=self.queue,
            changes=ListChanges(self.log),
            sender=self.sender,
            cipher=self.cipher,
            clock=clock,
            chance=self.chance,
        )
        measure = MeasureWebhooks(receivers=self.receivers, log=self.log, clock=clock)
        return WebhookUseCases(queue=self.queue, deliver=deliver, measure=measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """One adapter for each port. Without those of the customers, that realm is off.

    Attributes:
        upgrade_coverage: Answers checks of upgrades, which anybody may ask for, apart from registrations.
    """

    verifier: TokenVerifier
    fetcher: WheelFetcher
    reader: WheelReader
    schema_validator: SchemaValidator
    new_schema_comparison: Callable[[], SchemaComparison]
    config_validator: ConfigValidator
    upgrade_coverage: SchemaCoverage
    store: VersionStore
    catalog: ProviderQueries
    distributions: DistributionIndex
    tasks: TaskQueue
    checks: VersionChecks
    marks: VersionMarkQueries
    probe: OriginProbe
    changes: ChangeFeed
    clock: Clock
    customer_verifier: CustomerVerifier | None = None
    customer_directory: CustomerDirectory | None = None
    mirror: MirrorAdapters | None = None
    log: LogAdapters | None = None
    provenance: ProvenanceAdapters | None = None
    webhooks: WebhookAdapters | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryAdapters(Adapters):
    """Adapters that keep everything in this process; archives, schemas and configs are validated for real."""

    verifier: InMemoryTokenVerifier = field(default_factory=InMemoryTokenVerifier)
    fetcher: InMemoryWheelFetcher = field(default_factory=InMemoryWheelFetcher)
    reader: WheelReader = field(default_factory=ZipWheelReader)
    schema_validator: SchemaValidator = field(default_factory=MetaSchemaValidator)
    new_schema_comparison: Callable[[], SchemaComparison] = InMemorySchemaComparison
    config_validator: ConfigValidator = field(default_factory=InProcessConfigValidator)
    upgrade_coverage: SchemaCoverage = field(default_factory=InMemorySchemaComparison)
    store: InMemoryVersionRepository = field(default_factory=InMemoryVersionRepository)
    catalog: ProviderQueries = field(init=False)
    distributions: DistributionIndex = field(init=False)
    tasks: InMemoryTaskQueue = field(init=False)
    checks: InMemoryVersionChecks = field(init=False)
    marks: VersionMarkQueries = field(init=False)
    probe: InMemoryOriginProbe = field(default_factory=InMemoryOriginProbe)
    changes: ChangeFeed = field(init=False)
    clock: Clock = field(default_factory=ManualClock)
    customer_verifier: InMemoryCustomerVerifier = field(default_factory=InMemoryCustomerVerifier)
    customer_directory: InMemoryCustomerDirectory = field(default_factory=InMemoryCustomerDirectory)

    def __post_init__(self) -> None:
        object.__setattr__(self, "catalog", InMemoryProviderQueries(self.store))
        object.__setattr__(self, "distributions", InMemoryDistributionIndex(self.store))
        object.__setattr__(self, "tasks", InMemoryTaskQueue(self.store, self.clock))
        object.__setattr__(self, "checks", InMemoryVersionChecks(self.store, self.clock))
        object.__setattr__(self, "marks", InMemoryVersionMarks(self.store, self.checks))
        object.__setattr__(self, "changes", InMemoryChangeFeed(self.store))

    def with_mirror(self, *, is_required: bool = False, seconds: float = 25.0) -> Self:
        """Return the same with a mirror in memory."""
        mirror = MirrorAdapters(
            mirror=InMemoryWheelMirror(),
            index=InMemoryMirrorIndex(self.store),
            is_required=is_required,
            seconds=seconds,
        )
        mirrored = copy(self)
        object.__setattr__(mirrored, "mirror", mirror)
        return mirrored

    def with_log(self, keys: Sequence[SigningKey]) -> Self:
        """Return the same with a transparency log in memory."""
        log = InMemoryLog(self.store)
        logged = copy(self)
        adapters = LogAdapters(writer=log, queries=log, kept=InMemoryCheckpoint(), cosignatures=log, keys=keys)
        object.__setattr__(logged, "log", adapters)
        return logged

    def with_provenance(self, verifier: AttestationVerifier, mode: AttestationMode = AttestationMode.RECORD) -> Self:
        """Return the same with attestations that a verifier vouches for."""
        attested = copy(self)
        store = InMemoryProvenance(self.store)
        object.__setattr__(attested, "provenance", ProvenanceAdapters(verifier=verifier, store=store, mode=mode))
        return attested


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAdapters:
    """One adapter for each port that operators need."""

    fetcher: WheelFetcher
    reader: WheelReader
    schema_validator: SchemaValidator
    new_schema_comparison: Callable[[], SchemaComparison]
    store: VersionStore
    catalog: ProviderQueries
    owners: DistributionOwners
    tasks: TaskInspection
    checks: VersionChecks
    clock: Clock
    mirror: MirrorAdapters | None = None
    publishers: PublisherRepository | None = None
    provenance: ProvenanceAdapters | None = None
