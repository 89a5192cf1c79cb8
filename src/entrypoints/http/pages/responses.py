"""How pages are answered: revalidated, and refused in words for people."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from typing import Any, TypeVar
from zlib import crc32

from litestar import Request, Response

from entrypoints.http.cache.representation import IMMUTABLE, REVALIDATE, Representation
from entrypoints.http.models.responses import ProblemView
from entrypoints.http.pages.comparisons import snippet
from entrypoints.http.pages.fitting import Excerpt
from entrypoints.http.templating import render

STYLESHEET = Representation(
    files("entrypoints.http.pages").joinpath("pages.css").read_bytes(),
    IMMUTABLE,
    "text/css",
)
STYLESHEET_PATH = f"/static/pages-{sha256(STYLESHEET.body).hexdigest()[:12]}.css"
"""The path changes with the style sheet, so caches may keep it for ever."""
ICON = Representation(files("entrypoints.http.pages").joinpath("favicon.svg").read_bytes(), REVALIDATE, "image/svg+xml")
ICON_PATH = "/favicon.ico"
"""Where browsers look for it without being told. It is a picture of its media type, whatever its name says."""

_Refusal = TypeVar("_Refusal", bound=Exception)


def page(template: str, **context: object) -> Representation:
    return Representation(_render(template, **context).encode(), REVALIDATE, "text/html")


def uncacheable_page(template: str, **context: object) -> Representation:
    """Return a page that changes without a notification."""
    return replace(page(template, **context), is_uncacheable=True)


def as_html(
    handler: Callable[[Request[Any, Any, Any], _Refusal], Response[ProblemView]],
) -> Callable[[Request[Any, Any, Any], _Refusal], Response[str]]:
    """Return an exception handler that says on a page what another one says as JSON."""

    def say(request: Request[Any, Any, Any], error: _Refusal) -> Response[str]:
        problem = handler(request, error)
        return Response(
            _render("problem.html", problem=problem.content, has_log=request.app.state.get("has_log", False)),
            status_code=problem.status_code,
            media_type="text/html",
            headers=problem.headers,
        )

    return say


def for_browsers(
    handler: Callable[[Request[Any, Any, Any], _Refusal], Response[ProblemView]],
) -> Callable[[Request[Any, Any, Any], _Refusal], Response[Any]]:
    """Return an exception handler that says on a page that there is no such route, to clients that ask for pages."""
    say = as_html(handler)

    def answer(request: Request[Any, Any, Any], error: _Refusal) -> Response[Any]:
        is_lost = getattr(error, "status_code", None) == HTTPStatus.NOT_FOUND
        if not is_lost or "text/html" not in request.headers.get("accept", ""):
            return handler(request, error)
        return say(request, error)

    return answer


def _hue(name: str) -> int:
    """Return one of six colours, always the same for a name."""
    return crc32(name.encode()) % 6


def _render(template: str, **context: object) -> str:
    # With the first page, as Jinja is.
    from entrypoints.http.pages.markdown import inline_code, render_markdown  # noqa: PLC0415

    return render(
        f"pages/{template}",
        stylesheet=STYLESHEET_PATH,
        render_markdown=render_markdown,
        inline_code=inline_code,
        snippet=snippet,
        excerpt=Excerpt.of,
        hue=_hue,
        **{"has_log": False, **context},
    )
