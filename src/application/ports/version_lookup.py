"""Finding one version."""

from typing import Protocol

from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


class VersionLookup(Protocol):
    """Finds one version."""

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Return a public (published or yanked) version, or None.

        The readme of its wheel is left out (None): ``ProviderQueries`` has it.

        Raises:
            StoreUnavailableError: It cannot be read.
        """
        ...
