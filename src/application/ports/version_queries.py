"""Reading provider versions."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from application.ports.version_lookup import VersionLookup
from domain.compatibility.assessment import Compatibility
from domain.history import HistoryEvent
from domain.names import ProviderName
from domain.schemas import ResourceSchemas
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.metadata import Readme


class VersionQueries(VersionLookup, Protocol):
    """Finds and lists versions. All but ``history``, ``list_all`` and ``find_registration`` return public ones only.

    The readmes of their wheels are left out (None); ``find_readme`` has them. Every method raises
    ``StoreUnavailableError`` when the database is unreachable.
    """

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Return the highest published stable version, a pre-release only when there is no stable one, or None."""
        ...

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return the provider's public versions, newest first by precedence; empty if there are none.

        Schemas, changelog, verification and what wheels say of their projects are left out (None): they are large, and
        lists do not show them.

        Args:
            name: The provider.
            limit: At most that many; None for all.
            before: Only versions of a lower precedence than this one, which need not exist.
        """
        ...

    async def list_schemas(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, ResourceSchemas]:
        """Return the schemas of resource types of those of these versions that are public and have some."""
        ...

    async def find_readme(self, name: ProviderName, version: SemVer) -> Readme | None:
        """Return the readme of a public version's wheel; None if it has none."""
        ...

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[HistoryEvent]:
        """Return what happened to a version, oldest first in the order of writing, whatever the times say.

        At most ``limit`` events after the first ``offset``, which are always the same ones. Empty for an unknown
        version. A version that is not public has a history too; whether to show it is for the caller to decide.
        """
        ...

    async def find_compatibility(self, name: ProviderName, version: SemVer) -> Compatibility | None:
        """Return how a public version compares with its baseline; None if it was published without a comparison."""
        ...

    async def find_registration(self, registration_id: UUID) -> ProviderVersion | None:
        """Return the version of any status that was accepted under that id last, or None."""
        ...

    async def list_all(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return versions of every status, failed ones too, newest first by precedence; empty if there are none.

        For operators. Leaves out what ``list_versions`` leaves out.
        """
        ...
