"""The API's description: as an OpenAPI document for programs, and as pages for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from litestar import Litestar, Request, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi.document import Json, api_document
from entrypoints.http.pages.responses import as_html, page
from entrypoints.http.problems import EXCEPTION_HANDLERS

_INDEX = "/schema"
MEDIA_TYPE = "application/vnd.oai.openapi+json"


@dataclass(frozen=True)
class ApiDescription:
    """Both forms, made when they are first asked for.

    Attributes:
        public_url: Where the registry is reached; None to leave that to where the document was read.
    """

    app: Litestar
    public_url: str | None
    _made: dict[str, Representation] = field(default_factory=dict)

    @cached_property
    def json(self) -> Representation:
        """For programs."""
        return Representation.of(self._document, REVALIDATE, MEDIA_TYPE)

    def page(self, path: str) -> Representation:
        """Return a page for people.

        Raises:
            NotFoundException: There is none of that path.
        """
        if path not in self._made:
            if path not in self._makers:
                raise NotFoundException
            self._made[path] = self._makers[path]()
        return self._made[path]

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[], Representation]]:
        from entrypoints.http.pages.api import ApiPages  # noqa: PLC0415 -- it needs a parser of Markdown

        api = ApiPages(self._document)
        has_log = self.app.state.get("has_log", False)

        def shown(template: str, **context: object) -> Callable[[], Representation]:
            return lambda: page(template, api=api, has_log=has_log, **context)

        makers = {_INDEX: shown("api.html")}
        makers |= {group.path: shown("api_group.html", group=group) for group in api.groups}
        makers |= {f"{_INDEX}/objects/{name}": shown("api_object.html", name=name) for _, name in api.objects}
        return makers

    @cached_property
    def _document(self) -> Json:
        return api_document(self.app, self.public_url)


@get("/schema/openapi.json", include_in_schema=False)
@conditional_read
async def read_document(
    rendering: NamedDependency[RenderingPool], description: NamedDependency[ApiDescription]
) -> Representation:
    """Serve the OpenAPI document."""
    return await rendering.run(lambda: description.json)


@get([_INDEX, f"{_INDEX}/operations/{{group:str}}", f"{_INDEX}/objects/{{name:str}}"])
@conditional_read
async def read_page(
    request: Request[Any, Any, Any],
    rendering: NamedDependency[RenderingPool],
    description: NamedDependency[ApiDescription],
) -> Representation:
    """Show the API, its operations on one subject, or one of its objects."""
    return await rendering.run(description.page, request.scope["path"].rstrip("/"))


api_pages = Router(
    "/",
    route_handlers=[read_page],
    include_in_schema=False,
    exception_handlers={error: as_html(handler) for error, handler in EXCEPTION_HANDLERS.items()},
)
