"""Names and versions in paths."""

from domain.errors import InvalidValueError, ProviderNotFoundError, VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer

LATEST = "latest"


def provider_name(prefix: str, name: str) -> ProviderName:
    """Return the provider that a path names.

    Raises:
        ProviderNotFoundError: No provider can be called so.
    """
    try:
        return ProviderName(prefix, name)
    except InvalidValueError as error:
        raise ProviderNotFoundError(f"there is no such provider: {error.detail}") from None


def exact_version(provider: ProviderName, written: str) -> SemVer:
    """Return the version that a path names.

    Raises:
        VersionNotFoundError: No version can be called so.
    """
    try:
        return SemVer.parse(written)
    except InvalidValueError as error:
        raise VersionNotFoundError(f"{provider} has no such version: {error.detail}") from None


def version_or_latest(provider: ProviderName, written: str) -> SemVer | None:
    """Return the version that a path names, or None for ``latest``.

    Raises:
        VersionNotFoundError: No version can be called so.
    """
    return None if written == LATEST else exact_version(provider, written)
