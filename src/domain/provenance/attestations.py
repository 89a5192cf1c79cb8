"""Attestations from their verification to their record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.provenance.claims import SignerClaims
from domain.provenance.errors import PublisherMismatchError
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.statements import Statement
from domain.wheel.file import Sha256Digest, WheelFilename, sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStatement:
    """What was signed, and by whom. Verified; but neither what it says nor who signed was compared with anything.

    Attributes:
        payload: The statement's bytes.
        log_index: Of the entry in the transparency log.
        logged_at: When the log says that it took the entry; None for logs that do not say.
    """

    payload: bytes
    claims: SignerClaims
    log_index: int
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An attestation that is about a certain wheel. Whether its signer may publish is decided by a policy.

    Attributes:
        sent: The bytes, as they were sent.
    """

    sent: bytes
    predicate_type: str
    claims: SignerClaims
    log_index: int
    logged_at: datetime | None = None

    @classmethod
    def of(cls, sent: bytes, signed: SignedStatement, *, filename: WheelFilename, sha256: Sha256Digest) -> Self:
        """Return the attestation if it is about that wheel.

        Raises:
            AttestationInvalidError: It says nothing that an attestation of a wheel says.
            AttestationSubjectError: It is about something else.
        """
        statement = Statement.parse(signed.payload)
        statement.require_about(filename, sha256)
        statement.require_agrees(signed.claims)
        return cls(
            sent=sent,
            predicate_type=statement.predicate_type,
            claims=signed.claims,
            log_index=signed.log_index,
            logged_at=signed.logged_at,
        )

    def require_built_by(self, repository: str) -> None:
        """Return if the signer is a workflow of the repository at a URL, and one that would be pinned as a publisher.

        Names are compared, since those who ask know no ids; so the repository may be another one than it was.

        Raises:
            PublisherMismatchError: It is one of another repository.
            PublisherUntrustedError: It is none that would be pinned.
        """
        if _comparable(self.claims.repository) != _comparable(repository):
            raise PublisherMismatchError(
                f"the attestation is of repository {self.claims.repository}, not of {repository}; do not use this "
                "wheel, unless the repository was renamed"
            )
        PublisherPolicy.pinned_to(self.claims)

    @property
    def sha256(self) -> Sha256Digest:
        """The digest of the bytes."""
        return sha256_of(self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAttestation:
    """An attestation of a version. Never changed or removed."""

    attestation: Attestation
    added_at: datetime
    added_by: str


def _comparable(repository: str) -> str:
    """Return a repository's URL as hosts compare them."""
    return repository.rstrip("/").removesuffix(".git").casefold()
