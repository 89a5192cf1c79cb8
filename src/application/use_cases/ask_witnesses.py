"""Asking witnesses to cosign the log. They fail open: one that is down or declines holds up nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from application.errors import StoreUnavailableError
from application.ports.cosignatures import Cosignatures
from application.ports.log_queries import LogQueries
from application.ports.witness import Witness
from application.use_cases.log_guard import WitnessedSizes, consistency_proof
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note, Verify
from domain.log.witnesses import Accepted, OtherSize, cosignature_of

_ROUNDS = 2
"""A witness that has another size than was thought says which, and is asked once more."""


class WitnessOutcome(StrEnum):
    """What came of asking a witness. ``AHEAD``: it knows a larger log than the store has."""

    COSIGNED = "cosigned"
    FAILED = "failed"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Asked:
    """A witness, and what came of asking it."""

    witness: str
    outcome: WitnessOutcome
    reason: str = ""


class AskWitnesses:
    """Asks witnesses to cosign the newest checkpoint, and keeps what they sign.

    Args:
        log: Read for the checkpoint and its proofs.
        cosignatures: Where they are kept.
        witnesses: All are asked at once.
        sizes: Is told how large each knows the log to be.
        verify: Ed25519.
    """

    def __init__(
        self,
        *,
        log: LogQueries,
        cosignatures: Cosignatures,
        witnesses: Sequence[Witness],
        sizes: WitnessedSizes,
        verify: Verify,
    ) -> None:
        self._log = log
        self._cosignatures = cosignatures
        self._witnesses = witnesses
        self._sizes = sizes
        self._verify = verify

    async def execute(self) -> Sequence[Asked]:
        """Return what came of it, for each witness; nothing before the first checkpoint."""
        asked = await asyncio.gather(*map(self._ask, self._witnesses))
        return [each for each in asked if each is not None]

    async def _ask(self, witness: Witness) -> Asked | None:
        try:
            return await self._cosign(witness)
        except ValueError as error:  # an answer that is not one, or tiles that are not there
            return Asked(witness.key.name, WitnessOutcome.FAILED, str(error))
        except StoreUnavailableError as error:
            return Asked(witness.key.name, WitnessOutcome.FAILED, error.detail)

    async def _cosign(self, witness: Witness) -> Asked | None:
        name, reason = witness.key.name, "the size that it says it has does not stay"
        for _ in range(_ROUNDS):
            note = await self._signed()
            if note is None:
                return None
            checkpoint = Checkpoint.parse(note.text)
            known = self._sizes.of(name)
            old = known if known <= checkpoint.size else 0  # it answers with what it has now
            proof = await consistency_proof(self._log, old, checkpoint.size) if old else []
            reply = await witness.add_checkpoint(old, proof, note)
            if isinstance(reply, Accepted):
                line = cosignature_of(witness.key, note.text, reply.signatures, self._verify)
                self._sizes.learn(name, checkpoint.size)
                await self._cosignatures.keep_cosignature(name, checkpoint.size, line)
                return Asked(name, WitnessOutcome.COSIGNED)
            if not isinstance(reply, OtherSize):
                reason = reply.reason
                break
            self._sizes.learn(name, reply.size)
        return await self._not_cosigned(name, reason)

    async def _not_cosigned(self, name: str, reason: str) -> Asked:
        """Tell a log that went back from one that another process has continued meanwhile."""
        note = await self._signed()
        known = self._sizes.of(name)
        if note is not None and known > Checkpoint.parse(note.text).size:
            return Asked(name, WitnessOutcome.AHEAD, f"it has {known} entries of the log, which has fewer here")
        return Asked(name, WitnessOutcome.FAILED, reason)

    async def _signed(self) -> Note | None:
        """Return the newest checkpoint with the log's own signatures alone."""
        written = await self._log.find_checkpoint()
        if written is None:
            return None
        note = Note.parse(written)
        origin = Checkpoint.parse(note.text).origin
        return Note(note.text, tuple(each for each in note.signatures if each.name == origin))
