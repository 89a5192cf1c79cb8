"""Whether a version's attestations, or their absence, let it be published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.provenance.attestations import Attestation
from domain.provenance.errors import ProvenanceMissingError
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord
from domain.semver import SemVer


class AttestationMode(StrEnum):
    """What becomes of attestations.

    Attributes:
        OFF: They are ignored.
        RECORD: Those that are sent are verified and kept. They are due from a provider's first attested version on.
        REQUIRE: They are due with every version.
    """

    OFF = "off"
    RECORD = "record"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who takes a step, when, and on which request."""

    at: datetime
    actor: str
    request_id: str | None = None

    def event(self, action: PublisherAction, policy: PublisherPolicy | None, version: SemVer) -> PublisherEvent:
        """Return the event of the step."""
        return PublisherEvent(
            action=action, at=self.at, actor=self.actor, request_id=self.request_id, policy=policy, version=version
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Attestations that let a version be published.

    Attributes:
        attestations: To be kept.
        added_by: Who sent them.
        events: What they change about the provider's publisher.
        detail: One line for the record of checks.
    """

    attestations: tuple[Attestation, ...] = ()
    added_by: str
    events: tuple[PublisherEvent, ...] = ()
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProvenance:
    """The attestations of one version. Each is about its wheel."""

    mode: AttestationMode
    attestations: tuple[Attestation, ...] = ()

    def admit(self, record: PublisherRecord, version: SemVer, step: Step) -> Admitted:
        """Hold the signers to the provider's publisher, or pin it; without attestations see whether they are due.

        Raises:
            PublisherUntrustedError: There is no publisher yet, and the signer is not one to pin.
            PublisherMismatchError: A signer is not the publisher.
            ProvenanceMissingError: There are no attestations, and no exception.
        """
        if self.mode is AttestationMode.OFF:
            return Admitted(added_by=step.actor, detail="attestations are not verified here")
        if not self.attestations:
            return Admitted(added_by=step.actor, detail=self._absence(record, version))
        return admit(self.attestations, record, version, step)

    def _absence(self, record: PublisherRecord, version: SemVer) -> str:
        exception = record.exception_for(version)
        if exception is not None:
            return f"no attestations; {exception.granted_by} made an exception: {exception.reason}"
        if record.first_verified is not None:
            raise ProvenanceMissingError(
                f"versions of this provider have attestations since {record.first_verified}, and this one has none; "
                "send those that the release workflow made, or ask an operator for an exception"
            )
        if self.mode is AttestationMode.REQUIRE:
            raise ProvenanceMissingError(
                "this registry publishes versions with attestations only; send those that the release workflow made, "
                "or ask an operator for an exception"
            )
        return "no attestations were sent"


def admit(attestations: Sequence[Attestation], record: PublisherRecord, version: SemVer, step: Step) -> Admitted:
    """Hold the signers of attestations, of which there are some, to the publisher; the first is pinned if none is.

    Raises:
        PublisherUntrustedError: There is no publisher yet, and the signer is not one to pin.
        PublisherMismatchError: A signer is not the publisher.
    """
    known = record.policy
    policy = known or PublisherPolicy.pinned_to(attestations[0].claims)
    before = policy
    for attestation in attestations:
        policy = policy.admit(attestation.claims)
    events = list[PublisherEvent]()
    if known is None:
        events.append(step.event(PublisherAction.PINNED, policy, version))
    elif record.first_verified is None:
        events.append(step.event(PublisherAction.VERIFIED, None, version))
    detail = attestations[0].claims.built_by
    if known is not None and policy != before:
        events.append(step.event(PublisherAction.RENAMED, policy, version))
        detail = f"{detail}; the repository was {before.repository} before"
    return Admitted(attestations=tuple(attestations), added_by=step.actor, events=tuple(events), detail=detail)
