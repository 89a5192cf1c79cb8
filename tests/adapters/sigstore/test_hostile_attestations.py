"""Attestations that were altered, put together from others, or signed by a build that is not the publisher's.

Each is refused in a sentence of our own. The first table is what does not verify; the second verifies, and is
refused by what the domain asks of it.
"""

import base64
import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.provenance.admission import AttestationMode, CheckedProvenance, Step
from domain.provenance.attestations import Attestation
from domain.provenance.errors import ProvenanceRefusedError
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.record import PublisherAction, PublisherEvent, PublisherRecord
from domain.provenance.statements import SLSA_V1
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest, WheelFilename
from entrypoints.development.sigstore.fake_sigstore import FakeSigstore, as_object
from tests.builders import NOW
from tests.support.github_claims import github_claims
from tests.support.statements import PUBLISH_V1

pytestmark = pytest.mark.hostile

NAME, SHA256 = "demo-1.0.0-py3-none-any.whl", "ab" * 32
SUBJECT = {"name": NAME, "digest": {"sha256": SHA256}}
SIGSTORE, FOREIGN = FakeSigstore(), FakeSigstore()
Bundle = dict[str, Any]


def statement(**changes: object) -> bytes:
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [SUBJECT],
            "predicateType": PUBLISH_V1,
            "predicate": None,
            **changes,
        }
    ).encode()


def signed(said: bytes | None = None, **options: Any) -> Bundle:
    return SIGSTORE.attest(said or statement(), options.pop("claims", github_claims()), **options)


def claiming(**changes: str | None) -> Bundle:
    """Return a bundle of a certificate with other claims, by number as ``c11``; None leaves one out."""
    claims: dict[int, Any] = github_claims() | {int(number[1:]): value for number, value in changes.items()}
    return signed(claims={number: value for number, value in claims.items() if value is not None})


GOOD = signed()


def altered(change: Callable[[Bundle], object]) -> Bundle:
    bundle = copy.deepcopy(GOOD)
    change(bundle)
    return bundle


def material(bundle: Bundle) -> Bundle:
    found: Bundle = bundle["verificationMaterial"]
    return found


def entry(bundle: Bundle) -> Bundle:
    found: Bundle = material(bundle)["tlogEntries"][0]
    return found


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def with_signature(signature: bytes) -> Bundle:
    return altered(lambda bundle: bundle["dsseEnvelope"]["signatures"][0].update(sig=encoded(signature)))


