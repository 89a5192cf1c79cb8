"""Reading what lists say of versions."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_marks import VersionMarks


class VersionMarkQueries(Protocol):
    """Reads the marks of many versions at once."""

    async def list_marks(self, name: ProviderName, versions: Sequence[SemVer]) -> Mapping[SemVer, VersionMarks]:
        """Return the marks of those of these versions that are public.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        ...
