"""Asking a registry whether resources survive an upgrade."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from domain.names import ProviderName
from domain.upgrades.configs import MAX_RESOURCES
from entrypoints.client.errors import RefusedError
from entrypoints.client.resource_files import FileResource
from entrypoints.client.retrying_client import Note, RetryingClient, members, new_http_client
from entrypoints.presenters.upgrades import UpgradeCheckView
from entrypoints.settings import ClientSettings

_MAX_BYTES = 200 * 1024
"""Of the resources in one request, which may have 256 KiB."""


@dataclass(frozen=True, slots=True)
class CheckedFiles:
    """The registry's answer, and the file of each resource in it."""

    view: UpgradeCheckView
    files: tuple[Path, ...]


def check_upgrades(
    resources: Sequence[FileResource],
    before: Mapping[str, str],
    target: Mapping[str, str],
    settings: ClientSettings,
    note: Note,
) -> list[CheckedFiles]:
    """Return the registry's answers, one for each provider, or for each hundred resources of it.

    Args:
        resources: What to check.
        before: The versions in use, by canonical name; under "" that of all others, if it is known.
        target: The versions to upgrade to, likewise; ``latest`` if there is none.
        settings: Where the registry is.
        note: Takes lines about attempts that failed.

    Raises:
        ClientError: The registry does not answer, or refuses.
    """
    answers = []
    with new_http_client(settings.ca_bundle) as http:
        client = RetryingClient(http, note)
        for provider, batch in _batches(resources):
            version = target.get(provider.canonical) or target.get("") or "latest"
            known = before.get(provider.canonical) or before.get("")
            body: dict[str, Any] = {"resources": [each.body for each in batch]}
            answer = client.post(
                "the registry",
                f"{settings.url.rstrip('/')}/providers/{provider}/versions/{quote(version, safe='+')}/check",
                body=msgspec.json.encode(body if known is None else {"from": known, **body}),
            )
            answers.append(_checked(answer, provider, batch))
    return answers


def _batches(resources: Sequence[FileResource]) -> Iterator[tuple[ProviderName, list[FileResource]]]:
    by_provider: dict[ProviderName, list[FileResource]] = {}
    for resource in resources:
        by_provider.setdefault(resource.provider, []).append(resource)
    for provider, found in by_provider.items():
        batch: list[FileResource] = []
        size = 0
        for resource in found:
            length = len(msgspec.json.encode(resource.body))
            if batch and (len(batch) == MAX_RESOURCES or size + length > _MAX_BYTES):
                yield provider, batch
                batch, size = [], 0
            batch.append(resource)
            size += length
        yield provider, batch


def _checked(answer: httpx.Response, provider: ProviderName, batch: Sequence[FileResource]) -> CheckedFiles:
    told = members(answer)
    try:
        view = msgspec.convert(told, UpgradeCheckView) if answer.status_code == httpx.codes.OK else None
    except msgspec.ValidationError:
        view = None
    if view is None or view.canonical != provider.canonical or len(view.resources) != len(batch):
        raise RefusedError(
            str(told.get("detail") or f"the registry answered {answer.status_code}, not as a registry would"),
            code=str(told.get("code") or "unexpected_answer"),
            status=answer.status_code,
            request_id=answer.headers.get("X-Request-ID"),
        )
    return CheckedFiles(view, tuple(resource.file for resource in batch))