NOT_VALID: dict[str, tuple[Bundle, str]] = {
    "of another instance": (FOREIGN.attest(statement(), github_claims()), "not issued by a trusted instance"),
    "another statement": (
        altered(lambda bundle: bundle["dsseEnvelope"].update(payload=encoded(statement(predicate={})))),
        "signature does not fit",
    ),
    "another signature": (with_signature(b"\x30\x06\x02\x01\x01\x02\x01\x01"), "signature does not fit"),
    "a signature of nothing": (with_signature(b""), "not valid"),
    "no promise": (altered(lambda bundle: entry(bundle).pop("inclusionPromise")), "neither the log's promise"),
    "the promise of another log": (
        altered(
            lambda bundle: entry(bundle).update(
                inclusionPromise=entry(FOREIGN.attest(statement(), {}))["inclusionPromise"]
            )
        ),
        "promise does not verify",
    ),
    "logged after its certificate": (
        altered(lambda bundle: entry(bundle).update(integratedTime=str(int(entry(bundle)["integratedTime"]) + 3600))),
        "not for that time",
    ),
    "no log entry": (altered(lambda bundle: material(bundle).update(tlogEntries=[])), "not exactly one entry"),
    "two log entries": (
        altered(lambda bundle: material(bundle)["tlogEntries"].append(entry(bundle))),
        "not exactly one entry",
    ),
    "log entries that are none": (
        altered(lambda bundle: material(bundle).update(tlogEntries=[7])),
        "neither the log's promise",
    ),
    "the body of another entry": (
        altered(lambda bundle: entry(bundle).update(canonicalizedBody=entry(signed())["canonicalizedBody"])),
        "log entry does not verify",
    ),
    "the entry of another attestation": (
        altered(
            lambda bundle: material(bundle).update(tlogEntries=material(signed(statement(predicate={})))["tlogEntries"])
        ),
        "log entry does not verify",
    ),
    "the certificate of another key": (
        altered(lambda bundle: material(bundle).update(certificate=material(signed())["certificate"])),
        "signature does not fit",
    ),
    "a certificate of noise": (
        altered(lambda bundle: material(bundle).update(certificate={"rawBytes": "AAAA"})),
        "cannot be read",
    ),
    "a certificate that is cut off": (
        altered(
            lambda bundle: material(bundle)["certificate"].update(
                rawBytes=material(bundle)["certificate"]["rawBytes"][:400]
            )
        ),
        "not valid",
    ),
    "another media type": (
        altered(lambda bundle: bundle.update(mediaType="application/json")),
        "no Sigstore bundle of version 0.3",
    ),
    "a media type that is none": (
        altered(lambda bundle: bundle.update(mediaType=["application/json"])),
        "no Sigstore bundle of version 0.3",
    ),
    "an envelope by the library's other name": (
        altered(lambda bundle: bundle.update(dsse_envelope=bundle.pop("dsseEnvelope"))),
        "members that no Sigstore bundle has",
    ),
    "a place in the log by two names": (
        altered(lambda bundle: entry(bundle).update(log_index="0", logIndex="7")),
        "members that no Sigstore bundle has",
    ),
    "a message in place of an envelope": (
        altered(lambda bundle: bundle.update(messageSignature={"signature": "AAAA"}, dsseEnvelope=None)),
        "not valid",
    ),
    "two signatures": (
        altered(lambda bundle: bundle["dsseEnvelope"]["signatures"].append({"sig": "AAAA"})),
        "not valid",
    ),
    "a log index that is no number": (altered(lambda bundle: entry(bundle).update(logIndex="x")), "not valid"),
    "another payload type": (signed(kind="application/json"), "no in-toto statement"),
    "two subjects": (signed(statement(subject=[SUBJECT, SUBJECT])), "exactly one file"),
    "a path as its subject": (signed(statement(subject=[SUBJECT | {"name": f"dist/{NAME}"}])), "without a path"),
    "another wheel": (signed(statement(subject=[SUBJECT | {"digest": {"sha256": "cd" * 32}}])), "but the wheel's is"),
    "an unknown predicate": (signed(statement(predicateType="https://example.com/x")), "not known"),
    "a list as its statement": (signed(b"[1]"), "no JSON object"),
    "an upper-case digest": (
        signed(statement(subject=[{"name": NAME, "digest": {"sha256": SHA256.upper()}}])),
        "lower-case",
    ),
    "no workflow": (claiming(c18=None), "does not name the workflow"),
    "no repository": (claiming(c12=None), "does not name the repository"),
    "no repository id": (claiming(c15=None), "does not name the repository id"),
    "no issuer": (claiming(c8=None), "does not name the issuer"),
    "a claim with control characters": (
        claiming(c12="https://github.com/acme/\u202eomed"),
        "control or invisible characters",
    ),
    "a claim with invisible characters": (
        claiming(c18="https://github.com/acme/demo/.github/workflows/rele\u200base.yml@refs/tags/v1.0.0"),
        "invisible characters",
    ),
    "a repository that looks like another": (claiming(c12="https://github.com/\u0430cme/demo"), "is no URL"),
    "a very long claim": (claiming(c23="e" * 3000), "a very long one"),
    "a person": (
        signed(claims={8: "https://accounts.example.com"}, subject=x509.RFC822Name("ann@example.com")),
        "by a person",
    ),
}

ACCEPTED_TOO_READILY: dict[str, tuple[Bundle, str, dict[str, Any]]] = {
    "provenance of nothing": (
        signed(statement(predicateType=SLSA_V1, predicate={"buildDefinition": {}})),
        "does not name the repository",
        {},
    ),
    "a ref and no commit": (claiming(c13=None), "does not name the commit", {}),
    "a self-hosted runner": (claiming(c11="self-hosted"), "self-hosted runner", {}),
    "a pull request": (claiming(c20="pull_request"), "started by pull_request", {}),
    "any branch": (signed(claims=github_claims(ref="refs/heads/evil")), "built from refs/heads/evil", {}),
    "a reused name": (claiming(c15="999", c17="999"), "another repository of the same name", {}),
    "a reusable workflow": (
        claiming(c9="https://github.com/acme/shared/.github/workflows/publish.yml@refs/heads/main"),
        "reusable workflow https://github.com/acme/shared/.github/workflows/publish.yml",
        {},
    ),
    "no environment": (GOOD, "no environment", {"environment": "production"}),
    "another environment": (claiming(c23="staging"), "environment staging", {"environment": "production"}),
}


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> SigstoreAttestationVerifier:
    path: Path = tmp_path_factory.mktemp("roots") / "trusted_root.json"
    path.write_text(SIGSTORE.trusted_root())
    return SigstoreAttestationVerifier([path])


