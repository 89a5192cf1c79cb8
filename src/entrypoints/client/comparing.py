"""Comparing schemas on disk with those of a published version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from domain.compatibility.comparison import compare
from domain.compatibility.report import Report, VersionSchemas
from domain.errors import InvalidValueError
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from entrypoints.client.announced import resource_schemas
from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.project import read_project, read_schemas
from entrypoints.client.retrying_client import Note, RetryingClient, members, new_http_client
from entrypoints.settings import ClientSettings


def compare_with_published(
    source: Path, provider: str | None, version: str, settings: ClientSettings, note: Note
) -> tuple[str, Report]:
    """Return the published version, and what changes from it to the schemas of a project or a file.

    Args:
        source: Folder of the provider's pyproject.toml, or the file that its ``tool.pragma.schemas`` names.
        provider: Needed for a file, which does not name it.
        version: A published version, or ``latest``.
        settings: Where the registry is.
        note: Takes lines about attempts that failed.

    Raises:
        ClientError: Something here is wrong, or the registry has no such version.
    """
    name, new = _local(source, provider)
    with new_http_client(settings.ca_bundle) as http:
        path = f"/providers/{name}/versions/{quote(version, safe='+')}"
        answer = RetryingClient(http, note).get("the registry", f"{settings.url.rstrip('/')}{path}")
    published = members(answer)
    if answer.status_code != httpx.codes.OK or published.get("canonical") != name.canonical:
        raise RefusedError(
            str(published.get("detail") or f"the registry answered {answer.status_code}, not as a registry would"),
            code=str(published.get("code") or "unexpected_answer"),
            status=answer.status_code,
        )
    return str(published["version"]), compare(_published(published), new)


def _local(source: Path, provider: str | None) -> tuple[ProviderName, VersionSchemas]:
    if source.is_dir():
        project = read_project(source)
        return project.name, _schemas(project.announced.get("schemas") or {})
    if source.suffix == ".whl":
        raise UnusableError("a wheel holds no schemas; name the project's folder, or the file that it announces")
    if provider is None:
        raise UnusableError(f"{source} does not say which provider it is of; give --provider PREFIX/NAME")
    try:
        return ProviderName.parse(provider), _schemas(read_schemas(source))
    except InvalidValueError as error:
        raise UnusableError(f"--provider: {error.detail}") from None


def _schemas(entries: Mapping[str, Any]) -> VersionSchemas:
    try:
        return VersionSchemas(resource_schemas(entries, provider="any"))  # which is not compared
    except InvalidValueError as error:
        raise UnusableError(f"the schemas cannot be compared: {error.detail}") from None


def _published(version: Mapping[str, Any]) -> VersionSchemas:
    entries = {entry["resource"]: _resource(entry) for entry in version["schemas"] or ()}
    return VersionSchemas(
        ResourceSchemas.of(entries), _document(version["config_schema"]), _document(version["outputs_schema"])
    )


def _resource(entry: Mapping[str, Any]) -> ResourceSchema:
    return ResourceSchema(
        resource_type=entry["resource"],
        provider="any",
        resource=entry["resource"],
        config_schema=_document(entry["config_schema"]),
        outputs_schema=_document(entry["outputs_schema"]),
    )


def _document(schema: object) -> CanonicalJson | None:
    return None if schema is None else CanonicalJson.of(schema)
