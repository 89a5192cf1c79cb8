"""Entry points: names that installers turn into files."""

import re
from collections.abc import Iterator

from domain.core_metadata import quoted
from domain.errors import WheelFault, WheelRefusedError

MAX_BYTES = 1024 * 1024
_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})
_COMMENTS = ("#", ";")
_SECTION = re.compile(r"\[[^\[\]]+\]")
_SEPARATORS = (re.compile("="), re.compile("[=:]"))
_DRIVE = re.compile("[A-Za-z]:")


def check_entry_points(data: bytes) -> int:
    """Return how many scripts an ``entry_points.txt`` declares.

    Source: the entry points specification. The names of scripts become file names on installation. Read in linear
    time by our own few lines: the standard library's parser takes hours for some files of a few kilobytes. Installers
    read with parsers of their own, which differ in what a section, a comment and a continued line is; so a name that
    leads upwards is refused wherever any of them could see one.

    Raises:
        WheelRefusedError: The file cannot be parsed, or a script's name leads out of the scripts folder.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(f"it is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _invalid("it is not UTF-8") from None
    for line in text.splitlines():
        _check_in_any_reading(line)
    scripts = {(section, name) for section, name in _entries(text) if section in _SCRIPTS}
    for _, name in scripts:
        unsafe = any(character in "/\\" or not character.isprintable() for character in name)
        if name in {".", ".."} or unsafe or _DRIVE.match(name):
            raise _invalid(f"the script name {quoted(name)} is no plain file name")
    return len(scripts)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield each name with its section; an indented line continues the entry before it."""
    section = None
    for line in text.splitlines():
        content = line.strip()
        if not content or content.startswith(_COMMENTS):
            continue
        if content.startswith("["):
            if not _SECTION.fullmatch(content):
                raise _invalid(f"{quoted(content)} is no section to every installer")
            section = content[1:-1].strip()
        elif section is None:
            raise _invalid(f"{quoted(content)} stands before any section")
        elif "=" in content:
            yield section, content.partition("=")[0].strip()
        elif line[0] not in " \t":
            raise _invalid(f"{quoted(content)} is neither a section nor 'name = object'")


def _check_in_any_reading(line: str) -> None:
    """Look at what stands before either separator, unless every installer takes the line for a comment."""
    if line.lstrip().startswith("#"):
        return
    for separator in _SEPARATORS:
        name, *value = separator.split(line, maxsplit=1)
        parts = [part.strip() for part in name.replace("\\", "/").split("/")]
        if value and len(parts) > 1 and (not parts[0] or ".." in parts):
            raise _invalid(f"the name {quoted(name.strip())} leads out of its folder")


def _invalid(why: str) -> WheelRefusedError:
    return WheelRefusedError(
        WheelFault.ENTRY_POINTS_INVALID, f"the wheel's entry_points.txt is invalid: {why}; mend it and rebuild"
    )
