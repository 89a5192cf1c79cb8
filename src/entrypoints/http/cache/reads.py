"""Decorators of handlers that return representations."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Any

from litestar import Request
from litestar.response.base import ASGIResponse

from entrypoints.http.cache.read_cache import ReadCache
from entrypoints.http.cache.representation import Representation

Handler = Callable[..., Awaitable[Representation]]
Responder = Callable[..., Awaitable[ASGIResponse]]
_REQUEST = "request"


def conditional_read(handler: Handler) -> Responder:
    """Respond with the representation that a handler returns, or with 304 if the client has it."""

    async def read(_: Request[Any, Any, Any], arguments: Mapping[str, Any]) -> Representation:
        return await handler(**arguments)

    return _responder(handler, read)


def cached_read(handler: Handler) -> Responder:
    """Do as ``conditional_read``, and cache the representation under the path until the provider changes.

    The path names the provider by ``prefix`` and ``name``. Where a query parameter differs from its default, the
    cache is left alone.
    """
    defaults = {
        each.name: each.default for each in signature(handler).parameters.values() if each.default != each.empty
    }

    async def read(request: Request[Any, Any, Any], arguments: Mapping[str, Any]) -> Representation:
        if any(arguments[name] != default for name, default in defaults.items()):
            return await handler(**arguments)
        produce = partial(handler, **arguments)
        return await read_cache(request).read(request.scope, arguments["prefix"], arguments["name"], produce)

    return _responder(handler, read)


def read_cache(request: Request[Any, Any, Any]) -> ReadCache:
    """Return the application's read cache."""
    cache: ReadCache = request.app.state.read_cache
    return cache


def _responder(
    handler: Handler, read: Callable[[Request[Any, Any, Any], Mapping[str, Any]], Awaitable[Representation]]
) -> Responder:
    """Return a handler with the same parameters and, if it is not among them, the request."""
    written = signature(handler)
    takes_request = _REQUEST in written.parameters

    @wraps(handler)
    async def respond(**arguments: Any) -> ASGIResponse:  # noqa: ANN401 -- those of the handler
        request = arguments[_REQUEST] if takes_request else arguments.pop(_REQUEST)
        return await read_cache(request).respond(request.scope, await read(request, arguments))

    added = [] if takes_request else [Parameter(_REQUEST, Parameter.KEYWORD_ONLY)]
    respond.__signature__ = written.replace(parameters=[*written.parameters.values(), *added])  # type: ignore[attr-defined]
    respond.__annotations__ = {
        **handler.__annotations__,
        _REQUEST: Request[Any, Any, Any],
        "return": ASGIResponse,
    }
    return respond
