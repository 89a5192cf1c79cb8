"""URLs that a document may keep: absolute ones, under the address that dependents reach the registry at."""

from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.exceptions import ClientException

from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.http.requests.service import Service


def schema_url(
    request: Request[Any, Any, Any], service: Service, name: ProviderName, version: SemVer, resource_type: str
) -> str:
    """Return where the schema of a resource type is read.

    Raises:
        ClientException: The registry's own address is not configured, and an HTTP/1.0 request has no ``Host``.
    """
    path = quote(f"{name}/versions/{version}/schemas/{resource_type}", safe="/+")
    return f"{service.public_url or _base_url(request)}/providers/{path}"


def _base_url(request: Request[Any, Any, Any]) -> str:
    host = request.headers.get("host", "")
    if not host:
        raise ClientException
    return f"{request.scope['scheme']}://{host}"
