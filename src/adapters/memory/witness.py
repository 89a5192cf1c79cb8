"""A witness in memory."""

from collections.abc import Sequence

from domain.log.checkpoints import Checkpoint
from domain.log.merkle import InvalidProofError, verify_consistency
from domain.log.notes import Note, NoteSignature, Sign
from domain.log.witnesses import Accepted, Declined, OtherSize, WitnessKey, WitnessReply


class InMemoryWitness:
    """Verifies that a log only grows, and cosigns it; implements ``application.ports.witness.Witness``.

    Attributes:
        checkpoint: What it has of the log.
        asked: The sizes that it was told it has.
        answer: What it answers whatever it is asked, if anything.
        time: When it signs, in seconds.
    """

    def __init__(self, key: WitnessKey, seed: bytes, sign: Sign, *, time: int = 1_796_014_800) -> None:
        self.key = key
        self.checkpoint: Checkpoint | None = None
        self.asked: list[int] = []
        self.answer: WitnessReply | None = None
        self._seed = seed
        self._sign = sign
        self.time = time

    async def add_checkpoint(self, old: int, proof: Sequence[bytes], note: Note) -> WitnessReply:
        """Cosign a checkpoint."""
        self.asked.append(old)
        if self.answer is not None:
            return self.answer
        checkpoint, known = Checkpoint.parse(note.text), self.checkpoint
        if old != (0 if known is None else known.size):
            return OtherSize(0 if known is None else known.size)
        try:
            if known is not None:
                verify_consistency(
                    old=old, new=checkpoint.size, old_root=known.root, new_root=checkpoint.root, proof=proof
                )
        except InvalidProofError as error:
            return Declined(str(error))
        self.checkpoint = checkpoint
        signed = f"cosignature/v1\ntime {self.time}\n{note.text}".encode()
        signature = self.time.to_bytes(8, "big") + self._sign(self._seed, signed)
        return Accepted(f"{NoteSignature(self.key.name, self.key.id, signature).line}\n".encode())
