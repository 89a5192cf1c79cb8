"""Paths of a wheel's files: what they mean on every system, where they are installed, and the packages they make."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.metadata import quoted

_SEPARATOR = "\x00"
"""Sorts before every character of a name, so whatever lies in a folder follows the folder at once."""

_RESERVED = re.compile(r'[:<>"|?*]')
_DEVICE = re.compile(r"(?<![^/])(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³]) *(?=[./]|$)", re.IGNORECASE)
_SHORT_NAME = re.compile(r"(?<![^/])(?=[^./]{3,8}(?:[./]|$))[^./~]{1,6}~[0-9]{1,6}(?:\.[^./]{1,3})?(?=/|$)")
_FINAL_DOT = re.compile(r"[. ](?=/|$)")
_TRAILING_DOTS = re.compile(r"(?<![. ])[. ]+(?=/|$)")  # each run is looked at from its beginning only
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point: HFS+ and case-insensitive ext4 compare names without them."""


def windows_reading(path: str) -> str | None:
    """Return what Windows does that makes a path mean another file, or no file; None where it means the same.

    A folder's path ends in a slash, and its names may end in dots and spaces: it holds nothing of its own, and wheels
    with an entry ``pyarrow./`` were published.

    Source: "Naming Files, Paths, and Namespaces" of the Windows documentation, and [MS-FSCC] for 8.3 names.
    """
    if character := _RESERVED.search(path):
        return f"keeps {character[0]!r} for streams and wildcards"
    if device := _DEVICE.search(path):
        return f"takes {device[0].strip()!r} for a device"
    if short := _SHORT_NAME.search(path):
        return f"takes {short[0]!r} for the short form of a longer name"
    if not path.endswith("/") and _FINAL_DOT.search(path):
        return "drops dots and spaces at the end of a name"
    return None


def first_collision(paths: Sequence[str]) -> tuple[int, int] | None:
    """Return the indices of two paths that some file system cannot hold both; a folder's path ends in a slash.

    Two folders never collide: what lies in them is compared file by file.
    """
    keys = [on_any_file_system(path.removesuffix("/")).replace("/", _SEPARATOR) for path in paths]
    ordered = sorted(range(len(paths)), key=lambda index: (keys[index], paths[index]))
    for first, second in pairwise(ordered):
        key, next_key = keys[first], keys[second]
        if not next_key.startswith(key):
            continue
        is_folder = paths[first].endswith("/")
        if key == next_key:
            if not (is_folder and paths[second].endswith("/")):
                return first, second
        elif next_key[len(key)] == _SEPARATOR and not is_folder:
            return first, second
    return None


def on_any_file_system(path: str) -> str:
    """Return the same text for paths that some file system takes for the same: Unicode 16 section 3.13.5, D145."""
    path = _TRAILING_DOTS.sub("", path)
    if path.isascii():
        return path.lower()
    visible = _IGNORABLE.sub("", unicodedata.normalize("NFD", path))
    folded = unicodedata.normalize("NFD", visible.casefold())
    return unicodedata.normalize("NFC", folded)


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


MAX_LENGTH = 200
_SOURCE_SUFFIXES = (".py", ".pyc")
_EXTENSION_SUFFIXES = (".so", ".pyd")
_LIBRARY_FOLDERS = ("purelib", "platlib")
_MAX_DEPTH = 64  # beyond any import; keeps hostile paths from costing the square of their length


@dataclass(frozen=True, slots=True)
class ImportPackages:
    """The packages that a wheel makes importable.

    Attributes:
        roots: Dotted names of the outermost regular packages and modules.
        modules: Dotted names of all modules; a regular package is the module ``<package>.__init__``.
    """

    roots: tuple[str, ...]
    modules: frozenset[str]

    @classmethod
    def of(cls, members: Iterable[str], *, import_names: Sequence[str] = (), top_level: str = "") -> Self:
        """Read the layout of a wheel.

        The declared names of PEP 794 win, then the files themselves (namespace folders without ``__init__.py`` are
        descended into), then setuptools' ``top_level.txt``. What could not be a name in an ``import`` is left out.
        """
        importable = [parts for member in members if (parts := _importable(member))]
        regular = {parts[:-1] for parts in importable if parts[-1] == "__init__"}
        found = sorted({".".join(_root(parts, regular)) for parts in importable})
        declared = [name.partition(";")[0].strip() for name in import_names if "private" not in name.partition(";")[2]]
        roots = _names(declared) or _names(found) or _names(top_level.split())
        return cls(roots, frozenset(".".join(parts) for parts in importable))

    @property
    def only(self) -> str | None:
        """The one package that a runtime would mean, or None when there are several or none.

        Modules with a leading underscore are helpers of another package, so they do not count.
        """
        public = [root for root in self.roots if not root.startswith("_")]
        return public[0] if len(public) == 1 else None

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is one of the packages, or a module or sub-package inside one.

        A folder that holds roots as its own modules is a package too (PEP 420), though nothing says it is one.
        """
        if name in self.roots:
            return True
        if any(root.rpartition(".")[0] == name and root in self.modules for root in self.roots):
            return True
        within = any(name.startswith(f"{root}.") for root in self.roots)
        return within and any(module == name or module.startswith(f"{name}.") for module in self.modules)

    def __str__(self) -> str:
        """List the packages for a sentence."""
        return ", ".join(self.roots[:10]) + (", …" if len(self.roots) > 10 else "") if self.roots else "none"


def _names(candidates: Iterable[str]) -> tuple[str, ...]:
    """Return what can be imported by name, once each."""
    return tuple(name for name in dict.fromkeys(candidates) if len(name) <= MAX_LENGTH and _is_dotted(name.split(".")))


def _is_dotted(parts: Sequence[str]) -> bool:
    return all(map(str.isidentifier, parts))


def _importable(member: str) -> tuple[str, ...]:
    """Return the dotted parts of the module that a file is, or nothing if it is none."""
    if member.count("/") > _MAX_DEPTH:
        return ()
    parts = member.split("/")
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in _LIBRARY_FOLDERS:
            return ()
        parts = parts[2:]
    parts[-1] = _stem(parts[-1])
    return () if parts == ["__init__"] or not _is_dotted(parts) else tuple(parts)


def _stem(filename: str) -> str:
    """Return a module file's name without its suffix and an extension module's platform tag; nothing for others."""
    if filename.endswith(_SOURCE_SUFFIXES):
        return filename.rpartition(".")[0]
    return filename.partition(".")[0] if filename.endswith(_EXTENSION_SUFFIXES) else ""


def _root(parts: tuple[str, ...], regular: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the outermost regular package around a module, or the module itself."""
    for end in range(1, len(parts)):
        if parts[:end] in regular:
            return parts[:end]
    return parts


