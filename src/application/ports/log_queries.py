"""Reading the transparency log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.log.entries import EventType
from domain.names import ProviderName
from domain.semver import SemVer


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry and its index."""

    index: int
    leaf: bytes


class LogQueries(Protocol):
    """Reads what was appended. Every method raises ``StoreUnavailableError`` when the store is unreachable."""

    async def find_checkpoint(self) -> bytes | None:
        """Return the newest signed checkpoint; None before the first."""
        ...

    async def find_tile(self, level: int, index: int) -> bytes | None:
        """Return all hashes that a tile has so far, or None."""
        ...

    async def list_entries(self, start: int, end: int) -> Sequence[bytes]:
        """Return the entries from ``start`` to before ``end``, as far as there are."""
        ...

    async def list_changes(
        self,
        after: int,
        before: int,
        *,
        limit: int,
        max_bytes: int,
        types: Sequence[EventType] = (),
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return the entries from index ``after`` to before ``before``, of these types and that provider if given.

        They end at ``limit``, and with the entry by which they have ``max_bytes`` together.
        """
        ...

    async def list_newest(
        self,
        since: int,
        before: int,
        *,
        limit: int,
        types: Sequence[EventType],
        provider: ProviderName | None = None,
    ) -> Sequence[NumberedEntry]:
        """Return the newest entries of these types from index ``since`` to before ``before``, newest first."""
        ...

    async def find_published(self, name: ProviderName, version: SemVer) -> NumberedEntry | None:
        """Return the entry that says that a version was published, or None."""
        ...
