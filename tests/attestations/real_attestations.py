"""Attestations that real pipelines made, and a second opinion on each. Offline, but for fetching them once.

They are in the source distribution of the library that gives the second opinion: ``ATTESTATIONS_FOLDER`` is where.
"""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypi_attestations import (
    Attestation,
    CircleCIPublisher,
    Distribution,
    GitHubPublisher,
    GitLabPublisher,
    Provenance,
    Publisher,
)

from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.provenance.admission import AttestationMode
from domain.provenance.attestations import Attestation as OurAttestation
from domain.provenance.errors import AttestationInvalidError, AttestationSubjectError
from domain.provenance.publishers import PublisherPolicy
from domain.provenance.statements import Statement
from domain.wheel.file import WheelFilename, sha256_of
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import MemoryAdapters
from tests.entrypoints.http.conftest import serving

FOLDER = Path(os.environ["ATTESTATIONS_FOLDER"])
WHEEL = FOLDER / "circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl"
SENT, WHEEL_BYTES = Path(f"{WHEEL}.publish.attestation").read_bytes(), WHEEL.read_bytes()
CIRCLECI = CircleCIPublisher(
    project_id="fdd9283f-e619-46af-8f9c-851f7d3e8b2b",
    pipeline_definition_id="8e4f8ab2-8d7c-4827-9f15-de076d6d647f",
    vcs_origin="github.com/CircleCI-Public/sign-and-publish-examples",
    vcs_ref="refs/heads/pypi",
)
GITHUB = GitHubPublisher(repository="trailofbits/pypi-attestations", workflow="release.yml")
GITLAB = GitLabPublisher(repository="facutuesca/gitlab-oidc-project", workflow_filepath=".gitlab-ci.yml")
ACCEPTED: dict[str, tuple[str, Publisher, str]] = {
    f"{WHEEL.name}.publish.attestation": (
        WHEEL.name,
        CIRCLECI,
        "pipeline-definitions/8e4f8ab2-8d7c-4827-9f15-de076d6d647f",
    ),
    "pypi_attestations-0.0.19.tar.gz.publish.attestation": (
        "pypi_attestations-0.0.19.tar.gz",
        GITHUB,
        ".github/workflows/release.yml",
    ),
    "pypi_attestations-0.0.19.tar.gz.slsa.attestation": (
        "pypi_attestations-0.0.19.tar.gz",
        GITHUB,
        ".github/workflows/release.yml",
    ),
    "gitlab_oidc_project-0.0.3.tar.gz.publish.attestation": (
        "gitlab_oidc_project-0.0.3.tar.gz",
        GITLAB,
        ".gitlab-ci.yml",
    ),
}
STAGING = ["rfc8785-0.1.2-py3-none-any.whl.publish.attestation", "rfc8785-0.1.2-py3-none-any.whl.sigstore"]


@pytest.fixture(scope="module")
def verifier() -> SigstoreAttestationVerifier:
    return SigstoreAttestationVerifier()


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_is_accepted_here_and_by_the_second_opinion(verifier: SigstoreAttestationVerifier, name: str) -> None:
    file, publisher, workflow = ACCEPTED[name]
    sent = (FOLDER / name).read_bytes()
    digest = hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()

    signed = verifier.verify(sent)
    kind, _ = Attestation.model_validate_json(sent).verify(
        publisher, Distribution(name=file, digest=digest), offline=True
    )

    subject = json.loads(signed.payload)
    assert (subject["predicateType"], subject["subject"][0]["digest"]["sha256"]) == (kind, digest)
    assert signed.claims.workflow == workflow
    policy = PublisherPolicy.pinned_to(signed.claims)
    assert policy.admit(signed.claims) == policy


def test_bundles_and_attestation_objects_say_the_same(verifier: SigstoreAttestationVerifier) -> None:
    stem = "pypi_attestation_models-0.0.4a2.tar.gz"
    bundle, sent = (verifier.verify((FOLDER / f"{stem}.{form}").read_bytes()) for form in ("sigstore", "attestation"))

    assert bundle == sent
    assert bundle.claims.commit == "153c9a3f5c152ef5405cba227676534658acde27"
    assert bundle.logged_at is not None


