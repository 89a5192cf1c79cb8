"""Looking over everything that was ever registered, as operators do."""

from collections.abc import Sequence
from typing import Protocol

from domain.names import ProviderName
from domain.versions import ProviderVersion


class VersionLedger(Protocol):
    """Knows versions of every status. Apart from the store, so that no public read can show what is not public.

    Every method raises ``StoreUnavailableError`` when the ledger is unreachable.
    """

    async def versions_of(self, name: ProviderName) -> Sequence[ProviderVersion]:
        """Return all versions of a provider, failed ones too, newest first by precedence; empty if there are none.

        Without what ``VersionStore.list_versions`` leaves out.
        """
        ...
