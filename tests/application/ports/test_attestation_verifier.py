"""What every verifier of attestations promises, whatever it trusts."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.memory.attestation_verifier import InMemoryAttestationVerifier
from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.provenance.attestations import SignedStatement
from domain.provenance.claims import SignerClaims
from entrypoints.development.sigstore.fake_sigstore import FakeSigstore, as_object
from provider_registry_testing.attestation_verifier import AttestationSource, AttestationVerifierContract
from tests.support.github_claims import GITHUB_ISSUER, github_claims

RELEASE = SignerClaims(
    issuer=GITHUB_ISSUER,
    identity="https://github.com/acme/demo/.github/workflows/release.yml@refs/tags/v1.0.0",
    repository="https://github.com/acme/demo",
    repository_id="772247423",
    owner_id="2314423",
    workflow=".github/workflows/release.yml",
    ref="refs/tags/v1.0.0",
    commit="1" * 40,
    runner="github-hosted",
    trigger="release",
    run="https://github.com/acme/demo/actions/runs/1/attempts/1",
    visibility="public",
)


@dataclass
class SigstoreSource:
    """Signs with an instance of its own."""

    verifier: SigstoreAttestationVerifier
    sigstore: FakeSigstore
    sends_objects: bool
    claims: SignerClaims = RELEASE

    def attest(self, statement: bytes) -> bytes:
        return self._sent(self.sigstore, statement)

    def forge(self, statement: bytes) -> bytes:
        return self._sent(FakeSigstore(), statement)

    def _sent(self, sigstore: FakeSigstore, statement: bytes) -> bytes:
        bundle = sigstore.attest(statement, github_claims())
        return json.dumps(as_object(bundle) if self.sends_objects else bundle).encode()


@dataclass
class MemorySource:
    verifier: InMemoryAttestationVerifier = field(default_factory=InMemoryAttestationVerifier)
    claims: SignerClaims = RELEASE

    def attest(self, statement: bytes) -> bytes:
        attestation = self.forge(statement)
        self.verifier.put(attestation, SignedStatement(payload=statement, claims=self.claims, log_index=0))
        return attestation

    def forge(self, statement: bytes) -> bytes:
        return json.dumps({"version": 1, "envelope": {"statement": statement.hex()}}).encode()


@pytest.fixture(params=["bundles", "objects", "memory"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> AttestationSource:
    if request.param == "memory":
        return MemorySource()
    sigstore, path = FakeSigstore(), tmp_path / "trusted_root.json"
    path.write_text(sigstore.trusted_root())
    return SigstoreSource(SigstoreAttestationVerifier([path]), sigstore, sends_objects=request.param == "objects")


class TestAttestationVerifier(AttestationVerifierContract):
    pass
