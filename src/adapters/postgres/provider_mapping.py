"""Rows of providers, and of the names that their namespaces own, to domain values and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from msgspec import convert

from domain.catalog import CatalogMetadata, Provider
from domain.distributions import ClaimedFile, Distribution, DistributionEvent
from domain.history import MetadataEvent
from domain.names import ProviderName
from domain.search import SearchTerms
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest


def read_provider(name: ProviderName, row: Mapping[str, Any]) -> Provider:
    return Provider(
        name=name,
        metadata=_metadata(row),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        organization_id=row["organization_id"],
        organization_name=row["organization_name"],
    )


def write_provider(provider: Provider) -> dict[str, object]:
    shown = provider.metadata
    return {
        "prefix": provider.name.prefix,
        "name": provider.name.name,
        "display_name": shown and shown.display_name,
        "description": shown and shown.description,
        "icon_url": shown and shown.icon_url,
        "tags": shown and list(shown.tags),
        "created_at": provider.created_at,
        "updated_at": provider.updated_at,
        "organization_id": provider.organization_id,
        "organization_name": provider.organization_name,
        **_terms(provider),
    }


def _terms(provider: Provider) -> dict[str, object]:
    if provider.metadata is None:
        return {"labels": [], "words": [], "trigrams": []}
    terms = SearchTerms.of(provider.name, provider.metadata)
    return {"labels": sorted(terms.labels), "words": sorted(terms.words), "trigrams": sorted(terms.trigrams)}


def _metadata(row: Mapping[str, Any]) -> CatalogMetadata | None:
    if row["display_name"] is None:
        return None
    return CatalogMetadata(
        display_name=row["display_name"],
        description=row["description"],
        icon_url=row["icon_url"],
        tags=tuple(row["tags"]),
    )


def write_metadata_event(name: ProviderName, event: MetadataEvent) -> dict[str, object]:
    """Return the row of a change of how a provider is shown, without its id."""
    shown = event.metadata
    return {
        "prefix": name.prefix,
        "name": name.name,
        "display_name": shown.display_name,
        "description": shown.description,
        "icon_url": shown.icon_url,
        "tags": list(shown.tags),
        "at": event.at,
        "actor": event.actor,
        "request_id": event.request_id,
    }


def read_distribution(row: Mapping[str, Any]) -> Distribution:
    return convert(row, Distribution)


def write_distribution(distribution: Distribution) -> dict[str, object]:
    return asdict(distribution)


def read_distribution_event(row: Mapping[str, Any]) -> DistributionEvent:
    return convert({**row, "owner": {**row, "name": row["distribution"]}}, DistributionEvent)


def write_distribution_event(event: DistributionEvent) -> dict[str, object]:
    """Return the row of a change of a distribution's owner, without its id."""
    row = asdict(event)
    owner = row.pop("owner")
    return {
        **row,
        "distribution": owner["name"],
        "prefix": owner["prefix"],
        "organization_id": owner["organization_id"],
    }


def read_claimed_file(prefix: str, row: Mapping[str, Any]) -> ClaimedFile:
    """Return the file name of a namespace's index that a row holds."""
    return ClaimedFile(
        filename=row["filename"],
        sha256=Sha256Digest(row["sha256"]),
        provider=ProviderName(prefix, row["name"]),
        version=SemVer.parse(row["version"]),
    )


def write_claimed_file(file: ClaimedFile) -> dict[str, object]:
    return {
        "prefix": file.provider.prefix,
        "filename": file.filename,
        "sha256": file.sha256.hex,
        "name": file.provider.name,
        "version": file.version.text,
    }
