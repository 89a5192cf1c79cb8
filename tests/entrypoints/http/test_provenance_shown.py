"""Who built a version, as readers, installers and pages are told."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.memory.attestation_verifier import InMemoryAttestationVerifier
from adapters.sigstore.verifier import SigstoreAttestationVerifier
from domain.provenance.attestations import SignedStatement
from domain.provenance.claims import SignerClaims
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE
from tests.entrypoints.http.conftest import Service, serving
from tests.entrypoints.http.test_provenance import LATER, VERSION, attested, statement_of, trusted_root, verifier

__all__ = ["trusted_root", "verifier"]

PAGE, PROJECT = "/catalog/platform/gcp/1.0.0", "/simple/pragmatiks-gcp-provider/"
JSON, HTML = "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+html"
PUBLIC_URL = "https://registry.example.com"
BUILT_BY = {
    "issuer": "https://token.actions.githubusercontent.com",
    "repository": "https://github.com/acme/demo",
    "repository_id": "772247423",
    "owner_id": "2314423",
    "workflow": ".github/workflows/release.yml",
    "signer": None,
    "ref": "refs/tags/v1.0.0",
    "commit": "1" * 40,
    "environment": None,
    "run": "https://github.com/acme/demo/actions/runs/1/attempts/1",
}


@pytest.fixture
async def service(verifier: SigstoreAttestationVerifier) -> AsyncIterator[Service]:
    async with serving(MemoryAdapters().with_provenance(verifier), public_url=PUBLIC_URL) as service:
        yield service


async def read(service: Service, path: str, accept: str = "application/json") -> Any:
    return (await service.client.get(path, headers={"Accept": accept})).json()


async def file_of(service: Service) -> dict[str, Any]:
    [file] = (await read(service, PROJECT, JSON))["files"]
    found: dict[str, Any] = file
    return found


async def test_the_verification_names_the_run_of_each_attestation(service: Service) -> None:
    await service.publish(attestations=[attested()])

    response = await service.client.get(f"{VERSION}/verification")

    [shown] = response.json()["attestations"]
    assert shown["built_by"] == BUILT_BY
    assert (shown["log_index"], shown["added_by"]) == (0, "mch_release")
    assert re.fullmatch("[0-9a-f]{64}", shown["sha256"])
    assert response.headers["cache-control"] == REVALIDATE


async def test_a_runtime_is_told_who_built_what_it_installs(service: Service) -> None:
    await service.publish(attestations=[attested()])

    provenance = (await read(service, f"{VERSION}/install"))["provenance"]

    assert provenance == {"url": f"{PUBLIC_URL}{VERSION}/provenance", "built_by": BUILT_BY}


async def test_the_index_names_the_provenance_of_an_attested_file(service: Service) -> None:
    await service.publish(attestations=[attested()])
    await service.publish("1.1.0", attestations=[attested("1.1.0")])

    project = await read(service, PROJECT, JSON)
    links = (await service.client.get(PROJECT, headers={"Accept": HTML})).text

    urls = [f"{PUBLIC_URL}/providers/platform/gcp/versions/{number}/provenance" for number in ("1.0.0", "1.1.0")]
    assert project["meta"] == {"api-version": "1.3"}
    assert [file["provenance"] for file in project["files"]] == urls
    assert re.findall('data-provenance="([^"]*)"', links) == urls


async def test_a_version_without_attestations_has_none_to_show(service: Service) -> None:
    await service.publish()

    assert "provenance" not in await file_of(service)
    assert (await read(service, f"{VERSION}/verification"))["attestations"] == []
    assert (await read(service, f"{VERSION}/install"))["provenance"] is None
    assert "Built by" not in (await service.client.get(PAGE)).text


async def test_later_attestations_show_everywhere(service: Service) -> None:
    await service.publish()
    before = [await read(service, f"{VERSION}/{part}") for part in ("verification", "install")]
    assert "provenance" not in await file_of(service)

    await service.client.post(LATER, json={"attestations": [attested()]}, headers=service.authorised())

    after = [await read(service, f"{VERSION}/{part}") for part in ("verification", "install")]
    assert (before[0]["attestations"], len(after[0]["attestations"])) == ([], 1)
    assert (before[1]["provenance"], after[1]["provenance"]["built_by"]) == (None, BUILT_BY)
    assert "provenance" in await file_of(service)


@pytest.mark.parametrize("public_url", [None, "http://registry.example.com"])
async def test_an_index_without_a_secure_address_names_no_provenance(
    verifier: SigstoreAttestationVerifier, public_url: str | None
) -> None:
    async with serving(MemoryAdapters().with_provenance(verifier), public_url=public_url) as service:
        await service.publish(attestations=[attested()])

        assert "provenance" not in await file_of(service)
        assert (await read(service, f"{VERSION}/install"))["provenance"]["url"] == (
            f"{public_url or ''}{VERSION}/provenance"
        )


async def test_the_page_says_who_built_it_once_however_many_attestations_say_so(service: Service) -> None:
    await service.publish(attestations=[attested(), attested()])

    page = (await service.client.get(PAGE)).text

    assert page.count("Built by repository") == 1
    assert '<a href="https://github.com/acme/demo" rel="nofollow noopener">' in page
    assert f"commit <code>{'1' * 40}</code>, in workflow <code>.github/workflows/release.yml</code>" in page
    assert f'href="{VERSION}/provenance"' in page


@pytest.mark.hostile
async def test_what_a_certificate_says_is_text_on_the_page() -> None:
    names = InMemoryAttestationVerifier()
    script = "<script>alert(1)</script>"
    claims = SignerClaims(
        issuer="https://ci.example.com",
        identity="https://ci.example.com",
        repository=f"javascript:alert(1)//{script}",
        repository_id="1",
        workflow=script,
        commit=script,
        run=f'https://ci.example.com/"{script}',
    )
    names.put(b'{"version":1}', SignedStatement(payload=statement_of(), claims=claims, log_index=0))
    async with serving(MemoryAdapters().with_provenance(names)) as service:
        await service.publish(attestations=[{"version": 1}])
        page = (await service.client.get(PAGE)).text

    assert "Built by repository" in page
    assert script not in page
    assert 'href="javascript:' not in page


async def test_where_attestations_are_off_nothing_is_said_of_them() -> None:
    async with serving(MemoryAdapters(), public_url=PUBLIC_URL) as service:
        await service.publish()
        verification = await service.client.get(f"{VERSION}/verification")
        install = await read(service, f"{VERSION}/install")
        file = await file_of(service)

    assert "attestations" not in verification.json()
    assert verification.headers["cache-control"] == IMMUTABLE
    assert "provenance" not in install
    assert "provenance" not in file
