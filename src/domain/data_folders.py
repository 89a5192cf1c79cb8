"""The ``*.data`` folder of a wheel, whose contents installers move elsewhere."""

import re
from collections.abc import Iterable, Sequence

from domain.core_metadata import quoted
from domain.errors import WheelProblem, WheelRefusedError
from domain.portable_names import first_collision
from domain.script_names import refused_script_name

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
    return WheelRefusedError(WheelProblem.LAYOUT_INVALID, f"{why}; mend the build configuration and rebuild the wheel")
