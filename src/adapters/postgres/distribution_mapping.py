"""Rows of distributions, and of the files of an index, to domain values and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from msgspec import convert

from domain.digests import Sha256Digest
from domain.distributions import ClaimedFile, Distribution, DistributionEvent
from domain.names import ProviderName
from domain.semver import SemVer


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
