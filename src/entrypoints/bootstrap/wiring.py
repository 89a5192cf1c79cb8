"""Plugging adapters into use cases."""

from collections.abc import Collection
from dataclasses import replace

from adapters.instrumentation import NULL_OBSERVER, StageObserver
from adapters.instrumented import (
    InstrumentedVerifier,
    InstrumentedVersionRepository,
    InstrumentedWheelFetcher,
    InstrumentedWheelMirror,
    InstrumentedWheelReader,
    MirrorInstrumentation,
)
from application.ports.clock import Clock
from application.scheduling import FairShare, Shares
from application.use_cases.accept_registration import AcceptRegistration
from application.use_cases.authentication import AuthenticateCustomer, AuthenticateMachine
from application.use_cases.build_version import BuildVersion
from application.use_cases.check_announcement import AssessCompatibility, CheckAnnouncement, CheckSchemas
from application.use_cases.check_availability import CheckAvailability, FindAvailability
from application.use_cases.check_upgrade import CheckUpgrade
from application.use_cases.compare_schemas import CompareSchemas
from application.use_cases.compare_versions import CompareVersions, FindCompatibility
from application.use_cases.describe_customer import DescribeCustomer
from application.use_cases.dry_run_registration import DryRunRegistration
from application.use_cases.find_registration import FindRegistration
from application.use_cases.lifecycle import RestoreVersion, YankVersion
from application.use_cases.list_tags import ListTags
from application.use_cases.maintain_mirror import BackfillMirror, SweepMirror, VerifyMirror
from application.use_cases.mirror import ReadMirror
from application.use_cases.operator_queries import (
    InspectDistribution,
    InspectVersion,
    ListDistributionOwners,
    ListRecordedVersions,
)
from application.use_cases.provenance import ListAttestations
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
from application.use_cases.register_version import RegisterVersion
from application.use_cases.reverify_version import ReverifyVersion
from application.use_cases.trace_origins import TraceOrigins
from application.use_cases.transfer_distribution import TransferDistribution
from application.use_cases.verify_wheel import VerifyWheel
from domain.availability import CheckSchedule
from domain.compatibility.gate import CompatibilityPolicy
from domain.customers import PublishPolicy
from domain.registrants import ReleaseAllowList
from domain.tasks import RetryPolicy
from entrypoints.bootstrap.adapters import Adapters, MirrorAdapters, OperatorAdapters
from entrypoints.bootstrap.provenance import attestations_of, provenance_use_cases, publisher_use_cases
from entrypoints.use_cases import AdminUseCases, CustomerRealm, MirrorUseCases, UseCases

_CHECKS = 16


