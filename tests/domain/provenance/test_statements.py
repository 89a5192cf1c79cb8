"""What an attestation has to say to be about a wheel."""

import json
from typing import Any

import pytest

from domain.provenance.errors import AttestationInvalidError, AttestationSubjectError, ProvenanceRefusedError
from domain.provenance.statements import SLSA_V1, Statement, is_publish
from domain.wheel.file import Sha256Digest, WheelFilename
from tests.domain.provenance.test_publishers import RELEASE
from tests.support.statements import PUBLISH_V1

NAME, SHA256 = "demo-1.0.0-py3-none-any.whl", "ab" * 32
SUBJECT = {"name": NAME, "digest": {"sha256": SHA256}}
STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [SUBJECT],
    "predicateType": PUBLISH_V1,
    "predicate": None,
}
WORKFLOW = {"repository": RELEASE.repository, "ref": RELEASE.ref, "path": RELEASE.workflow}
DEFINITION = {
    "externalParameters": {"workflow": WORKFLOW},
    "resolvedDependencies": [{"digest": {"gitCommit": RELEASE.commit}}],
}


def slsa(definition: object) -> dict[str, Any]:
    return STATEMENT | {"predicateType": SLSA_V1, "predicate": {"buildDefinition": definition}}


MALFORMED: dict[str, tuple[bytes, str]] = {
    "noise": (b"\x00\xff", "no JSON object"),
    "a list": (b"[1]", "no JSON object"),
    "a number too deep to read": (b"[" * 60_000, "no JSON object"),
    "a repeated member": (b'{"_type": "a", "_type": "b"}', "unique members"),
    "another version": (json.dumps(STATEMENT | {"_type": "https://in-toto.io/Statement/v0.1"}).encode(), "version 1"),
    "an unknown predicate": (json.dumps(STATEMENT | {"predicateType": "https://example.com/x"}).encode(), "not known"),
    "a predicate type that is a list": (json.dumps(STATEMENT | {"predicateType": [PUBLISH_V1]}).encode(), "not known"),
    "a predicate where none belongs": (json.dumps(STATEMENT | {"predicate": {"x": 1}}).encode(), "empty predicate"),
    "provenance that is no object": (
        json.dumps(STATEMENT | {"predicateType": SLSA_V1, "predicate": [1]}).encode(),
        "no JSON object",
    ),
}

OTHER_SUBJECTS: dict[str, tuple[object, str]] = {
    "none": ([], "exactly one file"),
    "two": ([SUBJECT, SUBJECT], "exactly one file"),
    "a text": ("demo", "exactly one file"),
    "a list in a list": ([[SUBJECT]], "exactly one file"),
    "without a name": ([{"digest": {"sha256": SHA256}}], "no name"),
    "without a digest": ([{"name": NAME}], "no name or no SHA-256"),
    "with another digest only": ([{"name": NAME, "digest": {"sha512": "ab" * 64}}], "no SHA-256"),
    "a path": ([SUBJECT | {"name": f"dist/{NAME}"}], "without a path"),
    "a very long name": ([SUBJECT | {"name": "d" * 60_000 + NAME}], "not the file name of a wheel"),
    "an sdist": ([SUBJECT | {"name": "demo-1.0.0.tar.gz"}], "not the file name of a wheel"),
    "an upper-case digest": ([{"name": NAME, "digest": {"sha256": SHA256.upper()}}], "lower-case"),
}

OTHER_BUILDS: dict[str, tuple[object, str]] = {
    "nothing": ({}, "repository"),
    "a list": ([], "repository"),
    "another repository": (
        DEFINITION | {"externalParameters": {"workflow": WORKFLOW | {"repository": "x"}}},
        "repository",
    ),
    "another ref": (DEFINITION | {"externalParameters": {"workflow": WORKFLOW | {"ref": "refs/heads/main"}}}, "ref"),
    "another workflow": (DEFINITION | {"externalParameters": {"workflow": WORKFLOW | {"path": "x.yml"}}}, "workflow"),
    "another commit": (DEFINITION | {"resolvedDependencies": [{"digest": {"gitCommit": "2" * 40}}]}, "commit"),
    "no dependencies": (DEFINITION | {"resolvedDependencies": None}, "commit"),
    "odd dependencies": (
        DEFINITION | {"resolvedDependencies": [1, {"digest": []}, {"digest": {"gitCommit": []}}]},
        "commit",
    ),
}


def parsed(statement: object) -> Statement:
    return Statement.parse(json.dumps(statement).encode())


@pytest.mark.parametrize("predicate", [None, {}])
def test_a_publish_attestation_says_nothing_but_its_subject(predicate: object) -> None:
    statement = parsed(STATEMENT | {"predicate": predicate})

    statement.require_about(WheelFilename.parse(NAME), Sha256Digest(SHA256))
    statement.require_agrees(RELEASE)
    assert statement.predicate_type == PUBLISH_V1


def test_provenance_agrees_with_the_certificate() -> None:
    parsed(slsa(DEFINITION)).require_agrees(RELEASE)


@pytest.mark.parametrize("written", [NAME, "Demo-1.0-py3-none-any.whl"])
def test_file_names_are_compared_as_values(written: str) -> None:
    parsed(STATEMENT).require_about(WheelFilename.parse(written), Sha256Digest(SHA256))


@pytest.mark.hostile
@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_statement_is_refused(case: str) -> None:
    payload, sentence = MALFORMED[case]

    with pytest.raises(AttestationInvalidError, match=sentence):
        Statement.parse(payload)


@pytest.mark.hostile
@pytest.mark.parametrize("case", OTHER_SUBJECTS)
def test_a_subject_that_is_not_one_wheel_is_refused(case: str) -> None:
    subject, sentence = OTHER_SUBJECTS[case]

    with pytest.raises(AttestationSubjectError, match=sentence):
        parsed(STATEMENT | {"subject": subject})


@pytest.mark.hostile
@pytest.mark.parametrize("case", OTHER_BUILDS)
def test_provenance_that_says_other_than_the_certificate_is_refused(case: str) -> None:
    definition, sentence = OTHER_BUILDS[case]

    with pytest.raises(AttestationInvalidError, match=sentence):
        parsed(slsa(definition)).require_agrees(RELEASE)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("name", "sha256", "sentence"),
    [
        ("demo-1.0.1-py3-none-any.whl", SHA256, "not about demo-1.0.1"),
        ("other-1.0.0-py3-none-any.whl", SHA256, "not about other"),
        (NAME, "cd" * 32, "but the wheel's is"),
    ],
)
def test_an_attestation_of_another_wheel_is_refused(name: str, sha256: str, sentence: str) -> None:
    with pytest.raises(ProvenanceRefusedError, match=sentence) as refusal:
        parsed(STATEMENT).require_about(WheelFilename.parse(name), Sha256Digest(sha256))

    assert refusal.value.code == "attestation_subject_mismatch"


@pytest.mark.parametrize(
    "predicate_type",
    [
        "http://docs.wheels.example.com/attestations/publish/v1",
        "https://docs.wheels.example.com/attestations/publish/v2",
        "https://docs.wheels.example.com/attestations/publish/v1\n",
        "https://docs.wheels.example.com/other/attestations/publish/v1",
        "https://docs.wheels.example.com@other.example.com/attestations/publish/v1",
    ],
)
def test_only_the_predicate_type_of_an_indexs_publish_attestations_is_one(predicate_type: str) -> None:
    assert not is_publish(predicate_type)
    assert is_publish(PUBLISH_V1)
