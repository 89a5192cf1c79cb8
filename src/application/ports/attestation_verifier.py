"""Verifying attestations."""

from typing import Protocol

from domain.provenance.attestations import SignedStatement


class AttestationVerifier(Protocol):
    """Verifies who signed what. Whether they may, and whether it is about a wheel, is for the domain to say."""

    def verify(self, attestation: bytes) -> SignedStatement:
        """Return what an attestation signs, and what its certificate says. It blocks: call it in a thread.

        Args:
            attestation: A PEP 740 attestation object or a Sigstore bundle, as JSON of at most 64 KiB. Untrusted.

        Raises:
            AttestationInvalidError: It cannot be read, or its certificate, log entry or signature does not verify.
        """
        ...
