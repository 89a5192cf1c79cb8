"""The Simple Repository API, for pip and uv.

Source: PEP 503, PEP 592, PEP 691 and PEP 700.
"""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from packaging.utils import InvalidName, canonicalize_name

from domain.errors import DistributionNotFoundError
from entrypoints.http.conditional import REVALIDATE, Document, answer
from entrypoints.http.documentation_catalog import SIMPLE_INDEX_RESPONSES, SIMPLE_PROJECT_RESPONSES, SimpleOperation
from entrypoints.http.negotiation import negotiated
from entrypoints.http.service import Service
from entrypoints.http.templating import render
from entrypoints.http.views_catalog import simple_index_view, simple_project_view

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
_MEDIA_TYPES = {
    "text/html": "text/html",
    _JSON: _JSON,
    _HTML: _HTML,
    "application/vnd.pypi.simple.latest+json": _JSON,
    "application/vnd.pypi.simple.latest+html": _HTML,
}
"""What may be asked for, and what is answered then."""


@get(
    "/simple",
    tags=["Installing"],
    summary="List distributions",
    description="The root of an index for `pip install --index-url` and `uv pip install --index-url`, as JSON or HTML.",
    operation_id="simpleIndex",
    operation_class=SimpleOperation,
    responses=SIMPLE_INDEX_RESPONSES,
)
async def simple_index(request: Request[Any, Any, Any], service: NamedDependency[Service]) -> ASGIResponse:
    """List distributions."""
    media_type = negotiated(request, _MEDIA_TYPES)
    view = simple_index_view(await service.registry.list_distributions.execute())
    return _answer(request, view, "simple_index.html", media_type)


@get(
    "/simple/{project:str}",
    tags=["Installing"],
    summary="List the wheels of a distribution",
    description="Links to the registered wheels with their digests. A page has the files of one namespace only: the "
    "platform's, or else of the first that published the distribution.",
    operation_id="simpleProject",
    operation_class=SimpleOperation,
    responses=SIMPLE_PROJECT_RESPONSES,
)
async def simple_project(
    request: Request[Any, Any, Any], project: FromPath[str], service: NamedDependency[Service]
) -> ASGIResponse:
    """List the files of a distribution."""
    media_type = negotiated(request, _MEDIA_TYPES)
    try:
        distribution = canonicalize_name(project, validate=True)
    except InvalidName:
        raise DistributionNotFoundError(
            "no distribution can be called so; GET /simple/ lists those that there are"
        ) from None
    if distribution != project:
        return ASGIResponse(status_code=301, headers={"Location": f"/simple/{distribution}/"})
    view = simple_project_view(distribution, await service.registry.list_files.execute(distribution))
    return _answer(request, view, "simple_project.html", media_type)


def _answer(request: Request[Any, Any, Any], view: object, template: str, media_type: str) -> ASGIResponse:
    body = msgspec.json.encode(view) if media_type == _JSON else render(template, view=view).encode()
    return answer(request.scope, Document(body, REVALIDATE, media_type, vary=("Accept",)))
