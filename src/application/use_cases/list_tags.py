"""The tags that people browse by."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.ports.provider_queries import ProviderQueries, TagCount

MAX_LISTED = 20
_REMEMBERED = timedelta(minutes=1)


class ListTags:
    """Lists the tags most used among the providers that were released last. It remembers them for a minute."""

    def __init__(self, catalog: ProviderQueries, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock
        self._counts: Sequence[TagCount] = ()
        self._counted_at: datetime | None = None

    async def execute(self) -> Sequence[TagCount]:
        """Return at most ``MAX_LISTED``, the most used first.

        Raises:
            StoreUnavailableError: The catalog is unreachable.
        """
        now = self._clock.now()
        if self._counted_at is None or not timedelta() <= now - self._counted_at < _REMEMBERED:
            self._counts = await self._catalog.count_tags(limit=MAX_LISTED)
            self._counted_at = now
        return self._counts
