"""Attestations of versions: reading them, and adding later ones."""

from collections.abc import Mapping
from typing import Any

import structlog
from litestar import Request, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from application.use_cases.provenance import AddAttestations, ReadProvenance
from domain.attesting import Addition
from domain.customers import Customer
from domain.registrants import Account, ConsoleMachine, Registrant
from entrypoints.http.cache.read_cache import cached_read
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.models.attestations import AttestationsBody
from entrypoints.http.openapi import responses
from entrypoints.http.requests.admission import Admission
from entrypoints.http.requests.attestations import sent_attestations
from entrypoints.http.requests.decoding import decode_fields
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.parameters import exact_path_only, exact_version, provider_name, version_or_latest
from entrypoints.http.requests.request_ids import request_id
from entrypoints.http.routes.console import authenticated_machine
from entrypoints.http.routes.customers import authenticated_publisher
from entrypoints.http.routes.providers import VersionParameter
from entrypoints.presenters.provenance import ProvenanceView, provenance_view
from entrypoints.presenters.versions import PUBLISHED_EXAMPLE, ProviderVersionView, version_view

_ATTESTATION_EXAMPLE: Mapping[str, Any] = {
    "version": 1,
    "verification_material": {"certificate": "MIIG…", "transparency_entries": [{"logIndex": "123456789"}]},
    "envelope": {"statement": "eyJfdHlwZSI6…", "signature": "MEUCIQ…"},
}
_PROVENANCE_EXAMPLE: Mapping[str, Any] = {
    "version": 1,
    "attestation_bundles": [
        {
            "publisher": {
                "kind": "GitHub",
                "repository": "acme/demo",
                "workflow": "release.yml",
                "environment": None,
                "claims": {"repository_id": "772247423", "commit": "1" * 40},
            },
            "attestations": [_ATTESTATION_EXAMPLE],
        }
    ],
}
_PATH = "/providers/{prefix:str}/{name:str}/versions/{version:str}/attestations"
_DESCRIPTION = (
    "Add attestations to a public version: PEP 740 objects or Sigstore bundles, at most 8 at once. Each is verified "
    "and held to the provider's publisher. What the version has already is left as it is, so this is safe to repeat."
)
_RESPONSES = {200: responses.response("The version, which stays as it is.", PUBLISHED_EXAMPLE, summary="The version")}


_AddOperation = responses.operation_with_body(
    AttestationsBody, "One attestation", {"attestations": [_ATTESTATION_EXAMPLE]}
)


@get(
    "/providers/{prefix:str}/{name:str}/versions/{version:str}/provenance",
    tags=["Providers"],
    summary="Read who built a version",
    description="A provenance object (PEP 740): the attestations that were sent, and the publisher that their "
    "certificates name. `latest` works here too.",
    operation_id="readProvenance",
    responses=responses.read("The provenance object.", _PROVENANCE_EXAMPLE, of=ProvenanceView),
)
@cached_read
async def find_provenance(
    prefix: FromPath[str],
    name: FromPath[str],
    version: VersionParameter,
    read_provenance: NamedDependency[ReadProvenance],
) -> Representation:
    """Read the attestations of one public version."""
    provider = provider_name(prefix, name)
    found = await read_provenance.execute(provider, version_or_latest(provider, version))
    return Representation.of(provenance_view(found.attestations), REVALIDATE)


@post(
    f"/console{_PATH}",
    status_code=200,
    tags=["Console"],
    summary="Add attestations to a first-party version",
    description=_DESCRIPTION,
    operation_id="addPlatformAttestations",
    operation_class=_AddOperation,
    responses=_RESPONSES,
    security=[{"ConsoleMachine": []}],
    dependencies={"machine": Provide(authenticated_machine)},
    guards=[exact_path_only],
)
async def add_platform_attestations(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    machine: NamedDependency[ConsoleMachine],
    add_attestations: NamedDependency[AddAttestations],
    admission: NamedDependency[Admission],
) -> ProviderVersionView:
    """Authenticate, then read the body, then look at what it is about."""
    return await _add(request, admission, add_attestations, machine, (prefix, name, version))


@post(
    _PATH,
    status_code=200,
    tags=["Customers"],
    summary="Add attestations to a version",
    description=_DESCRIPTION,
    operation_id="addAttestations",
    operation_class=_AddOperation,
    responses=_RESPONSES,
    security=[{"Customer": []}],
    dependencies={"publisher": Provide(authenticated_publisher)},
    guards=[exact_path_only],
)
async def add_customer_attestations(
    request: Request[Any, Any, Any],
    prefix: FromPath[str],
    name: FromPath[str],
    version: FromPath[str],
    publisher: NamedDependency[Customer],
    add_attestations: NamedDependency[AddAttestations],
    admission: NamedDependency[Admission],
) -> ProviderVersionView:
    """Add attestations to a version of the caller's organisation."""
    return await _add(request, admission, add_attestations, publisher, (prefix, name, version))


async def _add(
    request: Request[Any, Any, Any],
    admission: Admission,
    add_attestations: AddAttestations,
    registrant: Registrant,
    path: tuple[str, str, str],
) -> ProviderVersionView:
    account = Account.of(registrant)
    async with admission.admit(request, account):
        sent = await admission.read_json_bytes(request, account, _read_sent)
        provider = provider_name(path[0], path[1])
        number = exact_version(provider, path[2])
        structlog.contextvars.bind_contextvars(provider=provider.canonical, version=number.text)
        addition = Addition(
            registrant=registrant,
            name=provider,
            version=number,
            attestations=sent,
            request_id=request_id(request.scope),
        )
        return version_view(await add_attestations.execute(addition))


def _read_sent(body: object, raw: bytes) -> tuple[bytes, ...]:
    _, errors = decode_fields(body, AttestationsBody)
    sent, problems = sent_attestations(raw)
    if not errors and not problems and not sent:
        problems = [FieldError(("body", "attestations"), "must hold at least one attestation", "missing")]
    if errors or problems:
        raise InvalidRequestError([*errors, *problems])
    return sent
