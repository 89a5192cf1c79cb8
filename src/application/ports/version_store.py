"""Keeping provider versions."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from domain.history import LifecycleEvent
from domain.names import ProviderName
from domain.semver import SemVer
from domain.version_state import VersionSnapshot, VersionWrite
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename

Result = TypeVar("Result")
Decide: TypeAlias = Callable[[VersionSnapshot], tuple[VersionWrite | None, Result]]
"""A pure function from the stored state to what to write, or None, and what ``update`` returns.

It is called again if another writer came first. An exception passes through, and nothing is written."""


class VersionStore(Protocol):
    """Keeps providers and their versions.

    Every method raises ``StoreUnavailableError`` when the store is unreachable.
    """

    async def look(self, name: ProviderName, version: SemVer, *, wheel: WheelFilename | None = None) -> VersionSnapshot:
        """Return what is stored around a version, as of now and without locks.

        With ``wheel``, that includes who holds its names.
        """
        ...

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
    ) -> Result:
        """Decide on the stored state, write what was decided, and return the decision's result.

        What is written was decided on the very state that it is written over: each decision sees what earlier writers
        committed, and of concurrent first writers exactly one finds nothing. When the decision raises, nothing is
        written.

        With ``wheel``, the decision sees its names, and a version that becomes public claims them in the same
        transaction. Of concurrent claims of one name, exactly one finds it free.

        ``seen`` is what ``look`` returned for that version and wheel. It may be decided on first, without looking
        again; if the decision is to write nothing, it stands. On return the state that was decided on, and what was
        written, are committed for good: on replicas that commits wait for as well.
        """
        ...

    async def find(self, name: ProviderName, version: SemVer) -> ProviderVersion | None:
        """Return a public (published or yanked) version, or None.

        The readme of its wheel is left out (None), here and in all that follows: it is the catalog that shows it.
        """
        ...

    async def find_latest(self, name: ProviderName) -> ProviderVersion | None:
        """Return the highest published stable version, a pre-release only when there is no stable one, or None."""
        ...

    async def list_versions(
        self, name: ProviderName, *, limit: int | None = None, before: SemVer | None = None
    ) -> Sequence[ProviderVersion]:
        """Return the provider's public versions, newest first by precedence; empty if there are none.

        Schemas, changelog and verification are left out (None): they are large, and lists do not show them.

        Args:
            name: The provider.
            limit: At most that many; None for all.
            before: Only versions of a lower precedence than this one, which need not exist.
        """
        ...

    async def history(
        self, name: ProviderName, version: SemVer, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[LifecycleEvent]:
        """Return what happened to a version, oldest first in the order of writing, whatever the times say.

        At most ``limit`` events after the first ``offset``, which are always the same ones. Empty for an unknown
        version. A version that is not public has a history too; whether to show it is for the caller to decide.
        """
        ...

    async def check(self) -> None:
        """Return if the store can serve.

        Raises:
            StoreUnavailableError: It is unreachable, or its layout is not the one this release needs.
        """
        ...
