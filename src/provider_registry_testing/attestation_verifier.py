"""The contract of a verifier of attestations."""

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import pytest

from application.ports.attestation_verifier import AttestationVerifier
from domain.provenance.claims import SignerClaims
from domain.provenance.errors import AttestationInvalidError

STATEMENT = b'{"_type": "https://in-toto.io/Statement/v1"}'
NO_ATTESTATIONS = {
    "nothing": b"",
    "noise": b"\x00\xff\xfe",
    "a text": b'"attestation"',
    "a list": b"[{}]",
    "an empty object": b"{}",
    "another version": b'{"version": 2, "verification_material": {}, "envelope": {}}',
    "true as its version": b'{"version": true, "verification_material": {}, "envelope": {}}',
    "nothing in it": b'{"version": 1}',
    "a bundle with nothing in it": b'{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}',
    "a repeated member": b'{"version": 1, "version": 1}',
    "parts of other kinds": b'{"version": 1, "verification_material": [], "envelope": 7}',
    "deep nesting": b'{"mediaType": ' + b"[" * 60_000,
    "a huge number": b'{"version": ' + b"1" * 60_000 + b"}",
}


class AttestationSource(Protocol):
    """A verifier, and an authority that it trusts."""

    @property
    def verifier(self) -> AttestationVerifier:
        """The verifier under test."""
        ...

    @property
    def claims(self) -> SignerClaims:
        """What the authority says of the signer."""
        ...

    def attest(self, statement: bytes) -> bytes:
        """Return an attestation of a statement, by that signer."""
        ...

    def forge(self, statement: bytes) -> bytes:
        """Return one by an authority that the verifier does not trust, of the same claims."""
        ...


class AttestationVerifierContract:
    """What every ``AttestationVerifier`` promises. A subclass has a fixture ``source``: an ``AttestationSource``."""

    @pytest.mark.parametrize("statement", [STATEMENT, b"", b"\x00\xff"], ids=["a statement", "nothing", "noise"])
    def test_what_was_signed_and_the_claims_of_the_signer_are_returned(
        self, source: AttestationSource, statement: bytes
    ) -> None:
        signed = source.verifier.verify(source.attest(statement))

        assert (signed.payload, signed.claims) == (statement, source.claims)
        assert signed.log_index >= 0

    def test_an_attestation_can_be_verified_again(self, source: AttestationSource) -> None:
        attestation = source.attest(STATEMENT)

        assert source.verifier.verify(attestation) == source.verifier.verify(attestation)

    def test_threads_verify_at_the_same_time(self, source: AttestationSource) -> None:
        attestations = [source.attest(STATEMENT + b" " * number) for number in range(8)]
        with ThreadPoolExecutor(4) as threads:
            payloads = [signed.payload for signed in threads.map(source.verifier.verify, attestations)]

        assert payloads == [STATEMENT + b" " * number for number in range(8)]

    def test_what_nobody_trusted_signed_is_refused(self, source: AttestationSource) -> None:
        assert_refused(source.verifier, source.forge(STATEMENT))

    @pytest.mark.parametrize("case", NO_ATTESTATIONS)
    def test_what_is_no_attestation_is_refused(self, source: AttestationSource, case: str) -> None:
        assert_refused(source.verifier, NO_ATTESTATIONS[case])

    def test_an_attestation_with_any_part_cut_off_is_refused(self, source: AttestationSource) -> None:
        attestation = source.attest(STATEMENT)

        for kept in range(0, len(attestation), max(1, len(attestation) // 50)):
            assert_refused(source.verifier, attestation[:kept])


def assert_refused(verifier: AttestationVerifier, attestation: bytes) -> str:
    """Return the sentence of the refusal."""
    with pytest.raises(AttestationInvalidError) as refusal:
        verifier.verify(attestation)
    assert refusal.value.code == "attestation_invalid"
    assert refusal.value.detail[:1].islower()
    assert refusal.value.__cause__ is None
    return refusal.value.detail
