"""The API's description: as an OpenAPI document for programs, and as a page for people."""

from dataclasses import dataclass
from functools import cached_property

from litestar import Litestar, get
from litestar.di import NamedDependency

from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import REVALIDATE, Representation
from entrypoints.http.openapi.document import Json, api_document
from entrypoints.http.pages.responses import page

MEDIA_TYPE = "application/vnd.oai.openapi+json"


@dataclass(frozen=True)
class ApiDescription:
    """Both forms, each made when it is first asked for.

    Attributes:
        public_url: Where the registry is reached; None to leave that to where the document was read.
    """

    app: Litestar
    public_url: str | None

    @cached_property
    def json(self) -> Representation:
        """For programs."""
        return Representation.of(self._document, REVALIDATE, MEDIA_TYPE)

    @cached_property
    def page(self) -> Representation:
        """For people."""
        from entrypoints.http.pages.api import ApiPage  # noqa: PLC0415 -- it needs a parser of Markdown

        return page("api.html", api=ApiPage(self._document), has_log=self.app.state.get("has_log", False))

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


@get("/schema", include_in_schema=False)
@conditional_read
async def read_page(
    rendering: NamedDependency[RenderingPool], description: NamedDependency[ApiDescription]
) -> Representation:
    """Show the API."""
    return await rendering.run(lambda: description.page)