def test_real_provenance_names_the_build_that_its_certificate_names(verifier: SigstoreAttestationVerifier) -> None:
    signed = verifier.verify((FOLDER / "pypi_attestations-0.0.19.tar.gz.slsa.attestation").read_bytes())
    said = json.loads(signed.payload)
    said["subject"][0]["name"] = "pypi_attestations-0.0.19-py3-none-any.whl"  # the real one is about an sdist

    statement = Statement.parse(json.dumps(said).encode())

    statement.require_agrees(signed.claims)
    with pytest.raises(AttestationInvalidError, match="does not name the commit"):
        statement.require_agrees(replace(signed.claims, commit="1" * 40))


def test_the_wheel_is_what_its_attestation_is_about(verifier: SigstoreAttestationVerifier) -> None:
    sent = Path(f"{WHEEL}.publish.attestation").read_bytes()
    name, wheel = WheelFilename.parse(WHEEL.name), WHEEL.read_bytes()

    attestation = OurAttestation.of(sent, verifier.verify(sent), filename=name, sha256=sha256_of(wheel))

    assert attestation.claims.repository == "https://github.com/CircleCI-Public/sign-and-publish-examples"
    with pytest.raises(AttestationSubjectError, match="but the wheel's is"):
        OurAttestation.of(sent, verifier.verify(sent), filename=name, sha256=sha256_of(wheel + b"\n"))


@pytest.mark.parametrize("name", STAGING)
def test_what_the_staging_instance_signed_is_refused(verifier: SigstoreAttestationVerifier, name: str) -> None:
    with pytest.raises(AttestationInvalidError, match="not issued by a trusted instance"):
        verifier.verify((FOLDER / name).read_bytes())


def test_what_a_service_account_signed_is_refused(verifier: SigstoreAttestationVerifier) -> None:
    [bundle] = Provenance.model_validate_json(
        (FOLDER / "gcb_attestation_test-0.0.0.tar.gz.provenance").read_bytes()
    ).attestation_bundles
    for attestation in bundle.attestations:
        with pytest.raises(AttestationInvalidError, match="by a person or a service account"):
            verifier.verify(attestation.model_dump_json().encode())


@pytest.mark.parametrize("name", ACCEPTED)
def test_with_any_of_its_texts_altered_it_is_refused(verifier: SigstoreAttestationVerifier, name: str) -> None:
    sent = json.loads((FOLDER / name).read_bytes())
    for path in texts_in(sent):
        altered = json.loads(json.dumps(sent))
        place = altered
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        middle = len(value) // 2
        place[path[-1]] = value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]
        try:
            found = verifier.verify(json.dumps(altered).encode())
        except AttestationInvalidError:
            continue
        assert found == verifier.verify(json.dumps(sent).encode()), path  # a text that says nothing


def texts_in(value: Any, *path: str | int) -> list[tuple[str | int, ...]]:
    if isinstance(value, str):
        return [path]
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, member in members for found in texts_in(member, *path, name)]


async def test_the_wheel_is_registered_with_its_attestation_and_its_builder_is_shown(
    verifier: SigstoreAttestationVerifier,
) -> None:
    url, wheel = f"https://wheels.example.com/files/{WHEEL.name}", WHEEL_BYTES
    async with serving(MemoryAdapters().with_provenance(verifier, AttestationMode.REQUIRE)) as service:
        service.adapters.fetcher.put(WheelUrl.parse(url), wheel)
        body = {
            "name": "platform/example",
            "version": "0.0.1-dev.137",
            "wheel_url": url,
            "metadata": {"display_name": "Example", "description": "Built and attested by a real pipeline."},
            "attestations": [json.loads(SENT)],
        }
        registered = await service.post(body)
        version = "/providers/platform/example/versions/0.0.1-dev.137"
        shown = await service.client.get(f"{version}/provenance")
        verification = (await service.client.get(f"{version}/verification")).json()

    assert registered.status_code == 201, registered.text
    [bundle] = Provenance.model_validate_json(shown.content).attestation_bundles
    assert bundle.publisher.model_dump() | {"claims": None} == CIRCLECI.model_dump() | {"claims": None}
    digest = hashlib.sha256(wheel).hexdigest()
    assert bundle.attestations[0].verify(bundle.publisher, Distribution(name=WHEEL.name, digest=digest), offline=True)
    assert "github.com/CircleCI-Public/sign-and-publish-examples" in verification["checks"][-1]["detail"]
