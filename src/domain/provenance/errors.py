"""Refusals of attestations, with stable codes."""

from domain.errors import AnnouncementRefusedError, InvalidValueError, NotFoundError


class InvalidAttestationsError(InvalidValueError):
    """Attestations that are too many, too long or no JSON objects."""

    code = "invalid_attestations"


class InvalidPublisherError(InvalidValueError):
    """A publisher that no certificate could name."""

    code = "invalid_publisher"


class ProvenanceNotFoundError(NotFoundError):
    """The version has no attestations."""

    code = "provenance_not_found"


class ProvenanceRefusedError(AnnouncementRefusedError):
    """A version's attestations do not let it be published."""


class AttestationInvalidError(ProvenanceRefusedError):
    """An attestation cannot be read, or does not verify.

    Attributes:
        reason: For the log.
    """

    code = "attestation_invalid"

    def __init__(self, detail: str, *, reason: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason or detail


class AttestationSubjectError(ProvenanceRefusedError):
    """An attestation is about something else than this wheel."""

    code = "attestation_subject_mismatch"


class PublisherUntrustedError(ProvenanceRefusedError):
    """A signer that is not pinned as a publisher."""

    code = "publisher_untrusted"


class PublisherMismatchError(ProvenanceRefusedError):
    """The signer is another one than the provider's publisher."""

    code = "publisher_mismatch"


class ProvenanceMissingError(ProvenanceRefusedError):
    """A version without attestations where they are due."""

    code = "provenance_missing"
