"""Taking a version out of ``latest``."""

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
class Yank:
    """The command: who yanks what, and why.

    Attributes:
        request_id: Name of the request, to be kept in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    reason: str
    request_id: str | None = None


class YankVersion:
    """Yanks published versions. They stay readable, and installable by exact version."""

    def __init__(self, *, store: VersionStore, clock: Clock) -> None:
        """Take the ports."""
        self._store = store
        self._clock = clock

    async def execute(self, yank: Yank) -> ProviderVersion:
        """Yank the version, or find it yanked already: then neither its reason nor its time changes.

        Raises:
            NamespaceForbiddenError: The registrant may not publish under that name.
            VersionNotFoundError: There is no such version.
            IllegalTransitionError: The version was never published.
            InvalidTextError: The reason breaks its rule.
            StoreUnavailableError: The store is unreachable.
        """
        yank.registrant.authorise(yank.name)
        stored = await self._store.update(yank.name, yank.version, lambda stored: self._decide(yank, stored))
        return require_version(stored.version, yank.name, yank.version)

    def _decide(self, yank: Yank, stored: Stored) -> Change:
        if stored.provider is not None:
            stored.provider.require_owner(yank.registrant.organization_id)
        version = require_version(stored.version, yank.name, yank.version)
        if version.status is VersionStatus.YANKED:
            return Change()
        at = self._clock.now()
        event = LifecycleEvent(
            action=LifecycleAction.YANKED,
            at=at,
            actor=yank.registrant.actor,
            request_id=yank.request_id,
            reason=yank.reason,
        )
        return Change(version=version.yank(yank.reason, at=at), event=event)
