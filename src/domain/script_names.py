"""Names of scripts, which installers write into a folder of the environment."""

import re

from domain.portable_names import windows_reading

_LONGEST = 255  # bytes
_INTERPRETER = re.compile(r"python(?:w|3|3\.[0-9]+)?", re.IGNORECASE)


def refused_script_name(name: str) -> str | None:
    """Return why no script may have this name, as the end of a sentence; None for a name that it may have."""
    if not name or name in {".", ".."} or len(name.encode()) > _LONGEST or not _is_plain(name):
        return "is not a plain file name"
    if reading := windows_reading(name):
        return f"means another file on Windows, which {reading}"
    if _INTERPRETER.fullmatch(name):
        return "would replace the interpreter, which uv refuses"
    return None


def _is_plain(name: str) -> bool:
    return not any(char in "/\\[]" or char.isspace() or not char.isprintable() for char in name)