def attested(verifier: SigstoreAttestationVerifier, sent: bytes) -> Attestation:
    found = verifier.verify(sent)
    return Attestation.of(sent, found, filename=WheelFilename.parse(NAME), sha256=Sha256Digest(SHA256))


def forms(bundle: Bundle) -> Iterator[bytes]:
    """Return the bundle, and what it is as an attestation object, if it can be one."""
    yield json.dumps(bundle).encode()
    if bundle["mediaType"] == GOOD["mediaType"] and bundle.get("dsseEnvelope"):
        yield json.dumps(as_object(bundle)).encode()


def test_what_nothing_was_done_to_is_accepted(verifier: SigstoreAttestationVerifier) -> None:
    for sent in forms(GOOD):
        assert attested(verifier, sent).claims.repository == "https://github.com/acme/demo"


@pytest.mark.parametrize("case", NOT_VALID)
def test_an_attestation_that_was_tampered_with_is_refused(verifier: SigstoreAttestationVerifier, case: str) -> None:
    bundle, sentence = NOT_VALID[case]

    with pytest.raises(ProvenanceRefusedError, match=re.escape(sentence)) as refusal:
        attested(verifier, json.dumps(bundle).encode())

    assert refusal.value.code in {"attestation_invalid", "attestation_subject_mismatch"}
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    "case",
    sorted(
        set(NOT_VALID) - {"another payload type", "two signatures", "another media type", "a media type that is none"}
    ),
)
def test_its_attestation_object_is_refused_as_well(verifier: SigstoreAttestationVerifier, case: str) -> None:
    for sent in forms(NOT_VALID[case][0]):
        with pytest.raises(ProvenanceRefusedError):
            attested(verifier, sent)


@pytest.mark.parametrize("case", ACCEPTED_TOO_READILY)
def test_a_valid_attestation_of_another_build_is_refused(verifier: SigstoreAttestationVerifier, case: str) -> None:
    bundle, sentence, policy = ACCEPTED_TOO_READILY[case]
    publisher = replace(PublisherPolicy.pinned_to(attested(verifier, json.dumps(GOOD).encode()).claims), **policy)
    pinned = PublisherEvent(action=PublisherAction.SET, at=NOW, actor="operator:ann", policy=publisher)

    with pytest.raises(ProvenanceRefusedError, match=re.escape(sentence)):
        CheckedProvenance(
            mode=AttestationMode.RECORD, attestations=(attested(verifier, json.dumps(bundle).encode()),)
        ).admit(PublisherRecord.of([pinned]), SemVer.parse("1.0.0"), Step(at=NOW, actor="mch_1"))


@pytest.mark.parametrize("trusted_root", ["", "{}", "[]", '{"mediaType": "application/json"}'])
def test_a_file_that_is_no_trusted_root_is_refused(tmp_path: Path, trusted_root: str) -> None:
    path = tmp_path / "trusted_root.json"
    path.write_text(trusted_root)

    with pytest.raises(ValueError, match="is no trusted root"):
        SigstoreAttestationVerifier([path])


def test_any_of_several_trusted_roots_may_vouch(tmp_path: Path) -> None:
    paths = [tmp_path / "first.json", tmp_path / "second.json"]
    for path, instance in zip(paths, (FOREIGN, SIGSTORE), strict=True):
        path.write_text(instance.trusted_root())

    assert attested(SigstoreAttestationVerifier(paths), json.dumps(GOOD).encode()).log_index == 0


def test_what_the_embedded_root_does_not_vouch_for_is_refused() -> None:
    with pytest.raises(ProvenanceRefusedError, match="not issued by a trusted instance"):
        attested(SigstoreAttestationVerifier(), json.dumps(GOOD).encode())
