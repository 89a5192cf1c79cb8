"""Yanking and restoring a version over HTTP."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

import httpx
import msgspec

from domain.errors import InvalidValueError
from domain.names import PLATFORM, ProviderName
from domain.semver import SemVer
from domain.versions import validate_yank_reason
from entrypoints.client.credentials import obtain_token, require_credentials
from entrypoints.client.errors import UnusableError
from entrypoints.client.registry_api import refusal_of, unexpected
from entrypoints.client.retrying_client import Note, RetryingClient, members, new_http_client
from entrypoints.settings import ClientSettings

_REGISTRY = "the registry"


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """Which version is meant."""

    name: ProviderName
    version: SemVer

    @classmethod
    def parse(cls, provider: str, version: str) -> "PublishedVersion":
        """Read a provider, which without a prefix is the platform's, and a version.

        Raises:
            UnusableError: One of them is none; ``latest`` is no version either.
        """
        if version == "latest":
            raise UnusableError("say which version; what is latest may change meanwhile")
        try:
            name = ProviderName.parse(provider if "/" in provider else f"{PLATFORM}/{provider}")
            return cls(name, SemVer.parse(version))
        except InvalidValueError as error:
            raise UnusableError(error.detail) from None

    @property
    def path(self) -> str:
        """Where the registry shows it."""
        return f"/providers/{self.name}/versions/{quote(self.version.text, safe='+')}"


class YankResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a yank or of its undoing.

    Attributes:
        outcome: ``unchanged`` if the version was as it was asked to be.
        version: As the registry shows it.
    """

    outcome: Literal["yanked", "restored", "unchanged"]
    version: dict[str, Any]


def yank(target: PublishedVersion, reason: str, settings: ClientSettings, note: Note) -> YankResult:
    """Take a version out of ``latest``. A repeat keeps the first reason.

    Raises:
        ClientError: It failed.
    """
    try:
        validate_yank_reason(reason)
    except InvalidValueError as error:
        raise UnusableError(f"--reason: {error.detail}") from None
    return _change(target, "yanked", msgspec.json.encode({"reason": reason}), settings, note)


def restore(target: PublishedVersion, settings: ClientSettings, note: Note) -> YankResult:
    """Undo a yank. Safe to repeat.

    Raises:
        ClientError: It failed.
    """
    return _change(target, "restored", None, settings, note)


def _change(
    target: PublishedVersion,
    outcome: Literal["yanked", "restored"],
    body: bytes | None,
    settings: ClientSettings,
    note: Note,
) -> YankResult:
    """Send a yank, or without a body its undoing."""
    require_credentials(settings)
    base = settings.url.rstrip("/")
    with new_http_client(settings.ca_bundle) as http:
        client = RetryingClient(http, note)
        before = client.get(_REGISTRY, base + target.path)  # which tells a repeat from the first time
        if before.status_code == httpx.codes.NOT_FOUND:
            raise refusal_of(before, target.name, "")
        token = obtain_token(client, settings)
        url = f"{base}{'/console' if target.name.is_platform else ''}{target.path}/yank"
        if body is None:
            response = client.delete(_REGISTRY, url, bearer=token)
        else:
            response = client.put(_REGISTRY, url, bearer=token, body=body)
    if response.status_code != httpx.codes.OK:
        raise refusal_of(response, target.name, token)
    version = members(response)
    if (version.get("canonical"), version.get("version")) != (target.name.canonical, target.version.text):
        raise unexpected(response)
    is_repeat = members(before).get("status") == version.get("status")
    return YankResult(outcome="unchanged" if is_repeat else outcome, version=version)
