"""Checkpoints: signed statements of a log's size and root (C2SP tlog-checkpoint)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from domain.log.merkle import HASH_SIZE
from domain.log.notes import InvalidNoteError, Note, Sign, SigningKey, VerifierKey, Verify, sign_note

MAX_SIZE = 2**63 - 1
MAX_CHECKPOINT = 64 * 1024
"""Bytes of a signed checkpoint: 16 signatures of ML-DSA-44, the longest that there are, fit into them."""
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says it is.

    Attributes:
        origin: The log's URL without scheme; its keys have the same name.
        size: How many entries it has.
        root: The root of the tree over them.
    """

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note.

        Raises:
            InvalidNoteError: It is not three lines: an origin, a size, and a root in base64.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[-1]:
            raise InvalidNoteError("a checkpoint has three lines: origin, size and root")
        origin, size, root, _ = lines
        if not _ORIGIN.fullmatch(origin):
            raise InvalidNoteError("the checkpoint's origin is not one")
        if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            raise InvalidNoteError("the checkpoint's size is not a decimal number")
        return cls(origin, int(size), read_hash(root))

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def signed(self, keys: Sequence[SigningKey], sign: Sign) -> Note:
        """Sign it with the log's keys.

        Raises:
            ValueError: A key has another name than the log, or there is none.
        """
        if not keys or any(key.name != self.origin for key in keys):
            raise ValueError(f"the keys must be those of {self.origin}")
        return sign_note(self.text, keys, sign)


def open_checkpoint(written: bytes, keys: Sequence[VerifierKey], verify: Verify) -> Checkpoint:
    """Read a checkpoint that one of the log's keys signed.

    Raises:
        InvalidNoteError: It is not well-formed, no key of the log signed it, or the origin is not the key's name.
    """
    note = Note.parse(written)
    signed = note.verified(keys, verify)
    checkpoint = Checkpoint.parse(note.text)
    if any(key.name != checkpoint.origin for key in signed):
        raise InvalidNoteError("the checkpoint is one of another log than its key")
    return checkpoint


def read_hash(written: str) -> bytes:
    """Read a hash in base64.

    Raises:
        InvalidNoteError: It is not exactly the base64 of 32 bytes.
    """
    try:
        decoded = b64decode(written, validate=True)
    except ValueError:
        decoded = b""
    if len(decoded) != HASH_SIZE or b64encode(decoded).decode() != written:
        raise InvalidNoteError("a hash is not the base64 of 32 bytes")
    return decoded
