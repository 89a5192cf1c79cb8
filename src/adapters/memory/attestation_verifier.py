"""Attestations that never leave this process."""

from domain.provenance.attestations import SignedStatement
from domain.provenance.errors import AttestationInvalidError


class InMemoryAttestationVerifier:
    """Knows what it was given; implements ``application.ports.attestation_verifier.AttestationVerifier``."""

    def __init__(self) -> None:
        self._known: dict[bytes, SignedStatement] = {}

    def put(self, attestation: bytes, signed: SignedStatement) -> None:
        """Vouch for an attestation from now on."""
        self._known[attestation] = signed

    def verify(self, attestation: bytes) -> SignedStatement:
        found = self._known.get(attestation)
        if found is None:
            raise AttestationInvalidError("the attestation is not valid: nothing vouches for it; put it there first")
        return found
