"""The Simple Repository API, for pip and uv: one index for the platform, and one for each customer's namespace.

Source: PEP 503, PEP 592, PEP 691 and PEP 700.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import FromPath, PathParameter
from litestar.response.base import ASGIResponse
from packaging.utils import NormalizedName

from application.use_cases.queries import ListDistributions, ListFiles
from domain.distributions import distribution_name
from domain.errors import DistributionNotFoundError, InvalidValueError
from domain.names import PLATFORM, namespace
from entrypoints.http.openapi import responses
from entrypoints.http.routes.index_pages import HTML, JSON, IndexPages
from entrypoints.http.templating import render
from entrypoints.index_paths import index_path
from entrypoints.presenters.installing import SIMPLE_INDEX_EXAMPLE, SIMPLE_PROJECT_EXAMPLE

_MARK = "~"
"""Begins a namespace where a project could stand (see ``entrypoints.index_paths``)."""
_INDEX_RESPONSES = responses.read("Every distribution.", SIMPLE_INDEX_EXAMPLE, media_type=JSON)
_PROJECT_RESPONSES = {
    **responses.read("The wheels.", SIMPLE_PROJECT_EXAMPLE, media_type=JSON),
    301: ResponseSpec(None, generate_examples=False, description="The normalised name, in `Location`."),
}


@dataclass
class _Operation(Operation):
    """Documents the forms beside JSON."""

    def __post_init__(self) -> None:
        """Add HTML."""
        described = (self.responses or {}).get("200")
        if isinstance(described, OpenAPIResponse) and described.content is not None:
            page = OpenAPIMediaType(
                schema=Schema(type=OpenAPIType.STRING),
                examples={"page": Example(summary="A list of links", value=self._page())},
            )
            described.content |= dict.fromkeys(("text/html", HTML), page)

    def _page(self) -> str:
        if self.operation_id == "simpleIndex":
            return render("simple_index.html", view=SIMPLE_INDEX_EXAMPLE, index="/simple/")
        return render("simple_project.html", view=SIMPLE_PROJECT_EXAMPLE)


@get(
    "/simple",
    tags=["Installing"],
    summary="List distributions",
    description="The platform's package index, for `pip install --index-url` and `uv pip install --index-url`, as JSON "
    "or HTML. It has first-party distributions only; `/simple/~{namespace}/` is the index of a customer's namespace.",
    operation_id="simpleIndex",
    operation_class=_Operation,
    responses=_INDEX_RESPONSES,
)
async def simple_index(
    request: Request[Any, Any, Any],
    list_distributions: NamedDependency[ListDistributions],
    index_pages: NamedDependency[IndexPages],
) -> ASGIResponse:
    """List the platform's distributions."""
    return await index_pages.index(request, list_distributions, PLATFORM)


@get(
    "/simple/{project:str}",
    tags=["Installing"],
    summary="List the wheels of a first-party distribution",
    description="Links to the registered wheels with their digests. With `~{namespace}` in place of a project: the "
    "list of that namespace's distributions, as `/simple/` lists the platform's.",
    operation_id="simpleProject",
    operation_class=_Operation,
    responses=_PROJECT_RESPONSES,
)
async def simple_project(
    request: Request[Any, Any, Any],
    project: FromPath[str],
    list_distributions: NamedDependency[ListDistributions],
    list_files: NamedDependency[ListFiles],
    index_pages: NamedDependency[IndexPages],
) -> ASGIResponse:
    """List the files of a first-party distribution, or the distributions of a namespace."""
    if project.startswith(_MARK):
        return await index_pages.index(request, list_distributions, _namespace(project))
    return await _project(request, index_pages, list_files, PLATFORM, project)


@get(
    "/simple/{project:str}/{distribution:str}",
    tags=["Installing"],
    summary="List the wheels of a namespace's distribution",
    description="Links to the wheels that a namespace registered. `project` is the namespace here, `~acme` or `acme`. "
    "The index to give to an installer is `/simple/~acme/`.",
    operation_id="simpleNamespaceProject",
    operation_class=_Operation,
    responses=_PROJECT_RESPONSES,
)
async def simple_namespace_project(
    request: Request[Any, Any, Any],
    project: Annotated[str, PathParameter(description="A namespace, with or without a tilde in front.")],
    distribution: FromPath[str],
    list_files: NamedDependency[ListFiles],
    index_pages: NamedDependency[IndexPages],
) -> ASGIResponse:
    """List the files of a namespace's distribution."""
    return await _project(request, index_pages, list_files, _namespace(project), distribution)


async def _project(
    request: Request[Any, Any, Any], index_pages: IndexPages, list_files: ListFiles, prefix: str, written: str
) -> ASGIResponse:
    distribution = _distribution(prefix, written)
    if distribution != written:
        location = f"{index_path(prefix)}{distribution}/"
        return ASGIResponse(status_code=301, headers={"Location": location})
    return await index_pages.project(request, list_files, prefix, distribution)


def _namespace(written: str) -> str:
    try:
        return namespace(written.removeprefix(_MARK))
    except InvalidValueError as error:
        raise DistributionNotFoundError(f"there is no such namespace: {error.detail}") from None


def _distribution(prefix: str, written: str) -> NormalizedName:
    try:
        return distribution_name(written)
    except InvalidValueError as error:
        raise DistributionNotFoundError(
            f"{error.detail}; GET {index_path(prefix)} lists those that there are"
        ) from None
