"""The registry as entrypoints see it: its use cases, wired."""

from dataclasses import dataclass

from application.ports.task_inspection import TaskInspection
from application.ports.task_queue import TaskQueue
from application.ports.version_checks import VersionChecks
from application.ports.webhook_queue import WebhookQueue
from application.use_cases.accept_registration import AcceptRegistration
from application.use_cases.ask_witnesses import AskWitnesses
from application.use_cases.authentication import AuthenticateCustomer, AuthenticateMachine
from application.use_cases.build_version import BuildVersion
from application.use_cases.check_availability import CheckAvailability, FindAvailability
from application.use_cases.check_upgrade import CheckUpgrade
from application.use_cases.compare_versions import CompareVersions, FindCompatibility
from application.use_cases.deliver_webhooks import DeliverWebhooks, MeasureWebhooks
from application.use_cases.describe_customer import DescribeCustomer
from application.use_cases.dry_run_registration import DryRunRegistration
from application.use_cases.find_registration import FindRegistration
from application.use_cases.lifecycle import RestoreVersion, YankVersion
from application.use_cases.list_tags import ListTags
from application.use_cases.logged_releases import FindLogPlace, ListReleases
from application.use_cases.maintain_mirror import BackfillMirror, SweepMirror, VerifyMirror
from application.use_cases.mirror import ReadMirror
from application.use_cases.operator_queries import (
    InspectDistribution,
    InspectVersion,
    ListDistributionOwners,
    ListRecordedVersions,
)
from application.use_cases.provenance import AddAttestations, ListAttestations, ReadProvenance
from application.use_cases.publishers import ManagePublishers
from application.use_cases.queries import (
    CheckReadiness,
    FindProvider,
    FindReadme,
    FindSchema,
    FindVersion,
    ListDistributions,
    ListFiles,
    ListMarks,
    ListVersions,
    ReadHistory,
    SearchProviders,
    SearchResources,
)
from application.use_cases.read_log import ListChanges, ReadCheckpoint, ReadProof, ReadTile
from application.use_cases.register_version import RegisterVersion
from application.use_cases.reverify_version import ReverifyVersion
from application.use_cases.trace_origins import TraceOrigins
from application.use_cases.transfer_distribution import TransferDistribution
from application.use_cases.transparency_log import AppendToLog, DescribeLog, MeasureLog, OpenLog
from application.use_cases.verify_wheel import VerifyWheel
from domain.customers import PublishPolicy
from entrypoints.changes import ChangeFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRealm:
    """The use cases of the customer realm, and who of its members and keys may publish."""

    authenticate_customer: AuthenticateCustomer
    publish_policy: PublishPolicy
    describe_customer: DescribeCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class LogUseCases:
    """What is done with a transparency log.

    Attributes:
        append: None where no key is configured: another process appends.
        ask_witnesses: None without witnesses.
    """

    read_checkpoint: ReadCheckpoint
    read_tile: ReadTile
    read_proof: ReadProof
    list_changes: ListChanges
    find_log_place: FindLogPlace
    list_releases: ListReleases
    measure: MeasureLog
    append: AppendToLog | None = None
    ask_witnesses: AskWitnesses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLogUseCases:
    """What operators do with a transparency log.

    Attributes:
        append: None where no key is configured.
    """

    describe: DescribeLog
    open: OpenLog
    append: AppendToLog | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookUseCases:
    """What a worker does with webhooks."""

    queue: WebhookQueue
    deliver: DeliverWebhooks
    measure: MeasureWebhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceUseCases:
    """What is done with attestations."""

    add_attestations: AddAttestations
    read_provenance: ReadProvenance


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationUseCases:
    """What a registration may call for: at once, later, or not at all."""

    register_version: RegisterVersion
    accept_registration: AcceptRegistration
    dry_run_registration: DryRunRegistration


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """All use cases over one set of adapters.

    Attributes:
        tasks: What is done later; ``build_version`` does it.
        checks: Of wheels on their hosts; ``check_availability`` does them.
        changes: Notifies caches of what was read.
        customers: None while the customer realm is off.
        read_mirror: None without a mirror.
        log: None without a transparency log.
        provenance: None where attestations are off.
        webhooks: None without keys for their secrets.
    """

    authenticate_machine: AuthenticateMachine
    register_version: RegisterVersion
    accept_registration: AcceptRegistration
    find_registration: FindRegistration
    build_version: BuildVersion
    tasks: TaskQueue
    checks: VersionChecks
    check_availability: CheckAvailability
    find_availability: FindAvailability
    dry_run_registration: DryRunRegistration
    yank_version: YankVersion
    restore_version: RestoreVersion
    verify_wheel: VerifyWheel
    find_version: FindVersion
    find_readme: FindReadme
    find_schema: FindSchema
    search_resources: SearchResources
    list_versions: ListVersions
    list_marks: ListMarks
    trace_origins: TraceOrigins
    read_history: ReadHistory
    find_compatibility: FindCompatibility
    compare_versions: CompareVersions
    check_upgrade: CheckUpgrade
    search_providers: SearchProviders
    list_tags: ListTags
    find_provider: FindProvider
    list_distributions: ListDistributions
    list_files: ListFiles
    list_attestations: ListAttestations
    check_readiness: CheckReadiness
    changes: ChangeFeed
    customers: CustomerRealm | None = None
    read_mirror: ReadMirror | None = None
    log: LogUseCases | None = None
    provenance: ProvenanceUseCases | None = None
    webhooks: WebhookUseCases | None = None

    @property
    def registration(self) -> RegistrationUseCases:
        return RegistrationUseCases(
            register_version=self.register_version,
            accept_registration=self.accept_registration,
            dry_run_registration=self.dry_run_registration,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorUseCases:
    """What operators do with a mirror."""

    backfill: BackfillMirror
    verify: VerifyMirror
    sweep: SweepMirror


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminUseCases:
    """The operators' use cases over one set of adapters.

    Attributes:
        mirror: None without a mirror.
    """

    search_providers: SearchProviders
    find_provider: FindProvider
    list_versions: ListRecordedVersions
    inspect_version: InspectVersion
    register_version: RegisterVersion
    yank_version: YankVersion
    restore_version: RestoreVersion
    reverify_version: ReverifyVersion
    list_distribution_owners: ListDistributionOwners
    inspect_distribution: InspectDistribution
    transfer_distribution: TransferDistribution
    inspect_tasks: TaskInspection
    find_availability: FindAvailability
    mirror: MirrorUseCases | None = None
    publishers: ManagePublishers | None = None
