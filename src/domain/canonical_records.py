"""RECORD as build tools write it, which is compared as a whole and not read."""

import base64
from collections.abc import Mapping

from domain.wheel_archives import ArchiveMember

_MOST_BYTES = 128 * 1024  # a longer one is read line by line, in flat memory
_UNUSUAL = (b'"', b"\\", b"\r")
"""What makes a line mean something else than it says, or end elsewhere."""


def is_canonical(record: bytes, members: Mapping[str, ArchiveMember], *, folder: str) -> bool:
    """Tell whether a RECORD holds the plain line of every file, by its SHA-256 and size, and nothing else.

    Such a one agrees with the archive. So may another one, which only reading it tells.

    Args:
        record: The file's bytes.
        members: All files by path.
        folder: The ``*.dist-info`` folder that it lies in.
    """
    if len(record) > _MOST_BYTES or any(sign in record for sign in _UNUSUAL):
        return False
    lines = record.removesuffix(b"\n").split(b"\n")
    if len(lines) != len(members) or record.count(b",") != 2 * len(lines):  # a path with a comma needs quotes
        return False
    own = f"{folder}/RECORD"
    return set(lines) == {b"%s,," % path.encode() if path == own else _line(member) for path, member in members.items()}


def _line(member: ArchiveMember) -> bytes:
    digest = base64.urlsafe_b64encode(member.digests["sha256"]).rstrip(b"=")
    return b"%s,sha256=%s,%d" % (member.path.encode(), digest, member.size)
