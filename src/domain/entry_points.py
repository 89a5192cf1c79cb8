"""Entry points: names that installers turn into files."""

import configparser

from domain.core_metadata import quoted
from domain.errors import WheelFault, WheelRefusedError

_SCRIPTS = ("console_scripts", "gui_scripts")


def check_entry_points(data: bytes) -> int:
    """Return how many scripts an ``entry_points.txt`` declares.

    Source: the entry points specification; the names of scripts become file names on installation.

    Raises:
        WheelRefusedError: The file cannot be parsed, or a script's name leads out of the scripts folder.
    """
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names are case-sensitive
    try:
        parser.read_string(data.decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error):
        raise _invalid("it is no INI file in UTF-8") from None
    names = [name for section in _SCRIPTS if parser.has_section(section) for name in parser[section]]
    for name in names:
        if name in {".", ".."} or any(character in "/\\" or not character.isprintable() for character in name):
            raise _invalid(f"the script name {quoted(name)} leads out of the scripts folder")
    return len(names)


def _invalid(why: str) -> WheelRefusedError:
    return WheelRefusedError(
        WheelFault.ENTRY_POINTS_INVALID, f"the wheel's entry_points.txt is invalid: {why}; mend it and rebuild"
    )
