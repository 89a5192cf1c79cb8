"""Resolving one version."""

from application.ports.version_store import VersionStore
from domain.errors import VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion


class FindVersion:
    """Resolves public versions."""

    def __init__(self, store: VersionStore) -> None:
        """Take the store."""
        self._store = store

    async def execute(self, name: ProviderName, version: SemVer | None) -> ProviderVersion:
        """Return that version, or the latest one for None.

        Raises:
            VersionNotFoundError: There is no such public version.
            StoreUnavailableError: The store is unreachable.
        """
        found = await (self._store.find_latest(name) if version is None else self._store.find(name, version))
        return require_version(found, name, version)


def require_version(found: ProviderVersion | None, name: ProviderName, version: SemVer | None) -> ProviderVersion:
    """Return what was found of a version, or of the latest one for None.

    Raises:
        VersionNotFoundError: Nothing was.
    """
    if found is None:
        raise VersionNotFoundError(
            f"{name} has no public version {version or 'to be the latest'}; "
            "list its versions to see what there is, yanked ones included"
        )
    return found
