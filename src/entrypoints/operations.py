"""What operators do on the host: the use cases that need no realm, wired."""

from dataclasses import dataclass

from application.use_cases.find_provider import FindProvider
from application.use_cases.inspect_distribution import InspectDistribution
from application.use_cases.inspect_version import InspectVersion
from application.use_cases.lifecycle import RestoreVersion, YankVersion
from application.use_cases.list_distribution_owners import ListDistributionOwners
from application.use_cases.list_recorded_versions import ListRecordedVersions
from application.use_cases.register_version import RegisterVersion
from application.use_cases.reverify_version import ReverifyVersion
from application.use_cases.search_providers import SearchProviders
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
