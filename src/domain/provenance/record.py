"""What is on record about a provider's publisher: the fold of all that was decided about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain import texts
from domain.errors import InvalidTextError
from domain.provenance.publishers import PublisherPolicy
from domain.semver import SemVer

MIN_REASON_LENGTH = 10
MAX_REASON_LENGTH = 2000


class PublisherAction(StrEnum):
    """What was decided about a provider's publisher."""

    PINNED = "pinned"
    VERIFIED = "verified"
    RENAMED = "renamed"
    SET = "set"
    CLEARED = "cleared"
    EXCEPTED = "excepted"
    EXCEPTION_ENDED = "exception_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherEvent:
    """One decision. Never changed or removed once it is kept.

    Attributes:
        policy: The policy from then on, if the decision was about it.
        version: The version that was published, or that is excepted; None for an exception of all versions.
        reason: Why an operator decided so.
    """

    action: PublisherAction
    at: datetime
    actor: str
    policy: PublisherPolicy | None = None
    version: SemVer | None = None
    reason: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceException:
    """An operator's leave to publish without attestations; for one version, or for all."""

    version: SemVer | None
    reason: str
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherRecord:
    """The state that the decisions add up to.

    Attributes:
        policy: Whom versions are held to; None before the first attested version, and after an operator cleared it.
        first_verified: The version that was the first with attestations; later ones need them too.
        exceptions: In the order in which they were granted.
    """

    policy: PublisherPolicy | None = None
    first_verified: SemVer | None = None
    exceptions: tuple[ProvenanceException, ...] = ()

    @classmethod
    def of(cls, events: Iterable[PublisherEvent]) -> Self:
        """Return what the events add up to, in their order."""
        record = cls()
        for event in events:
            record = record.after(event)
        return record

    def after(self, event: PublisherEvent) -> Self:
        """Return the record after one more event."""
        match event.action:
            case PublisherAction.PINNED | PublisherAction.VERIFIED:
                # A pin that did not see an operator's decision, which came before the provider, does not replace it.
                policy, first = self.policy or event.policy, self.first_verified or event.version
                return replace(self, policy=policy, first_verified=first)
            case PublisherAction.RENAMED | PublisherAction.SET | PublisherAction.CLEARED:
                return replace(self, policy=event.policy)
            case PublisherAction.EXCEPTED | PublisherAction.EXCEPTION_ENDED:
                return replace(self, exceptions=self._exceptions_after(event))

    def exception_for(self, version: SemVer) -> ProvenanceException | None:
        """Return the exception that a version may be published by, or None."""
        return next((each for each in self.exceptions if each.version in (None, version)), None)

    def _exceptions_after(self, event: PublisherEvent) -> tuple[ProvenanceException, ...]:
        others = tuple(each for each in self.exceptions if each.version != event.version)
        if event.action is PublisherAction.EXCEPTION_ENDED:
            return others
        granted = ProvenanceException(
            version=event.version, reason=event.reason or "", granted_by=event.actor, granted_at=event.at
        )
        return (*others, granted)


def validate_reason(reason: str) -> str:
    """Return why an operator decided something, in 10 to 2000 characters.

    Raises:
        InvalidTextError: It is shorter or longer, or holds control characters.
    """
    texts.validate_text(reason, max_length=MAX_REASON_LENGTH)
    if len(reason.strip()) < MIN_REASON_LENGTH:
        raise InvalidTextError(f"must have at least {MIN_REASON_LENGTH} characters; say why, for those who come later")
    return reason
