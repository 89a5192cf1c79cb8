"""Yanking and restoring versions."""

from application.ports.clock import Clock
from application.ports.version_repository import VersionRepository
from domain import lifecycle
from domain.lifecycle import Restoration, Yank
from domain.versions import ProviderVersion


class YankVersion:
    """Yanks published versions. They stay readable, and installable by exact version."""

    def __init__(self, *, versions: VersionRepository, clock: Clock) -> None:
        self._versions = versions
        self._clock = clock

    async def execute(self, request: Yank) -> ProviderVersion:
        """Yank a version. One that is yanked already keeps its reason and time.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            VersionNotFoundError: There is no such version.
            IllegalTransitionError: The version was never published.
            InvalidTextError: The reason breaks its rule.
            StoreUnavailableError: The store is unreachable.
        """
        request.registrant.authorise(request.name)
        return await self._versions.update(
            request.name, request.version, lambda state: lifecycle.yank(state, request, now=self._clock.now())
        )


class RestoreVersion:
    """Undoes yanks."""

    def __init__(self, *, versions: VersionRepository, clock: Clock) -> None:
        self._versions = versions
        self._clock = clock

    async def execute(self, request: Restoration) -> ProviderVersion:
        """Restore a version. One that is published already stays as it is.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            VersionNotFoundError: There is no such version.
            IllegalTransitionError: The version was never published.
            StoreUnavailableError: The store is unreachable.
        """
        request.registrant.authorise(request.name)
        return await self._versions.update(
            request.name, request.version, lambda state: lifecycle.restore(state, request, now=self._clock.now())
        )
