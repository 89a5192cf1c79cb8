"""Digests of bytes."""

import hashlib
import re
from dataclasses import dataclass

from domain.errors import InvalidDigestError

_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sha256Digest:
    """A SHA-256 digest in lower-case hexadecimal.

    Raises:
        InvalidDigestError: It is not 64 characters of ``0-9a-f``.
    """

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            msg = "send the SHA-256 digest as 64 lower-case hexadecimal characters, as sha256sum prints it"
            raise InvalidDigestError(msg)

    def __str__(self) -> str:
        return self.hex


def sha256_of(data: bytes) -> Sha256Digest:
    return Sha256Digest(hashlib.sha256(data).hexdigest())
