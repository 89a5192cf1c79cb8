"""The adapters of the transparency log, and the use cases over them."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters import ed25519
from application.ports.clock import Clock
from application.ports.cosignatures import Cosignatures
from application.ports.kept_checkpoint import KeptCheckpoint
from application.ports.log_queries import LogQueries
from application.ports.log_writer import LogWriter
from application.ports.witness import Witness
from application.use_cases.ask_witnesses import AskWitnesses
from application.use_cases.log_guard import LogGuard, WitnessedSizes
from application.use_cases.logged_releases import FindLogPlace, ListReleases
from application.use_cases.queries import FindProvider, FindVersion
from application.use_cases.read_log import ListChanges, ReadCheckpoint, ReadProof, ReadTile
from application.use_cases.transparency_log import AppendToLog, MeasureLog
from domain.log.notes import SigningKey
from entrypoints.use_cases import LogUseCases


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAdapters:
    """The adapters of a transparency log.

    Attributes:
        kept: What was signed last, apart from the store.
        cosignatures: What witnesses signed.
        keys: What signs; none where another process appends.
        witnesses: Asked where there are keys.
    """

    writer: LogWriter
    queries: LogQueries
    kept: KeptCheckpoint
    cosignatures: Cosignatures
    keys: Sequence[SigningKey] = ()
    witnesses: Sequence[Witness] = ()

    def use_cases(self, find_version: FindVersion, find_provider: FindProvider, clock: Clock) -> LogUseCases:
        """Wire the use cases of the log."""
        sizes = WitnessedSizes()
        return LogUseCases(
            read_checkpoint=ReadCheckpoint(self.queries),
            read_tile=ReadTile(self.queries),
            read_proof=ReadProof(self.queries, find_version),
            list_changes=ListChanges(self.queries),
            find_log_place=FindLogPlace(self.queries),
            list_releases=ListReleases(self.queries, find_provider),
            measure=MeasureLog(log=self.writer, clock=clock),
            append=self.append(sizes) if self.keys else None,
            ask_witnesses=self._ask_witnesses(sizes) if self.keys and self.witnesses else None,
        )

    def _ask_witnesses(self, sizes: WitnessedSizes) -> AskWitnesses:
        return AskWitnesses(
            log=self.queries,
            cosignatures=self.cosignatures,
            witnesses=self.witnesses,
            sizes=sizes,
            verify=ed25519.verify,
        )

    def append(self, sizes: WitnessedSizes | None = None) -> AppendToLog:
        """Return the use case that appends, unless a witness is known to have more."""
        guard = LogGuard(log=self.queries, kept=self.kept, witnessed=sizes)
        return AppendToLog(log=self.writer, guard=guard, keys=self.keys, sign=ed25519.sign)
