"""URLs that a document may keep."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.exceptions import ClientException

from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.index_paths import FILES_PATH, index_path


@dataclass(frozen=True, slots=True)
class PublicUrls:
    """URLs under the address at which dependents reach the registry.

    Attributes:
        base: That address, without a slash at the end; None if it is not configured.
        serves_copies: Whether the mirror's files are served.
        serves_provenance: Whether attestations are served.
    """

    base: str | None
    serves_copies: bool = False
    serves_provenance: bool = False

    @property
    def mirror(self) -> str | None:
        """The URL of the mirror; its path only, if there is no configured address; None if copies are not served."""
        return f"{self.base or ''}{FILES_PATH}" if self.serves_copies else None

    @property
    def has_secure_provenance(self) -> bool:
        """Whether attestations have absolute addresses of https, which package indexes need to name them."""
        return self.serves_provenance and (self.base or "").startswith("https://")

    def provenance(self, name: ProviderName, version: SemVer) -> str:
        """Return the URL of a version's provenance object; its path only, if there is no configured address."""
        return f"{self.base or ''}/providers/{quote(f'{name}/versions/{version}', safe='/+')}/provenance"

    def index(self, prefix: str) -> str:
        """Return the URL of a namespace's package index; its path only, if there is no configured address."""
        return f"{self.base or ''}{index_path(prefix)}"

    def site(self, request: Request[Any, Any, Any]) -> str:
        """Return where pages are read; under the request's ``Host``, if nothing is configured.

        Raises:
            ClientException: Nothing is configured, and an HTTP/1.0 request has no ``Host``.
        """
        return self.base or _base_of(request)

    def schema(self, request: Request[Any, Any, Any], name: ProviderName, version: SemVer, resource_type: str) -> str:
        """Return where the schema of a resource type is read; under the request's ``Host``, if nothing is configured.

        Raises:
            ClientException: Nothing is configured, and an HTTP/1.0 request has no ``Host``.
        """
        path = quote(f"{name}/versions/{version}/schemas/{resource_type}", safe="/+")
        return f"{self.base or _base_of(request)}/providers/{path}"


def _base_of(request: Request[Any, Any, Any]) -> str:
    host = request.headers.get("host", "")
    if not host:
        raise ClientException
    return f"{request.scope['scheme']}://{host}"
