"""Witnesses: what they are asked, and what they sign (C2SP tlog-witness, tlog-cosignature)."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from domain.log.checkpoints import MAX_CHECKPOINT, MAX_SIZE
from domain.log.notes import InvalidKeyError, InvalidNoteError, Note, Verify, key_parts

MAX_WITNESSES = 8
"""A note has 16 signatures at most, and the log's own are among them."""
MAX_REPLY = MAX_CHECKPOINT
"""Bytes of an answer: no more signatures than a note has."""
MAX_PROOF_HASHES = 63
_COSIGNATURE = b"\x04"
_TIME_SIZE = 8
_PAYLOAD_SIZE = _TIME_SIZE + 64
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n?")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The public key that a witness cosigns with, and its name."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read ``NAME+ID+BASE64``.

        Raises:
            InvalidKeyError: It is not the key of a witness. The message never holds it.
        """
        expected = "a witness's key is NAME+ID+BASE64, as its operator publishes it"
        name, key_id, public = key_parts(written, expected, kind=_COSIGNATURE)
        key = cls(name, public)
        if key.id.hex() != key_id:
            raise InvalidKeyError("the id of a witness's key is not that of its name and key; copy it again")
        return key

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _COSIGNATURE + self.public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A witness answered with signatures, none of which was verified."""

    signatures: bytes


@dataclass(frozen=True, slots=True)
class OtherSize:
    """A witness has another size of the log than it was told."""

    size: int


@dataclass(frozen=True, slots=True)
class Declined:
    """A witness did not cosign."""

    reason: str


WitnessReply: TypeAlias = Accepted | OtherSize | Declined


def request_body(old: int, proof: Sequence[bytes], note: Note) -> bytes:
    """Return what a witness is asked with.

    Args:
        old: The size that it has; 0 at first.
        proof: That the log of the note begins with so many entries.
        note: The signed checkpoint.

    Raises:
        ValueError: The proof is longer than any.
    """
    if len(proof) > MAX_PROOF_HASHES:
        raise ValueError(f"a consistency proof has {MAX_PROOF_HASHES} hashes at most")
    lines = [f"old {old}", *(b64encode(each).decode() for each in proof), "", str(note)]
    return "\n".join(lines).encode()


def read_other_size(body: bytes) -> WitnessReply:
    """Read the size that a witness says it has."""
    match = _SIZE.fullmatch(body)
    if match is None or int(match[1]) > MAX_SIZE:
        return Declined("its answer is not a size")
    return OtherSize(int(match[1]))


def cosignature_of(key: WitnessKey, text: str, signatures: bytes, verify: Verify) -> bytes:
    """Return the line of a witness's cosignature over a checkpoint. Lines of other keys are left out.

    Args:
        key: The witness's.
        text: Of the checkpoint.
        signatures: What the witness answered.
        verify: Ed25519.

    Raises:
        InvalidNoteError: They are not well-formed, none is of that key, or it is not valid.
    """
    note = Note.parse(f"{text}\n".encode() + signatures)
    if note.text != text:
        raise InvalidNoteError("the answer is not lines of signatures")
    found = [each for each in note.signatures if (each.name, each.key_id) == (key.name, key.id)]
    if len(found) != 1:
        raise InvalidNoteError("the answer has not one cosignature of the witness's key")
    payload = found[0].signature
    time = int.from_bytes(payload[:_TIME_SIZE], "big")
    signed = f"cosignature/v1\ntime {time}\n{text}".encode()
    if len(payload) != _PAYLOAD_SIZE or not 0 < time <= MAX_SIZE:
        raise InvalidNoteError("the cosignature is not a time and a signature")
    if not verify(key.public, signed, payload[_TIME_SIZE:]):
        raise InvalidNoteError("the cosignature is not valid")
    return f"{found[0].line}\n".encode()
