"""Loading and updating provider versions."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from application.ports.snapshot_queries import SnapshotQueries
from domain.names import ProviderName
from domain.semver import SemVer
from domain.tasks import Lease
from domain.version_state import VersionSnapshot, VersionWrite
from domain.wheel.file import WheelFilename

Result = TypeVar("Result")
Decide: TypeAlias = Callable[[VersionSnapshot], tuple[VersionWrite | None, Result]]
"""A pure function from the stored state to what to write, or None, and what ``update`` returns.

It is called again if another writer came first. An exception passes through, and nothing is written."""


class VersionRepository(SnapshotQueries, Protocol):
    """Loads and updates versions.

    Every method raises ``StoreUnavailableError`` when the database is unreachable.
    """

    async def update(
        self,
        name: ProviderName,
        version: SemVer,
        decide: Decide[Result],
        *,
        seen: VersionSnapshot | None = None,
        wheel: WheelFilename | None = None,
        lease: Lease | None = None,
    ) -> Result:
        """Decide on the stored state, write what was decided, and return the decision's result.

        What is written was decided on the very state that it is written over: each decision sees what earlier writers
        committed, and of concurrent first writers exactly one finds nothing. When the decision raises, nothing is
        written.

        With ``wheel``, the decision sees its names, and a version that becomes public claims them in the same
        transaction. Of concurrent claims of one name, exactly one finds it free.

        ``seen`` is what ``load`` returned for that version and wheel. It may be decided on first, without looking
        again; if the decision is to write nothing, it stands. On return the state that was decided on, and what was
        written, are committed for good: on replicas that commits wait for as well.

        With ``lease``, the task is removed in the same transaction, also if nothing else is written.

        Raises:
            LeaseLostError: The lease is not the current one any more. Nothing was written.
        """
        ...