def build_registry(  # noqa: PLR0913 -- each is a setting
    adapters: Adapters,
    *,
    release_machine_ids: Collection[str] = (),
    publish_policy: PublishPolicy | None = None,
    runtime_version: str = "unpinned",
    compatibility: CompatibilityPolicy | None = None,
    observer: MirrorInstrumentation = NULL_OBSERVER,
    shares: Shares | None = None,
    retries: RetryPolicy | None = None,
    schedule: CheckSchedule | None = None,
    checks_per_host: int = 2,
) -> UseCases:
    """Wire the use cases to adapters.

    Args:
        adapters: What the ports are plugged into.
        release_machine_ids: Console machines that may release.
        publish_policy: Which customers may publish for their organisations; the default one if left out.
        runtime_version: Pinned on every version that is registered.
        compatibility: What becomes of breaking changes; the default one if left out.
        observer: Observes the stages of requests, and the mirror. Reads of the store are no stages.
        shares: How many wheels are checked at once, and for whom.
        retries: How often, and when, what is done later is tried again.
        schedule: When it is checked whether wheels are still on their hosts.
        checks_per_host: How many wheels of one host are checked at once.
    """
    verify_wheel = VerifyWheel(
        fetcher=InstrumentedWheelFetcher(adapters.fetcher, observer),
        reader=InstrumentedWheelReader(adapters.reader, observer),
    )
    store = InstrumentedVersionRepository(adapters.store, observer)
    policy = compatibility or CompatibilityPolicy()
    mirror = None if adapters.mirror is None else _instrumented(adapters.mirror, observer)

    def new_comparison() -> CompareSchemas:
        return CompareSchemas(adapters.new_schema_comparison(), severities=policy.severities)

    check_announcement = CheckAnnouncement(
        check_schemas=CheckSchemas(adapters.schema_validator),
        assess_compatibility=AssessCompatibility(
            versions=adapters.store,
            compare=new_comparison(),
            compare_for_customers=new_comparison(),
            clock=adapters.clock,
            refuses=policy.refuses,
        ),
        verify_wheel=verify_wheel,
        shares=FairShare(shares or Shares.of(_CHECKS)),
        clock=adapters.clock,
        keep_wheel=None if mirror is None else mirror.keep_wheel(adapters.clock),
        attestations=attestations_of(adapters.provenance, adapters.clock),
    )
    find_version, find_provider = FindVersion(adapters.store), FindProvider(adapters.catalog)
    provenance = provenance_use_cases(adapters.provenance, store, find_version, adapters.clock)
    return UseCases(
        authenticate_machine=AuthenticateMachine(
            InstrumentedVerifier(adapters.verifier, observer), ReleaseAllowList(frozenset(release_machine_ids))
        ),
        register_version=RegisterVersion(
            versions=store,
            check_announcement=check_announcement,
            clock=adapters.clock,
            runtime_version=runtime_version,
            add_attestations=None if provenance is None else provenance.add_attestations,
        ),
        accept_registration=AcceptRegistration(
            versions=store,
            tasks=adapters.tasks,
            check_announcement=check_announcement,
            clock=adapters.clock,
            runtime_version=runtime_version,
            add_attestations=None if provenance is None else provenance.add_attestations,
        ),
        find_registration=FindRegistration(adapters.store),
        build_version=BuildVersion(
            versions=store,
            queue=adapters.tasks,
            check_announcement=check_announcement,
            clock=adapters.clock,
            runtime_version=runtime_version,
            retries=retries or RetryPolicy(),
        ),
        tasks=adapters.tasks,
        checks=adapters.checks,
        check_availability=CheckAvailability(
            checks=adapters.checks,
            probe=adapters.probe,
            fetcher=adapters.fetcher,
            clock=adapters.clock,
            schedule=schedule or CheckSchedule(),
            per_host=checks_per_host,
        ),
        find_availability=FindAvailability(adapters.checks, find_version),
        dry_run_registration=DryRunRegistration(
            versions=store,
            check_announcement=check_announcement,
            clock=adapters.clock,
            runtime_version=runtime_version,
        ),
        yank_version=YankVersion(versions=store, clock=adapters.clock),
        restore_version=RestoreVersion(versions=store, clock=adapters.clock),
        verify_wheel=verify_wheel,
        find_version=find_version,
        find_readme=FindReadme(adapters.store),
        find_schema=FindSchema(find_version),
        list_versions=ListVersions(adapters.store),
        list_marks=ListMarks(adapters.marks, has_attestations=adapters.provenance is not None),
        trace_origins=TraceOrigins(adapters.store),
        read_history=ReadHistory(adapters.store),
        find_compatibility=FindCompatibility(adapters.store, find_version),
        compare_versions=CompareVersions(adapters.store, find_version, new_comparison()),
        check_upgrade=CheckUpgrade(
            versions=adapters.store,
            find_version=find_version,
            validator=adapters.config_validator,
            coverage=adapters.upgrade_coverage,
        ),
        search_providers=SearchProviders(adapters.catalog),
        list_tags=ListTags(adapters.catalog, adapters.clock),
        search_resources=SearchResources(adapters.catalog),
        find_provider=find_provider,
        list_distributions=ListDistributions(adapters.distributions),
        list_files=ListFiles(adapters.distributions),
        list_attestations=ListAttestations(None if adapters.provenance is None else adapters.provenance.store),
        check_readiness=CheckReadiness(adapters.store),
        changes=adapters.changes,
        customers=_customer_realm_of(adapters, observer, publish_policy or PublishPolicy()),
        read_mirror=None if mirror is None else ReadMirror(mirror=mirror.mirror, index=mirror.index),
        log=None if adapters.log is None else adapters.log.use_cases(find_version, find_provider, adapters.clock),
        provenance=provenance,
        webhooks=None if adapters.webhooks is None else adapters.webhooks.use_cases(adapters.clock),
    )


