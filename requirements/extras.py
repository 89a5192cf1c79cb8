"""Locks versions with extras once more without: releases of pip before 25 look for one, later ones for the other.

``python -m requirements.extras FILE…``
"""

import re
import sys
from pathlib import Path

_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)\[[^\]]+\](==[^\n]*\n(?: {4}[^\n]*\n)*)", re.MULTILINE)


def with_plain_entries(lock: str) -> str:
    """Return a hashed requirements file with a plain entry beside each one with extras."""
    plain = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE))
    return _ENTRY.sub(lambda entry: entry[0] if entry[1] in plain else f"{entry[1]}{entry[2]}{entry[0]}", lock)


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(with_plain_entries(file.read_text()))
