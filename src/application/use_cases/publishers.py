"""What operators decide about publishers."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.clock import Clock
from application.ports.publisher_repository import PublisherRepository
from domain.names import ProviderName
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord, validate_reason
from domain.semver import SemVer


@dataclass(frozen=True, slots=True)
class PublisherState:
    """What is on record about a provider's publisher, and how it came about."""

    name: ProviderName
    record: PublisherRecord
    history: Sequence[PublisherEvent]


class ManagePublishers:
    """Shows and changes whom providers are held to. Every change carries a reason, and is kept.

    Every method raises ``StoreUnavailableError`` while the database is unreachable, and those that change something
    ``InvalidTextError`` for a reason that is none.
    """

    def __init__(self, publishers: PublisherRepository, clock: Clock) -> None:
        self._publishers = publishers
        self._clock = clock

    async def list(self) -> Sequence[PublisherState]:
        """Return the providers about whose publishers something was decided."""
        return [await self.show(name) for name in await self._publishers.list_providers()]

    async def show(self, name: ProviderName) -> PublisherState:
        """Return the state of one provider, about which nothing may have been decided."""
        history = await self._publishers.history(name)
        return PublisherState(name, PublisherRecord.of(history), history)

    async def set(self, name: ProviderName, policy: PublisherPolicy, *, actor: str, reason: str) -> PublisherState:
        """Hold a provider to a publisher."""
        return await self._add(name, PublisherAction.SET, actor=actor, reason=reason, policy=policy)

    async def clear(self, name: ProviderName, *, actor: str, reason: str) -> PublisherState:
        """Forget the publisher. The next attested version pins its own."""
        return await self._add(name, PublisherAction.CLEARED, actor=actor, reason=reason)

    async def make_exception(
        self, name: ProviderName, version: SemVer | None, *, actor: str, reason: str
    ) -> PublisherState:
        """Let a version be published without attestations, or all versions for None."""
        return await self._add(name, PublisherAction.EXCEPTED, actor=actor, reason=reason, version=version)

    async def end_exception(
        self, name: ProviderName, version: SemVer | None, *, actor: str, reason: str
    ) -> PublisherState:
        """End such an exception."""
        return await self._add(name, PublisherAction.EXCEPTION_ENDED, actor=actor, reason=reason, version=version)

    async def _add(
        self,
        name: ProviderName,
        action: PublisherAction,
        *,
        actor: str,
        reason: str,
        policy: PublisherPolicy | None = None,
        version: SemVer | None = None,
    ) -> PublisherState:
        event = PublisherEvent(
            action=action,
            at=self._clock.now(),
            actor=actor,
            reason=validate_reason(reason),
            policy=policy,
            version=version,
        )
        await self._publishers.add(name, event)
        return await self.show(name)