def _instrumented(adapters: MirrorAdapters, observer: MirrorInstrumentation) -> MirrorAdapters:
    return replace(adapters, mirror=InstrumentedWheelMirror(adapters.mirror, observer))


def _customer_realm_of(adapters: Adapters, observer: StageObserver, policy: PublishPolicy) -> CustomerRealm | None:
    if adapters.customer_verifier is None or adapters.customer_directory is None:
        return None
    return CustomerRealm(
        authenticate_customer=AuthenticateCustomer(InstrumentedVerifier(adapters.customer_verifier, observer)),
        publish_policy=policy,
        describe_customer=DescribeCustomer(adapters.customer_directory),
    )


def build_admin_use_cases(
    adapters: OperatorAdapters,
    *,
    runtime_version: str = "unpinned",
    compatibility: CompatibilityPolicy | None = None,
    shares: Shares | None = None,
) -> AdminUseCases:
    """Wire what operators need.

    Args:
        adapters: What the ports are plugged into.
        runtime_version: Pinned on every version that is registered.
        compatibility: What becomes of breaking changes; the default one if left out.
        shares: How many wheels are checked at once.
    """
    store, owners, clock, mirror = adapters.store, adapters.owners, adapters.clock, adapters.mirror
    verify_wheel = VerifyWheel(fetcher=adapters.fetcher, reader=adapters.reader)
    policy = compatibility or CompatibilityPolicy()
    compare = CompareSchemas(adapters.new_schema_comparison(), severities=policy.severities)
    check_announcement = CheckAnnouncement(
        check_schemas=CheckSchemas(adapters.schema_validator),
        assess_compatibility=AssessCompatibility(
            versions=store,
            compare=compare,
            compare_for_customers=compare,
            clock=clock,
            refuses=policy.refuses,
        ),
        verify_wheel=verify_wheel,
        shares=FairShare(shares or Shares.of(_CHECKS)),
        clock=clock,
        keep_wheel=None if mirror is None else mirror.keep_wheel(clock),
        attestations=attestations_of(adapters.provenance, clock),
    )
    find_version = FindVersion(store)
    provenance = provenance_use_cases(adapters.provenance, store, find_version, clock)
    return AdminUseCases(
        search_providers=SearchProviders(adapters.catalog),
        find_provider=FindProvider(adapters.catalog),
        list_versions=ListRecordedVersions(store),
        inspect_version=InspectVersion(store, store),
        register_version=RegisterVersion(
            versions=store,
            check_announcement=check_announcement,
            clock=clock,
            runtime_version=runtime_version,
            add_attestations=None if provenance is None else provenance.add_attestations,
        ),
        yank_version=YankVersion(versions=store, clock=clock),
        restore_version=RestoreVersion(versions=store, clock=clock),
        reverify_version=ReverifyVersion(find_version=find_version, verify_wheel=verify_wheel, clock=clock),
        list_distribution_owners=ListDistributionOwners(owners),
        inspect_distribution=InspectDistribution(owners),
        transfer_distribution=TransferDistribution(owners=owners, clock=clock),
        inspect_tasks=adapters.tasks,
        find_availability=FindAvailability(adapters.checks, find_version),
        mirror=None if mirror is None else _mirror_use_cases(mirror, verify_wheel, clock),
        publishers=None if adapters.publishers is None else publisher_use_cases(adapters.publishers, clock),
    )


def _mirror_use_cases(adapters: MirrorAdapters, verify_wheel: VerifyWheel, clock: Clock) -> MirrorUseCases:
    mirror, index, keeper = adapters.mirror, adapters.index, adapters.keep_wheel(clock)
    return MirrorUseCases(
        backfill=BackfillMirror(verify_wheel=verify_wheel, keeper=keeper, index=index),
        verify=VerifyMirror(mirror=mirror, verify_wheel=verify_wheel, keeper=keeper, index=index, clock=clock),
        sweep=SweepMirror(mirror=mirror, index=index, clock=clock),
    )
