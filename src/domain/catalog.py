"""What people see of a provider, and what ``latest`` means."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlsplit

from domain import texts
from domain.errors import InvalidMetadataError, InvalidTextError, NamespaceForbiddenError
from domain.names import PLATFORM, ProviderName
from domain.semver import SemVer
from domain.wheel.metadata import Readme
from domain.wheel.verified_wheel import VerifiedWheel

MAX_DISPLAY_NAME = 200
MAX_DESCRIPTION = 5000
MAX_TAGS = 50
_NO_SUMMARY = "UNKNOWN"  # what setuptools wrote where there was none
_UNSAFE_IN_ICON = re.compile(r"[\s\\\"'<>`]")  # what could leave an attribute of a console's page


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogMetadata:
    """How a provider is shown.

    Raises:
        InvalidMetadataError: A text is missing, too long or holds control characters; the icon is not https; there
            are more than 50 tags.
    """

    display_name: str
    description: str
    icon_url: str | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field, check in METADATA_RULES.items():
            try:
                check(getattr(self, field))
            except InvalidMetadataError as error:
                raise InvalidMetadataError(f"{field}: {error.detail}") from None

    @classmethod
    def of_wheel(cls, wheel: VerifiedWheel) -> Self:
        """Derive from a wheel's own ``Name`` and ``Summary`` what a client did not send."""
        summary = texts.fitted_line(wheel.summary or "", max_length=MAX_DESCRIPTION)
        return cls(
            display_name=texts.fitted_line(wheel.name or wheel.distribution, max_length=MAX_DISPLAY_NAME),
            description="" if summary == _NO_SUMMARY else summary,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider in the catalog.

    Attributes:
        metadata: None until the first version is published.
        organization_id: The organisation that it belongs to, whatever its slug becomes; None if no customer made it.
        organization_name: What its organisation was called when it last published it, or None if that is not known.
    """

    name: ProviderName
    metadata: CatalogMetadata | None
    created_at: datetime
    updated_at: datetime
    organization_id: str | None = None
    organization_name: str | None = None

    @property
    def shown(self) -> CatalogMetadata:
        """How it is shown, which every provider with a public version says."""
        if self.metadata is None:
            raise AssertionError(f"{self.name} has a public version, so it has metadata")
        return self.metadata

    def require_owner(self, organization_id: str | None) -> None:
        """Return if an organisation may change the provider: a slug can pass from one organisation to another.

        Raises:
            NamespaceForbiddenError: The provider belongs to another organisation.
        """
        if self.organization_id is not None and organization_id not in {None, self.organization_id}:
            raise NamespaceForbiddenError(
                f"{self.name} belongs to another organisation, which had this namespace before; choose another name"
            )

    def updated(
        self, *, at: datetime, metadata: CatalogMetadata | None = None, organization_name: str | None = None
    ) -> Self:
        """Return the provider after a public change; None keeps what is there, and ``updated_at`` never goes back."""
        return replace(
            self,
            metadata=metadata or self.metadata,
            organization_name=organization_name or self.organization_name,
            updated_at=max(at, self.updated_at),
        )


class AuthorKind(StrEnum):
    """Who a provider comes from."""

    PLATFORM = "platform"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Author:
    """Who a provider comes from, as it is shown. Clients require both texts.

    Attributes:
        organization_id: The customer's organisation, or the namespace where that is not known.
        display_name: What the organisation is called, or the namespace where that is not known.
    """

    kind: AuthorKind
    organization_id: str
    display_name: str

    @classmethod
    def of(cls, provider: Provider, *, platform: Self) -> Self:
        """Return the author of a provider; ``platform`` is the author of first-party ones."""
        if provider.name.is_platform:
            return platform
        namespace = provider.name.prefix
        return cls(AuthorKind.CUSTOMER, provider.organization_id or namespace, provider.organization_name or namespace)


PLATFORM_AUTHOR = Author(AuthorKind.PLATFORM, PLATFORM, "Platform")
"""The author of first-party providers, unless the settings say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A provider with a public version, as the catalog shows it.

    Attributes:
        latest: What ``latest`` means now; None while every version is yanked.
        released_at: When a version was last published, whether or not it was yanked since.
        readme: The long description of the latest version's wheel; left out of lists.
    """

    provider: Provider
    latest: SemVer | None
    released_at: datetime
    readme: Readme | None = None

    @property
    def shown(self) -> CatalogMetadata:
        """How the provider is shown."""
        return self.provider.shown


def latest(installable: Iterable[SemVer]) -> SemVer | None:
    """Choose among published, not yanked versions: the highest stable one, a pre-release only when there is no other.

    None when there is nothing to choose from.
    """
    return max(installable, key=lambda version: (not version.is_prerelease, version), default=None)


def _check_display_name(name: str) -> None:
    _check_line(name, max_length=MAX_DISPLAY_NAME)


def _check_description(description: str) -> None:
    try:
        texts.validate_text(description, max_length=MAX_DESCRIPTION)
    except InvalidTextError as error:
        raise InvalidMetadataError(error.detail) from None


def _check_tags(tags: Sequence[str]) -> None:
    if len(tags) > MAX_TAGS:
        raise InvalidMetadataError(f"{len(tags)} given; {MAX_TAGS} are allowed")
    for tag in tags:
        _check_line(tag, max_length=50)


def _check_line(value: str, *, max_length: int) -> None:
    try:
        texts.validate_line(value, max_length=max_length)
    except InvalidTextError as error:
        raise InvalidMetadataError(error.detail) from None


def _check_icon_url(url: str | None) -> None:
    if url is None:
        return
    try:
        texts.validate_line(url, max_length=2048)
        parts = urlsplit(url)
        usable = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
        usable = usable and not _UNSAFE_IN_ICON.search(url)
    except (InvalidTextError, ValueError):
        usable = False
    if not usable:
        raise InvalidMetadataError("send an https:// URL of at most 2048 characters, or null")


METADATA_RULES: Mapping[str, Callable[[Any], None]] = {
    "display_name": _check_display_name,
    "description": _check_description,
    "icon_url": _check_icon_url,
    "tags": _check_tags,
}
"""What each field of catalog metadata must keep; a rule raises ``InvalidMetadataError``."""
