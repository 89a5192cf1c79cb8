"""Wires the verification of attestations, which needs no server installed. A part of the composition root."""

from pathlib import Path

from application.ports.attestation_verifier import AttestationVerifier
from domain.provenance.attestations import SignedStatement
from entrypoints.settings import ProvenanceSettings


def attestation_verifier(settings: ProvenanceSettings) -> AttestationVerifier:
    """Return what verifies attestations by the trusted roots in the settings.

    Raises:
        ModuleNotFoundError: The extra is not installed; the message says what to do.
        ValueError: A trusted root is none.
    """
    try:
        from adapters.sigstore.verifier import SigstoreAttestationVerifier  # noqa: PLC0415 -- takes 0.5 s and 50 MB

        return SigstoreAttestationVerifier([Path(each) for each in settings.trusted_roots])
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"verifying attestations needs {error.name}, which is not installed; "
            "pip install 'provider-registry[provenance]'",
            name=error.name,
        ) from None


class LazyAttestationVerifier:
    """Opens a verifier with the first attestation; implements ``AttestationVerifier``."""

    def __init__(self, settings: ProvenanceSettings) -> None:
        self._settings = settings
        self._opened: AttestationVerifier | None = None

    def verify(self, attestation: bytes) -> SignedStatement:
        """Verify; raises as ``attestation_verifier`` does, too."""
        if self._opened is None:
            self._opened = attestation_verifier(self._settings)
        return self._opened.verify(attestation)
