"""Other addresses that people try, and the pages that they mean."""

import re
from typing import Any

from litestar import Request, get
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY, HTTP_303_SEE_OTHER

from domain.errors import InvalidProviderNameError
from domain.names import PLATFORM, namespace
from entrypoints.http.requests.parameters import provider_name, sent_path

_PROVIDER = re.compile(r"/catalog/([A-Za-z0-9_-]+/[A-Za-z0-9_-]+)(?:/(v(?=[0-9]))?(.*))?", re.DOTALL)


def canonical_address(request: Request[Any, Any, Any]) -> Redirect | None:
    """Lead from a name with capitals, or a version with a ``v`` in front, to the page; None from the page itself."""
    found = _PROVIDER.fullmatch(sent_path(request.scope))
    if request.method != HttpMethod.GET or found is None or (found[1].islower() and found[2] is None):
        return None
    address = f"/catalog/{found[1].lower()}" + ("" if found[3] is None else f"/{found[3]}")
    if address == sent_path(request.scope):
        return None
    return Redirect(_with_query(address, request), status_code=HTTP_301_MOVED_PERMANENTLY)


def _with_query(address: str, request: Request[Any, Any, Any]) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{address}?{query}" if query else address


@get("/catalog")
async def catalog_root(request: Request[Any, Any, Any]) -> Redirect:
    """Lead to all providers, and keep what is looked for."""
    return Redirect(_with_query("/", request), status_code=HTTP_303_SEE_OTHER)


@get("/catalog/{prefix:str}")
async def namespace_page(prefix: FromPath[str]) -> Redirect:
    """Lead from a namespace to its providers."""
    try:
        known = namespace(prefix.lower())
    except InvalidProviderNameError:
        raise NotFoundException from None
    return Redirect(f"/?q={known}", status_code=HTTP_303_SEE_OTHER)


@get(f"/{PLATFORM}/{{name:str}}")
async def short_address(name: FromPath[str]) -> Redirect:
    """Lead from the name of a first-party provider to its page."""
    return Redirect(f"/catalog/{provider_name(PLATFORM, name.lower())}", status_code=HTTP_303_SEE_OTHER)
