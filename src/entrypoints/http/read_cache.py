"""Representations that are kept for as long as nothing changes them."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from domain.names import ProviderName
from entrypoints.http.conditional import Document

Produce = Callable[[], Awaitable[Document]]
Key = tuple[str, ...]
"""Prefix and name as the path has them, and what else tells one representation from another."""


class ReadCache:
    """Keeps what was read of providers, the most recently used first, while a feed of changes can be trusted.

    Served from here, a read costs no query and no encoding. A change of a provider drops all that is kept of it.
    """

    def __init__(self, max_bytes: int) -> None:
        """Keep at most that many bytes, roughly; 0 keeps nothing."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._documents: OrderedDict[Key, Document] = OrderedDict()
        self._of_provider: dict[Key, set[Key]] = {}
        self._trusted = False
        self._changes = 0

    async def read(self, prefix: str, name: str, *view: str, produce: Produce) -> Document:
        """Return a representation of a provider: the one that is kept, or a new one.

        What ``produce`` raises passes through, and nothing is kept of it.
        """
        key = (prefix, name, *view)
        found = self._documents.get(key)
        if found is not None:
            self._documents.move_to_end(key)
            return found
        before = self._changes
        document = await produce()
        if self._trusted and self._changes == before:  # else it may have been read before a change
            self._keep(key, document)
        return document

    def trust(self) -> None:
        """Keep what is read from here on."""
        self._forget()
        self._trusted = True

    def changed(self, name: ProviderName) -> None:
        """Drop what is kept of a provider."""
        self._changes += 1
        for key in self._of_provider.pop((name.prefix, name.name), ()):
            self._bytes -= _weight(self._documents.pop(key))

    def distrust(self) -> None:
        """Drop everything, and keep nothing until further notice."""
        self._forget()
        self._trusted = False

    def _forget(self) -> None:
        self._changes += 1
        self._bytes = 0
        self._documents.clear()
        self._of_provider.clear()

    def _keep(self, key: Key, document: Document) -> None:
        if key in self._documents or _weight(document) > self._max_bytes:
            return
        self._documents[key] = document
        self._of_provider.setdefault(key[:2], set()).add(key)
        self._bytes += _weight(document)
        while self._bytes > self._max_bytes:
            oldest, dropped = self._documents.popitem(last=False)
            self._bytes -= _weight(dropped)
            kept = self._of_provider[oldest[:2]]
            kept.remove(oldest)
            if not kept:
                del self._of_provider[oldest[:2]]


def _weight(document: Document) -> int:
    return 2 * len(document.body) + 1000  # with its compressed form, and what keeping it costs
