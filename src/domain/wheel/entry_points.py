"""Entry points: names that installers turn into files."""

import re
from collections.abc import Iterator, Sequence

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.metadata import quoted
from domain.wheel.paths import first_collision, refused_script_name

MAX_BYTES = 1024 * 1024
_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})
_GROUP = re.compile(r"\[([^\[\]]+)\]")
_ODD_LINE_END = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SEPARATORS = (re.compile("="), re.compile("[=:]"))
_OBJECT = re.compile(r"(?>\w+(?:\.\w+)*):(?>\w+(?:\.\w+)*)(?:\s*\[\s*[\w-]+(?:=\w+)?(?:,\s*\w+(?:=\w+)?)*\s*\])?")
"""An object reference that pip and uv both read: no spaces around the colon, and a hyphen in the first extra only."""


def validate_entry_points(data: bytes, *, files: Sequence[str] = ()) -> int:
    """Return how many scripts an ``entry_points.txt`` declares.

    Args:
        data: Its bytes.
        files: Names of the scripts that the wheel has as files. pip and uv leave out those that entry points name.

    Accepts what pip and uv both install, and read alike. Their parsers differ in what a group, a comment, a line end
    and a continued line is, and neither is linear, so the file is read here by lines.

    Source: the entry points specification.

    Raises:
        WheelRefusedError: pip or uv refuses the file, they read it differently, or a name leads out of its folder.
    """
    if len(data) > MAX_BYTES:
        raise _invalid(f"it is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _invalid("it is not UTF-8") from None
    if odd := _ODD_LINE_END.search(text):
        raise _invalid(f"it has the character {quoted(odd[0])}, which ends a line for some installers only")
    for line in text.splitlines():
        _check_in_any_reading(line)
    scripts: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    for group, name, value in _entries(text):
        if (group, name) in seen:
            raise _invalid(f"it has the entry {quoted(name)} twice in the group {quoted(group)}")
        seen.add((group, name))
        if group in _SCRIPTS:
            _check_script(name, value)
            scripts[name] = None
    names = list(scripts | dict.fromkeys(files))
    if collision := first_collision(names):
        first, second = (quoted(names[index]) for index in collision)
        raise _invalid(f"the scripts {first} and {second} are one file on some systems")
    return sum(group in _SCRIPTS for group, _ in seen)


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the group, name and value of each entry."""
    group, groups = None, set[str]()
    entry_indent = None
    for line in text.splitlines():
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        continues = entry_indent is not None and indent > entry_indent
        if content.startswith("["):
            group, entry_indent = _group(content, continues=continues), None
            if group in groups:
                raise _invalid(f"it has the group {quoted(group)} twice")
            groups.add(group)
            continue
        if group is None and content.startswith(";"):
            continue
        if group is None:
            raise _invalid(f"{quoted(content)} stands before any group")
        name, separator, value = content.partition("=")
        if not separator or content.startswith(";"):
            raise _invalid(f"{quoted(content)} is neither a group nor 'name = object'; comments begin with '#'")
        if continues and group in _SCRIPTS:
            raise _invalid(f"{quoted(content)} is indented, so it continues the line before it for some installers")
        if not continues:
            entry_indent = indent
        yield group, name.strip(), value.strip()


def _group(content: str, *, continues: bool) -> str:
    match = _GROUP.fullmatch(content)
    if match is None or continues:
        raise _invalid(f"{quoted(content)} is not a group to every installer")
    if match[1].strip() == "DEFAULT":
        raise _invalid(f"the entries of {quoted(content)} belong to every group for some installers")
    return match[1]


def _check_script(name: str, value: str) -> None:
    if refused := refused_script_name(name):
        raise _invalid(f"the script name {quoted(name)} {refused}")
    if not _OBJECT.fullmatch(value):
        raise _invalid(
            f"the script {quoted(name)} is {quoted(value)}, which is not 'module:callable' to every installer"
        )


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
        WheelProblem.ENTRY_POINTS_INVALID, f"the wheel's entry_points.txt is invalid: {why}; correct it and rebuild"
    )
