"""Undoing a yank."""

from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.version_store import Change, Stored, VersionStore
from application.use_cases.find_version import require_version
from domain.history import LifecycleAction, LifecycleEvent
from domain.machines import Registrant
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion, VersionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """The command: who restores what.

    Attributes:
        request_id: Name of the request, to be kept in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    request_id: str | None = None


class RestoreVersion:
    """Restores yanked versions."""

    def __init__(self, *, store: VersionStore, clock: Clock) -> None:
        """Take the ports."""
        self._store = store
        self._clock = clock

    async def execute(self, restoration: Restoration) -> ProviderVersion:
        """Restore the version, or find it published already: then nothing changes.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            VersionNotFoundError: There is no such version.
            IllegalTransitionError: The version was never published.
            StoreUnavailableError: The store is unreachable.
        """
        name, version = restoration.name, restoration.version
        restoration.registrant.authorise(name)
        stored = await self._store.update(name, version, lambda stored: self._decide(restoration, stored))
        return require_version(stored.version, name, version)

    def _decide(self, restoration: Restoration, stored: Stored) -> Change:
        if stored.provider is not None:
            stored.provider.require_owner(restoration.registrant.organization_id)
        version = require_version(stored.version, restoration.name, restoration.version)
        if version.status is VersionStatus.PUBLISHED:
            return Change()
        at = self._clock.now()
        event = LifecycleEvent(
            action=LifecycleAction.RESTORED,
            at=at,
            actor=restoration.registrant.actor,
            request_id=restoration.request_id,
        )
        return Change(version=version.restore(at=at), event=event)
