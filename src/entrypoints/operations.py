"""What operators do on the host: the use cases that need no realm, wired."""

from dataclasses import dataclass

from application.use_cases.lifecycle import RestoreVersion, YankVersion
from application.use_cases.operator_queries import (
    InspectDistribution,
    InspectVersion,
    ListDistributionOwners,
    ListRecordedVersions,
)
from application.use_cases.queries import FindProvider, SearchProviders
from application.use_cases.register_version import RegisterVersion
from application.use_cases.reverify_version import ReverifyVersion
from application.use_cases.transfer_distribution import TransferDistribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The operators' use cases over one set of adapters."""

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
