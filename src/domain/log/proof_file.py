"""Proof files: all that verifying one entry offline needs (C2SP tlog-proof)."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from domain.log.checkpoints import MAX_CHECKPOINT, MAX_SIZE, read_hash
from domain.log.notes import InvalidNoteError
from domain.log.tiles import MAX_ENTRY

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_EXTRA = "extra "
_MAX_HASHES = 63
MAX_PROOF = MAX_CHECKPOINT + MAX_ENTRY * 4 // 3 + 4096
"""Bytes of a proof file: a checkpoint, an entry in base64, and 63 hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFile:
    """The inclusion proof of one entry.

    Attributes:
        index: The entry's place in the log.
        hashes: The inclusion proof.
        checkpoint: The signed note that it leads to.
        extra: The entry itself, or None.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, written: bytes) -> Self:
        """Read a proof file; nothing in it is verified.

        Raises:
            InvalidNoteError: It is not well-formed.
        """
        head, blank, checkpoint = written.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise InvalidNoteError("the proof is not ASCII") from None
        if not blank or lines.pop(0) != _HEADER:
            raise InvalidNoteError(f"a proof begins with the line {_HEADER}")
        extra = _extra(lines.pop(0)) if lines and lines[0].startswith(_EXTRA) else None
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None or int(index[1]) > MAX_SIZE or len(lines) > _MAX_HASHES:
            raise InvalidNoteError("the proof does not say which entry it is for")
        return cls(index=int(index[1]), hashes=tuple(map(read_hash, lines)), checkpoint=checkpoint, extra=extra)

    def __bytes__(self) -> bytes:
        extra = [] if self.extra is None else [f"{_EXTRA}{b64encode(self.extra).decode()}"]
        lines = [_HEADER, *extra, f"index {self.index}", *(b64encode(each).decode() for each in self.hashes)]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint


def _extra(line: str) -> bytes:
    try:
        return b64decode(line.removeprefix(_EXTRA), validate=True)
    except ValueError:
        raise InvalidNoteError("the proof's extra line is not base64") from None