_DATA, _DIST_INFO = ".data", ".dist-info"
_TARGETS = {
    "purelib": "site-packages/",
    "platlib": "site-packages/",
    "scripts": "bin/",
    "data": "",
    "headers": "include/site/",
}
"""Where installers put what lies in each sub-folder; purelib and platlib are one folder in most environments."""

_METADATA = re.compile(r"(?<![^/])(?:site|dist)-packages/[^/]*\.dist-info/", re.IGNORECASE)


def validate_data_folders(paths: Sequence[str], folders: Sequence[str], *, dist_info: str) -> None:
    """Return if pip and uv install the ``*.data`` folder, and install everything in it to a path of its own.

    Source: the binary distribution format specification, "The .data directory".

    Args:
        paths: Of all files.
        folders: That have entries of their own, each with the slash at its end.
        dist_info: The wheel's ``*.dist-info`` folder.

    Raises:
        WheelRefusedError: pip or uv refuses to install it, they install it to different places, or one file would
            replace another one.
    """
    own = dist_info.removesuffix(_DIST_INFO) + _DATA
    placed = [path for path in (*paths, *folders) if path.partition("/")[0].endswith(_DATA)]
    for path in placed:
        _check_place(path, own)
    if placed:
        _check_installed(paths)


def scripts_in(paths: Iterable[str]) -> list[str]:
    """Return the names of the files in ``*.data/scripts``."""
    folders = (path.partition("/scripts/") for path in paths)
    return [name for top, _, name in folders if name and top.endswith(_DATA) and "/" not in top]


def _check_place(path: str, own: str) -> None:
    top, _, rest = path.partition("/")
    scheme, _, name = rest.partition("/")
    if top != own:
        raise _invalid(f"{quoted(path)} is not in {quoted(own)}, the only top-level name that may end in {_DATA}")
    if rest and scheme not in _TARGETS:
        known = ", ".join(sorted(_TARGETS))
        raise _invalid(f"{quoted(path)} is in no folder that installers know; in {quoted(own)} these are {known}")
    if not name and not path.endswith("/"):
        raise _invalid(f"{quoted(path)} is a file where installers expect a folder")
    if scheme == "scripts" and "/" in name:
        raise _invalid(f"{quoted(path)} is in a sub-folder of the scripts, and uv installs none from sub-folders")
    if scheme == "scripts" and name and (refused := refused_script_name(name)):
        raise _invalid(f"the name of the script {quoted(path)} {refused}")
    if _METADATA.search(f"{_TARGETS[scheme]}{name}" if scheme else ""):
        raise _invalid(
            f"{quoted(path)} could be installed as metadata, which belongs in the wheel's {_DIST_INFO} folder"
        )


def _check_installed(paths: Sequence[str]) -> None:
    collision = first_collision([_installed(path) for path in paths])
    if collision:
        first, second = (quoted(paths[index]) for index in collision)
        raise WheelRefusedError(
            WheelProblem.ARCHIVE_NAMES_COLLIDE,
            f"{first} and {second} would be installed to the same path; leave one of them out",
        )


def _installed(path: str) -> str:
    top, _, rest = path.partition("/")
    if not top.endswith(_DATA):
        return f"site-packages/{path}"
    scheme, _, name = rest.partition("/")
    return _TARGETS[scheme] + name


def _invalid(why: str) -> WheelRefusedError:
    return WheelRefusedError(
        WheelProblem.LAYOUT_INVALID, f"{why}; correct the build configuration and rebuild the wheel"
    )
