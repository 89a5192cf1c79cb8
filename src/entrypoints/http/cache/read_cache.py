"""The read cache: representations, until what they represent changes; and the decorators of handlers that use it."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Any
from urllib.parse import unquote

from litestar import Request
from litestar.enums import ScopeType
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from domain.names import ProviderName
from entrypoints.http.cache.rendering import RenderingBusyError, RenderingPool
from entrypoints.http.cache.representation import RawResponse, Representation, respond

Produce = Callable[[], Awaitable[Representation]]
_Provider = tuple[str, str]

_ANY_PROVIDER = ""
_LISTING = "listing "  # paths begin with a slash
Handler = Callable[..., Awaitable[Representation]]
Responder = Callable[..., Awaitable[ASGIResponse]]
_REQUEST = "request"


@dataclass(frozen=True, slots=True)
class CachedRead:
    """An entry of the cache.

    Attributes:
        route: The template of the path.
        provider: Prefix and name of the provider that it represents, as the path has them.
    """

    representation: Representation
    route: str
    provider: _Provider


def received_path(scope: HTTPScope) -> str:
    """Return the path percent-decoded, with the slashes that the framework drops.

    What a route represents depends on nothing else of the path.
    """
    sent: bytes = scope.get("raw_path") or b""
    return unquote(sent.partition(b"?")[0]) or scope["path"]


class ReadCache:
    """Caches representations of providers, by path, until the provider changes; the least recently used leave first.

    It stores only while every change is notified. A read that it serves costs no query and no encoding. It takes its
    approximate size, of which 0 turns it off, and the pool that encodes huge representations.
    """

    def __init__(self, max_bytes: int, rendering: RenderingPool) -> None:
        self._max_bytes = max_bytes
        self._rendering = rendering
        self._bytes = 0
        self._cached: OrderedDict[str, CachedRead] = OrderedDict()
        self._paths: dict[_Provider, set[str]] = {}
        self._is_complete = False
        self._changes = 0

    def find(self, path: str) -> CachedRead | None:
        found = self._cached.get(path)
        if found is not None:
            self._cached.move_to_end(path)
        return found

    async def read(self, scope: HTTPScope, prefix: str, name: str, produce: Produce) -> Representation:
        """Return the cached representation of a path, whatever its query; or call ``produce`` and cache the result.

        Exceptions of ``produce`` pass through, and nothing is stored.
        """
        return await self._read(received_path(scope), scope["path_template"], (prefix, name), produce)

    def find_listing(self, key: str) -> Representation | None:
        """Return the representation that is cached under a key, or None."""
        found = self.find(f"{_LISTING}{key}")
        return None if found is None else found.representation

    async def read_listing(self, key: str, prefix: str, produce: Produce) -> Representation:
        """Do as ``read`` for a list of providers of a namespace; a change of any of them drops it.

        The key is not a path, so that each form of a path has its own.
        """
        return await self._read(f"{_LISTING}{key}", "", (prefix, _ANY_PROVIDER), produce)

    async def _read(self, key: str, route: str, subject: _Provider, produce: Produce) -> Representation:
        found = self.find(key)
        if found is not None:
            return found.representation
        before = self._changes
        representation = await produce()
        is_current = self._is_complete and self._changes == before  # else it may have been read before a change
        if is_current and not (representation.depends_on_host or representation.is_uncacheable):
            self._store(key, CachedRead(representation, route, subject))
        return representation

    async def respond(self, scope: HTTPScope, representation: Representation) -> RawResponse:
        """Respond with a representation, or with 304 if the client has it."""
        return await respond(scope, representation, self._rendering)

    def on_connected(self) -> None:
        """Store what is read from now on."""
        self._clear()
        self._is_complete = True

    def on_change(self, name: ProviderName) -> None:
        self._changes += 1
        for subject in ((name.prefix, name.name), (name.prefix, _ANY_PROVIDER)):
            for path in self._paths.pop(subject, ()):
                self._bytes -= _weight(self._cached.pop(path))

    def on_disconnected(self) -> None:
        """Drop everything, and store nothing until ``on_connected``."""
        self._clear()
        self._is_complete = False

    def _clear(self) -> None:
        self._changes += 1
        self._bytes = 0
        self._cached.clear()
        self._paths.clear()

    def _store(self, path: str, cached: CachedRead) -> None:
        if path in self._cached or _weight(cached) > self._max_bytes:
            return
        self._cached[path] = cached
        self._paths.setdefault(cached.provider, set()).add(path)
        self._bytes += _weight(cached)
        while self._bytes > self._max_bytes:
            self._evict_least_recently_used()

    def _evict_least_recently_used(self) -> None:
        path, dropped = self._cached.popitem(last=False)
        self._bytes -= _weight(dropped)
        paths = self._paths[dropped.provider]
        paths.remove(path)
        if not paths:
            del self._paths[dropped.provider]


class ReadCacheMiddleware:
    """ASGI middleware that serves reads from the cache, before routing: ``cached_read`` stores them.

    Routing, guards and dependencies cost more than the rest of such a read.
    """

    def __init__(self, app: ASGIApp, reads: ReadCache) -> None:
        self._app = app
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _is_plain(scope):
            await self._app(scope, receive, send)
            return
        cached = self._reads.find(received_path(scope))
        if cached is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._reads.respond(scope, cached.representation)
        except RenderingBusyError:  # the handler will raise it again, where exceptions are handled
            await self._app(scope, receive, send)
            return
        scope["path_template"] = cached.route  # middleware outside of this one reads it
        await response(scope, receive, send)


def _is_plain(scope: HTTPScope) -> bool:
    return scope["method"] == "GET" and not scope["query_string"]


def _weight(cached: CachedRead) -> int:
    return 2 * len(cached.representation.body) + 1000  # with its compressed form, and what keeping it costs


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
