"""Parameters of paths and queries: what they name, and how they may be written."""

import re
from collections.abc import Collection, Sequence
from typing import Any, cast
from urllib.parse import quote

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope

from domain.errors import InvalidValueError, ProviderNotFoundError, RegistryError, VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.http.cache.read_cache import received_path
from entrypoints.http.requests.invalid_requests import FieldError, InvalidRequestError
from entrypoints.http.requests.request_ids import printable

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


def path_after(request: Request[Any, Any, Any], segments: int, parsed: str) -> str:
    """Return what a path ends in after so many segments, slashes included; the framework drops some of them.

    Args:
        request: Of a route that ends in a parameter of type ``path``.
        segments: How many come before that parameter.
        parsed: The parameter as the framework has it, where the path has something in front of the route.
    """
    found = re.fullmatch(rf"/*(?:[^/]+/+){{{segments - 1}}}[^/]+/(.+)", received_path(request.scope), re.DOTALL)
    return found[1] if found else parsed.removeprefix("/")


def sent_path(scope: HTTPScope) -> str:
    """Return the path as it was sent, still percent-encoded, without the query and what a proxy put in front."""
    sent: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return sent.partition(b"?")[0].decode("latin-1").removeprefix(scope.get("root_path", ""))


async def exact_path_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard a route that access rules of a proxy name by its path: no other spelling of the path reaches it.

    The framework finds routes under doubled slashes, a slash at the end and percent-encoded letters too.

    Raises:
        NotFoundException: The path is spelled otherwise than the route.
    """
    scope = cast("HTTPScope", connection.scope)
    written, template = sent_path(scope).split("/"), scope["path_template"].split("/")
    if len(written) != len(template) or not all(map(_fits, written, template)):
        raise NotFoundException


def _fits(written: str, segment: str) -> bool:
    return bool(written) if segment.startswith("{") else written == segment


_LONGEST_NAME = 100
DRY_RUN = "dry_run"
_SWITCHES = {(): False, ("false",): False, ("true",): True}


class BadQueryError(RegistryError):
    """Query parameters of a read are unknown, or have values that the route does not understand."""

    code = "bad_request"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        summarised = InvalidRequestError(errors)
        super().__init__(summarised.detail)
        self.errors = summarised.errors


def unknown_parameters(request: Request[Any, Any, Any], known: Collection[str]) -> list[FieldError]:
    """Return an error for each query parameter that the route does not know."""
    names = dict.fromkeys(name for name in request.query_params if name not in known)
    message = f"is not a parameter of this route; leave it out, or send one of {', '.join(known)}"
    return [FieldError(("query", printable(name)[:_LONGEST_NAME]), message, "invalid") for name in names]


def repeated_parameters(request: Request[Any, Any, Any], single: Collection[str]) -> list[FieldError]:
    """Return an error for each query parameter that has one value and is sent with several."""
    names = [name for name in single if len(request.query_params.getall(name, [])) > 1]
    return [FieldError(("query", name), "send it once", "invalid") for name in names]


def wants_dry_run(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the query asks for a dry run.

    Raises:
        InvalidRequestError: The value is neither true nor false, or there are several, or other parameters: a misspelt
            dry run must not register.
    """
    errors = unknown_parameters(request, [DRY_RUN])
    said = tuple(request.query_params.getall(DRY_RUN, []))
    if said not in _SWITCHES:
        errors.append(FieldError(("query", DRY_RUN), "send true or false, once", "invalid"))
    if errors:
        raise InvalidRequestError(errors)
    return _SWITCHES[said]
