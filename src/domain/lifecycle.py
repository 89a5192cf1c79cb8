"""The rules of yanking and restoring a version: pure functions of the stored state and the request."""

from dataclasses import dataclass
from datetime import datetime

from domain.history import LifecycleAction, LifecycleEvent
from domain.names import ProviderName
from domain.registrants import Registrant
from domain.semver import SemVer
from domain.version_state import ChangeStatus, VersionSnapshot
from domain.versions import ProviderVersion, VersionStatus, require_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Yank:
    """A request to yank a version.

    Attributes:
        request_id: Recorded in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    reason: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """A request to undo a yank.

    Attributes:
        request_id: Recorded in the version's history.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    request_id: str | None = None


def yank(state: VersionSnapshot, request: Yank, *, now: datetime) -> tuple[ChangeStatus | None, ProviderVersion]:
    """Decide on a yank. A version that is yanked already keeps its reason and time.

    Raises:
        NamespaceForbiddenError: The provider belongs to another organisation.
        VersionNotFoundError: There is no such version.
        IllegalTransitionError: The version was never published.
        InvalidTextError: The reason breaks its rule.
    """
    version = _require_writable(state, request)
    if version.status is VersionStatus.YANKED:
        return None, version
    yanked = version.yank(request.reason, at=now)
    return ChangeStatus(version=yanked, event=_event(LifecycleAction.YANKED, request, now, request.reason)), yanked


def restore(
    state: VersionSnapshot, request: Restoration, *, now: datetime
) -> tuple[ChangeStatus | None, ProviderVersion]:
    """Decide on undoing a yank. A version that is published already stays as it is.

    Raises:
        NamespaceForbiddenError: The provider belongs to another organisation.
        VersionNotFoundError: There is no such version.
        IllegalTransitionError: The version was never published.
    """
    version = _require_writable(state, request)
    if version.status is VersionStatus.PUBLISHED:
        return None, version
    restored = version.restore(at=now)
    return ChangeStatus(version=restored, event=_event(LifecycleAction.RESTORED, request, now)), restored


def _require_writable(state: VersionSnapshot, request: Yank | Restoration) -> ProviderVersion:
    if state.provider is not None:
        state.provider.require_owner(request.registrant.organization_id)
    return require_version(state.version, request.name, request.version)


def _event(
    action: LifecycleAction, request: Yank | Restoration, now: datetime, reason: str | None = None
) -> LifecycleEvent:
    return LifecycleEvent(
        action=action, at=now, actor=request.registrant.actor, request_id=request.request_id, reason=reason
    )
