"""The page that explains the transparency log."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.use_cases.read_log import ListChanges, ReadCheckpoint
from entrypoints.http.cache.read_cache import conditional_read
from entrypoints.http.cache.rendering import RenderingPool
from entrypoints.http.cache.representation import Representation
from entrypoints.http.pages.log import LogPage
from entrypoints.http.pages.responses import as_html, page
from entrypoints.http.problems import EXCEPTION_HANDLERS
from entrypoints.http.requests.public_urls import PublicUrls
from entrypoints.http.routes.transparency_log import LOG_PATH

_ENTRIES = 25
_MOST = 2**53

After = Annotated[int | None, QueryParameter(ge=0, le=_MOST)]


@get(LOG_PATH)
@conditional_read
async def log_page(
    read_checkpoint: NamedDependency[ReadCheckpoint],
    list_changes: NamedDependency[ListChanges],
    rendering: NamedDependency[RenderingPool],
    urls: NamedDependency[PublicUrls],
    after: After = None,
) -> Representation:
    """Show the newest checkpoint, and some entries."""
    note = await read_checkpoint.execute()
    head = await list_changes.head()
    newest = max(0, head - _ENTRIES)
    changes = await list_changes.execute(newest if after is None else min(after, newest), limit=_ENTRIES)
    view = LogPage.of(note, changes, registry_url=urls.base, step=_ENTRIES)
    return await rendering.run(page, "log.html", page=view, has_log=True)


log_pages = Router(
    "/",
    route_handlers=[log_page],
    include_in_schema=False,
    exception_handlers={error: as_html(handler) for error, handler in EXCEPTION_HANDLERS.items()},
)
