"""Attestations over HTTP: sent with a registration, added later, and shown."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pypi_attestations import AttestationType, Distribution, GitHubPublisher, Provenance
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier

from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.customers import Customer
from domain.provenance.admission import AttestationMode
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.development.sigstore.fake_sigstore import FakeSigstore, as_object
from entrypoints.http.openapi.document import operations
from entrypoints.http.openapi.refusals import CODES, REFUSALS, REFUSALS_WITH_ATTESTATIONS
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import ROUTE, Service, serving
from tests.support.github_claims import github_claims

SIGSTORE = FakeSigstore()
VERSION = "/providers/platform/gcp/versions/1.0.0"
LATER = f"/console{VERSION}/attestations"


@pytest.fixture(scope="module")
def trusted_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("roots") / "trusted_root.json"
    path.write_text(SIGSTORE.trusted_root())
    return path


@pytest.fixture(scope="module")
def verifier(trusted_root: Path) -> SigstoreAttestationVerifier:
    return SigstoreAttestationVerifier([trusted_root])


@pytest.fixture
async def service(verifier: SigstoreAttestationVerifier) -> AsyncIterator[Service]:
    async with serving(MemoryAdapters().with_provenance(verifier)) as service:
        yield service


def statement_of(version: str = "1.0.0") -> bytes:
    """Return the statement of a publish attestation about the wheel of a version."""
    digest = hashlib.sha256(a_wheel("pragmatiks_gcp_provider", version)).hexdigest()
    subject = {"name": f"pragmatiks_gcp_provider-{version}-py3-none-any.whl", "digest": {"sha256": digest}}
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject],
        "predicateType": AttestationType.PYPI_PUBLISH_V1.value,
        "predicate": None,
    }
    return json.dumps(statement).encode()


def attested(version: str = "1.0.0", **claims: str) -> dict[str, Any]:
    """Return a bundle about the wheel of a version; claims by the number of their extension, as ``c15``."""
    certified = github_claims() | {int(number[1:]): value for number, value in claims.items()}
    return SIGSTORE.attest(statement_of(version), certified)


async def test_an_attested_version_shows_who_built_it(service: Service) -> None:
    response = await service.post(service.upload(attestations=[as_object(attested())]))
    verification = (await service.client.get(f"{VERSION}/verification")).json()

    assert response.status_code == 201
    [check] = [each for each in verification["checks"] if each["name"] == "provenance"]
    assert check["passed"]
    built_by = f"built by repository https://github.com/acme/demo, commit {'1' * 40}"
    assert check["detail"] == f"{built_by}, in workflow .github/workflows/release.yml"


@pytest.mark.parametrize("sends_objects", [True, False])
async def test_the_provenance_object_is_accepted_by_a_second_opinion(
    service: Service, trusted_root: Path, monkeypatch: pytest.MonkeyPatch, sends_objects: bool
) -> None:
    body = service.upload()
    sent = attested()
    await service.post(body | {"attestations": [as_object(sent) if sends_objects else sent]})
    trusting = Verifier(trusted_root=TrustedRoot.from_file(str(trusted_root)))
    monkeypatch.setattr(Verifier, "production", lambda **_: trusting)

    response = await service.client.get("/providers/platform/gcp/versions/latest/provenance")

    [bundle] = Provenance.model_validate_json(response.content).attestation_bundles
    assert isinstance(bundle.publisher, GitHubPublisher)
    assert (bundle.publisher.repository, bundle.publisher.workflow) == ("acme/demo", "release.yml")
    distribution = Distribution(name=body["wheel_url"].rpartition("/")[2], digest=body["sha256"])
    assert [each.verify(bundle.publisher, distribution, offline=True)[0] for each in bundle.attestations] == [
        AttestationType.PYPI_PUBLISH_V1.value
    ]
    assert response.json()["attestation_bundles"][0]["publisher"]["claims"]["repository_id"] == "772247423"


async def test_an_attestation_object_is_shown_byte_for_byte(service: Service) -> None:
    sent = json.dumps(as_object(attested()), indent=3)
    body = json.dumps(service.upload())[:-1] + f', "attestations": [{sent}]}}'
    headers = {"Authorization": f"Bearer {service.token}", "Content-Type": "application/json"}

    assert (await service.client.post(ROUTE, content=body, headers=headers)).status_code == 201
    assert sent.encode() in (await service.client.get(f"{VERSION}/provenance")).content


async def test_a_version_without_attestations_has_no_provenance(service: Service) -> None:
    await service.publish()

    response = await service.client.get(f"{VERSION}/provenance")

    assert (response.status_code, response.json()["code"]) == (404, "provenance_not_found")


REFUSED: dict[str, tuple[list[dict[str, str]], str]] = {
    "an attestation of another repository of the same name": ([{"c15": "999"}], "publisher_mismatch"),
    "a good one and another publisher's": ([{}, {"c17": "999"}], "publisher_mismatch"),
    "a self-hosted runner": ([{"c11": "self-hosted"}], "publisher_mismatch"),
    "none": ([], "provenance_missing"),
}


@pytest.mark.hostile
@pytest.mark.parametrize("case", REFUSED)
async def test_after_an_attested_version_another_publisher_or_none_is_refused(service: Service, case: str) -> None:
    await service.post(service.upload(attestations=[attested()]))
    claims, code = REFUSED[case]

    response = await service.post(service.upload("1.1.0", attestations=[attested("1.1.0", **each) for each in claims]))

    assert (response.status_code, response.json()["code"]) == (422, code)
    assert (await service.client.get("/providers/platform/gcp/versions/1.1.0")).status_code == 404


async def test_a_renamed_repository_is_admitted(service: Service) -> None:
    await service.post(service.upload(attestations=[attested()]))
    renamed = github_claims("acme/renamed")
    changes = {f"c{number}": value for number, value in renamed.items() if number > 7}

    response = await service.post(service.upload("1.1.0", attestations=[attested("1.1.0", **changes)]))

    assert response.status_code == 201, response.text


async def test_where_attestations_are_required_a_first_version_needs_them(
    verifier: SigstoreAttestationVerifier,
) -> None:
    async with serving(MemoryAdapters().with_provenance(verifier, AttestationMode.REQUIRE)) as service:
        without = await service.post(service.upload())
        attesting = await service.post(service.upload(attestations=[attested()]))

    assert (without.status_code, without.json()["code"]) == (422, "provenance_missing")
    assert attesting.status_code == 201


async def test_where_attestations_are_off_they_are_ignored_and_there_are_no_routes() -> None:
    async with serving(MemoryAdapters()) as service:
        response = await service.post(service.upload(attestations=["of any", 7, "kind"]))
        reading = await service.client.get(f"{VERSION}/provenance")

    assert response.status_code == 201
    assert (reading.status_code, reading.json()["code"]) == (404, "route_not_found")


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{}", "invalid"),
        ("7", "invalid"),
        ("[7]", "invalid_attestations"),
        (f"[{', '.join(['{}'] * 9)}]", "invalid_attestations"),
        (json.dumps([{"version": 1, "pad": "x" * 65536}]), "invalid_attestations"),
    ],
    ids=["an object", "a number", "no objects", "too many", "too long"],
)
async def test_attestations_of_another_shape_are_a_field_error(service: Service, sent: str, code: str) -> None:
    response = await service.post(service.upload(attestations=json.loads(sent)))

    assert response.status_code == 422
    assert [(each["loc"], each["type"]) for each in response.json()["errors"]] == [(["body", "attestations"], code)]


@pytest.mark.hostile
async def test_what_is_no_attestation_is_refused_and_recorded(service: Service) -> None:
    response = await service.post(service.upload(attestations=[{"version": 1}]))

    assert (response.status_code, response.json()["code"]) == (422, "attestation_invalid")


async def test_a_repeat_adds_the_attestations_that_are_new(service: Service) -> None:
    first, second = attested(), attested()
    await service.post(service.upload(attestations=[first]))

    response = await service.post(service.upload(attestations=[first, second]))

    assert response.status_code == 200
    [bundle] = (await service.client.get(f"{VERSION}/provenance")).json()["attestation_bundles"]
    signatures = [each["envelope"]["signature"] for each in bundle["attestations"]]
    assert signatures == [each["dsseEnvelope"]["signatures"][0]["sig"] for each in (first, second)]


async def test_a_repeat_that_prefers_not_to_wait_adds_them_too(service: Service) -> None:
    await service.publish()
    headers = service.authorised(Prefer="respond-async")

    response = await service.client.post(ROUTE, json=service.upload(attestations=[attested()]), headers=headers)

    assert (response.status_code, response.json()["status"]) == (200, "published")
    assert (await service.client.get(f"{VERSION}/provenance")).status_code == 200


async def test_later_attestations_are_added(service: Service) -> None:
    await service.publish()
    headers = {"Authorization": f"Bearer {service.token}"}

    added = await service.client.post(LATER, json={"attestations": [attested()]}, headers=headers)
    mismatched = await service.client.post(LATER, json={"attestations": [attested(c15="999")]}, headers=headers)

    assert (added.status_code, added.json()["version"]) == (200, "1.0.0")
    assert (mismatched.status_code, mismatched.json()["code"]) == (422, "publisher_mismatch")
    assert (await service.client.get(f"{VERSION}/provenance")).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (LATER, {}, 422, "invalid_request"),
        (LATER, {"attestations": []}, 422, "invalid_request"),
        (LATER, {"attestations": [{"version": 1}]}, 422, "attestation_invalid"),
        (LATER.replace("1.0.0", "9.9.9"), {"attestations": [{"version": 1}]}, 404, "version_not_found"),
        (LATER.replace("platform", "acme"), {"attestations": [{"version": 1}]}, 403, "namespace_forbidden"),
    ],
    ids=["no field", "none", "an invalid one", "no such version", "another namespace"],
)
async def test_what_cannot_be_added_is_refused(
    service: Service, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    await service.publish()

    response = await service.client.post(path, json=body, headers={"Authorization": f"Bearer {service.token}"})

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await service.client.post(path, json=body)).status_code == 401


async def test_a_customer_adds_attestations_to_versions_of_its_own(verifier: SigstoreAttestationVerifier) -> None:
    adapters = MemoryAdapters().with_provenance(verifier)
    acme = Customer(id="user_1", user_id="user_1", organization_id="org_1", organization_slug="acme", role="admin")
    async with serving(adapters, customer_realm=True) as service:
        headers = {"Authorization": f"Bearer {adapters.customer_verifier.issue(acme)}"}
        body = service.upload(name="acme/gcp", attestations=[attested()])
        registered = await service.client.post("/provider-versions", json=body, headers=headers)
        path = "/providers/acme/gcp/versions/1.0.0"
        added = await service.client.post(f"{path}/attestations", json={"attestations": [attested()]}, headers=headers)
        shown = await service.client.get(f"{path}/provenance")

    assert (registered.status_code, added.status_code) == (201, 200)
    assert len(shown.json()["attestation_bundles"][0]["attestations"]) == 2


async def test_a_dry_run_says_what_becomes_of_attestations_and_pins_nothing(service: Service) -> None:
    body = service.upload(attestations=[attested()])
    headers = {"Authorization": f"Bearer {service.token}"}

    tried = await service.client.post(f"{ROUTE}?dry_run=true", json=body, headers=headers)

    assert (tried.status_code, tried.json()["outcome"]) == (200, "created")
    assert service.adapters.store.publishers == {}


async def test_the_description_of_the_api_has_what_a_registry_with_attestations_answers(service: Service) -> None:
    document = (await service.client.get("/schema/openapi.json")).json()
    shown = {
        operation["operationId"]: {code for answer in operation["responses"].values() for code in answer.get(CODES, ())}
        for _, _, operation in operations(document)
    }

    assert {"readProvenance", "addPlatformAttestations"} <= set(shown)
    for name in set(shown) & set(REFUSALS_WITH_ATTESTATIONS):
        assert shown[name] == {*REFUSALS.get(name, ()), *REFUSALS_WITH_ATTESTATIONS[name]}
    assert "attestations" in document["components"]["schemas"]["RegistrationBody"]["properties"]
    assert "ProvenanceView" in document["components"]["schemas"]
