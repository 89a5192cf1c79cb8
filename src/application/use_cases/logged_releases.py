"""What the transparency log says of versions, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.errors import LogEmptyError, NotLoggedYetError
from application.ports.log_queries import LogQueries, NumberedEntry
from application.use_cases.queries import FindProvider
from domain.log.checkpoints import Checkpoint
from domain.log.entries import EventType
from domain.log.notes import Note
from domain.names import ProviderName
from domain.semver import SemVer

MAX_LOOKED_AT = 10_000
"""Entries that are looked at for the newest ones of all providers: most may be of other types."""
_RELEASES = (EventType.VERSION_PUBLISHED, EventType.VERSION_YANKED, EventType.VERSION_RESTORED)


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the log has the publication of a version.

    Attributes:
        note: The newest checkpoint, signed.
    """

    index: int
    checkpoint: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True)
class Releases:
    """The newest steps of versions, newest first."""

    origin: str
    items: Sequence[NumberedEntry]


class FindLogPlace:
    """Finds a version in the log."""

    def __init__(self, log: LogQueries) -> None:
        self._log = log

    async def execute(self, name: ProviderName, version: SemVer) -> LogPlace | None:
        """Return where its publication is; None if it is not appended yet.

        Raises:
            StoreUnavailableError: The store is unreachable.
        """
        entry, written = await self._log.find_published(name, version), await self._log.find_checkpoint()
        if entry is None or written is None:
            return None
        note = Note.parse(written)
        return LogPlace(entry.index, Checkpoint.parse(note.text), note)


class ListReleases:
    """Lists what was released, yanked and restored last."""

    def __init__(self, log: LogQueries, find_provider: FindProvider) -> None:
        self._log = log
        self._find_provider = find_provider

    async def execute(self, *, limit: int, provider: ProviderName | None = None) -> Releases:
        """Return the newest steps, of one provider if it is given.

        Raises:
            LogEmptyError: There is no log yet.
            NotLoggedYetError: There is none yet.
            ProviderNotFoundError: The provider has no public version.
            StoreUnavailableError: The store is unreachable.
        """
        written = await self._log.find_checkpoint()
        if written is None:
            raise LogEmptyError("the transparency log has no checkpoint yet; ask again once an operator has opened it")
        checkpoint = Checkpoint.parse(Note.parse(written).text)
        since = max(0, checkpoint.size - MAX_LOOKED_AT) if provider is None else 0
        items = await self._log.list_newest(since, checkpoint.size, limit=limit, types=_RELEASES, provider=provider)
        if not items:
            if provider is not None:
                await self._find_provider.execute(provider)
            raise NotLoggedYetError("nothing that was released is in the log yet; ask again in a second")
        return Releases(checkpoint.origin, items)
