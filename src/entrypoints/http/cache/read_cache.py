"""Representations that are cached for as long as nothing changes them."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from domain.names import ProviderName
from entrypoints.http.cache.rendering import RenderingBusyError, RenderingPool
from entrypoints.http.cache.representation import RawResponse, Representation, respond

Produce = Callable[[], Awaitable[Representation]]
_Provider = tuple[str, str]

_ANY_PROVIDER = ""
_LISTING = "listing "  # paths begin with a slash


@dataclass(frozen=True, slots=True)
class CachedRead:
    """What a path was answered with.

    Attributes:
        route: The template of the path.
        provider: Prefix and name of the provider that it tells of, as the path has them.
    """

    representation: Representation
    route: str
    provider: _Provider


class ReadCache:
    """Keeps what was read of providers, the most recently used first, while a feed of changes can be trusted.

    Served from here, a read costs no query and no encoding. A change of a provider drops all that is cached of it.
    """

    def __init__(self, max_bytes: int, rendering: RenderingPool) -> None:
        """Keep at most that many bytes, roughly; 0 keeps nothing. The pool encodes what is huge."""
        self._max_bytes = max_bytes
        self._rendering = rendering
        self._bytes = 0
        self._cached: OrderedDict[str, CachedRead] = OrderedDict()
        self._paths: dict[_Provider, set[str]] = {}
        self._trusted = False
        self._changes = 0

    def find(self, path: str) -> CachedRead | None:
        """Return what is cached of a path, or None."""
        found = self._cached.get(path)
        if found is not None:
            self._cached.move_to_end(path)
        return found

    async def read(self, scope: HTTPScope, prefix: str, name: str, produce: Produce) -> Representation:
        """Return what a path tells of a provider, whatever query it has: what is cached, or what is produced now.

        What ``produce`` raises passes through, and nothing is cached of it.
        """
        return await self._read(scope["path"], scope["path_template"], (prefix, name), produce)

    def find_listing(self, key: str) -> Representation | None:
        """Return what is cached of a namespace under a key, or None."""
        found = self.find(f"{_LISTING}{key}")
        return None if found is None else found.representation

    async def read_listing(self, key: str, prefix: str, produce: Produce) -> Representation:
        """Return what lists providers of a namespace: what is cached under a key, or what is produced now.

        A change of any of its providers drops it. The key is not a path, so that each form of a path has its own.
        """
        return await self._read(f"{_LISTING}{key}", "", (prefix, _ANY_PROVIDER), produce)

    async def _read(self, key: str, route: str, subject: _Provider, produce: Produce) -> Representation:
        found = self.find(key)
        if found is not None:
            return found.representation
        before = self._changes
        representation = await produce()
        if self._trusted and self._changes == before:  # else it may have been read before a change
            self._store(key, CachedRead(representation, route, subject))
        return representation

    async def answer(self, scope: HTTPScope, prefix: str, name: str, produce: Produce) -> RawResponse:
        """Respond with the representation that a request reads, or with 304."""
        return await self.respond(scope, await self.read(scope, prefix, name, produce))

    async def respond(self, scope: HTTPScope, representation: Representation) -> RawResponse:
        """Respond with a representation, or with 304 if the client has it."""
        return await respond(scope, representation, self._rendering)

    def on_connected(self) -> None:
        """Keep what is read from here on."""
        self._clear()
        self._trusted = True

    def on_change(self, name: ProviderName) -> None:
        """Drop what is cached of a provider."""
        self._changes += 1
        for subject in ((name.prefix, name.name), (name.prefix, _ANY_PROVIDER)):
            for path in self._paths.pop(subject, ()):
                self._bytes -= _weight(self._cached.pop(path))

    def on_disconnected(self) -> None:
        """Drop everything, and keep nothing until further notice."""
        self._clear()
        self._trusted = False

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
    """ASGI middleware that answers reads from what is cached, before anything is routed.

    Handlers say what may be cached; the answer from here is the one that they would give.
    """

    def __init__(self, app: ASGIApp, reads: ReadCache) -> None:
        """Wrap an application."""
        self._app = app
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP or not _is_plain(scope):
            await self._app(scope, receive, send)
            return
        cached = self._reads.find(scope["path"])
        if cached is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await self._reads.respond(scope, cached.representation)
        except RenderingBusyError:  # the handler meets it again, and it is answered there
            await self._app(scope, receive, send)
            return
        scope["path_template"] = cached.route  # for who watches from outside
        await response(scope, receive, send)


def _is_plain(scope: HTTPScope) -> bool:
    return scope["method"] == "GET" and not scope["query_string"]


def _weight(cached: CachedRead) -> int:
    return 2 * len(cached.representation.body) + 1000  # with its compressed form, and what keeping it costs
