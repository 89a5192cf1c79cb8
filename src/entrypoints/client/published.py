"""What a registry publishes of a provider, read over HTTP without a token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from domain.announcements import Announcement
from domain.catalog import CatalogMetadata, Provider
from domain.compatibility.assessment import PublicVersion, neighbours_of
from domain.names import ProviderName
from domain.schemas import CanonicalJson, ResourceSchema, ResourceSchemas
from domain.semver import SemVer
from domain.version_state import VersionSnapshot, as_public
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel
from entrypoints.client.errors import RefusedError
from entrypoints.client.registry_api import unexpected
from entrypoints.client.retrying_client import RetryingClient, members

_REGISTRY = "the registry"
_ABSENT = {"provider_not_found", "version_not_found"}
_NO_REGISTRY = "what answered is no registry, or another one; check REGISTRY_URL"
_SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # no decision of a dry run asks when


class PublishedOverHttp:
    """Reads versions as ``SnapshotQueries`` and ``VersionLookup`` give them, but for what is not public.

    Not public are the owners of distributions and of customers' providers, and versions that are being built.

    Args:
        client: Sends the requests.
        url: Where the registry is.
        resource_types: Resource type by resource, where they differ; what is published says the resource alone.
    """

    def __init__(self, client: RetryingClient, url: str, resource_types: Mapping[str, str]) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._resource_types = resource_types
        self._found: dict[SemVer, ProviderVersion | None] = {}

    async def load(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        provider = self._read(f"/providers/{name}")
        if provider is None:
            return VersionSnapshot()
        return VersionSnapshot(
            provider=_provider(name, provider),
            version=await self.find(name, version),
            neighbours=() if wheel is None else await self._neighbours(name, version),
        )

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        if version not in self._found:
            shown = self._read(f"/providers/{name}/versions/{quote(version.text, safe='+')}")
            try:
                self._found[version] = None if shown is None else self._version(name, version, shown)
            except (AttributeError, KeyError, TypeError, ValueError):
                raise RefusedError(_NO_REGISTRY, code="unexpected_answer") from None
        return self._found[version]

    async def _neighbours(self, name: ProviderName, version: SemVer) -> tuple[PublicVersion, ...]:
        """Return what decides on the baseline; whether a version has schemas is read of those that matter alone."""
        known = {each.version: each for each in self._list(name)}
        while True:
            neighbours = neighbours_of(version, known.values())
            exact = {}
            for each in neighbours:
                found = await self.find(name, each.version)
                exact[each.version] = each if found is None else as_public(found)
            if all(exact[each.version] == each for each in neighbours):
                return neighbours
            known |= exact

    def _list(self, name: ProviderName) -> list[PublicVersion]:
        listed, path = [], f"/providers/{name}/versions"
        while path:
            response = self._client.get(_REGISTRY, self._url + path)
            try:
                page = msgspec.json.decode(response.content, type=list[dict[str, Any]])
                listed += [PublicVersion(SemVer.parse(each["version"]), each["status"] == "yanked") for each in page]
            except (KeyError, TypeError, ValueError):
                raise unexpected(response) from None
            path = response.links.get("next", {}).get("url", "")
        return listed

    def _version(self, name: ProviderName, version: SemVer, shown: Mapping[str, Any]) -> ProviderVersion:
        entries = {}
        for each in shown["schemas"] or ():
            resource_type = self._resource_types.get(each["resource"], each["resource"])
            entries[resource_type] = _schema(resource_type, each)
        url, digest = WheelUrl.parse(shown["wheel_url"]), Sha256Digest(shown["wheel_sha256"])
        return ProviderVersion(
            name=name,
            version=version,
            status=VersionStatus(shown["status"]),
            announcement=Announcement(
                wheel_url=url,
                entrypoint=tuple(shown["entrypoint"]) if shown["entrypoint"] else None,
                schemas=ResourceSchemas.of(entries),
                config_schema=_document(shown["config_schema"]),
                outputs_schema=_document(shown["outputs_schema"]),
                changelog=shown["changelog"],
            ),
            runtime_version=shown["runtime_version"],
            registered_by=shown["registered_by"],
            created_at=_SOME_TIME,
            updated_at=_SOME_TIME,
            wheel=VerifiedWheel(
                sha256=digest,
                size=shown["wheel_size"] or 0,
                filename=url.filename.text,
                distribution=url.filename.distribution,
                requires_python=shown["requires_python"],
                summary=None,
                package_name=shown["package_name"],
            ),
        )

    def _read(self, path: str) -> dict[str, Any] | None:
        response = self._client.get(_REGISTRY, self._url + path)
        shown = members(response)
        if response.status_code == httpx.codes.NOT_FOUND and shown.get("code") in _ABSENT:
            return None
        if response.status_code != httpx.codes.OK:
            raise unexpected(response)
        return shown


def _provider(name: ProviderName, shown: Mapping[str, Any]) -> Provider:
    if shown.get("canonical") != name.canonical:
        raise RefusedError(_NO_REGISTRY, code="unexpected_answer")
    metadata = CatalogMetadata(display_name=shown["display_name"], description=shown["description"])
    return Provider(name=name, metadata=metadata, created_at=_SOME_TIME, updated_at=_SOME_TIME)


def _schema(resource_type: str, shown: Mapping[str, Any]) -> ResourceSchema:
    return ResourceSchema(
        resource_type=resource_type,
        provider=shown["provider"],
        resource=shown["resource"],
        description=shown["description"],
        config_schema=_document(shown["config_schema"]),
        outputs_schema=_document(shown["outputs_schema"]),
    )


def _document(schema: object) -> CanonicalJson | None:
    return None if schema is None else CanonicalJson.of(schema)
