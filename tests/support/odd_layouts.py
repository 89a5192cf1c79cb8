"""Wheels with odd folders, metadata or RECORD, by what pip and uv make of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from domain.errors import WheelProblem
from tests.support.archives import Archive, Part, a_zip64_extra, an_extra
from tests.support.odd_wheels import BOTH, DIST_INFO, NEITHER, PIP, UV, Lines, OddWheel, a_demo, a_line, lines

_DATA = "demo-1.0.data"
_LAYOUT, _COLLIDE = WheelProblem.LAYOUT_INVALID, WheelProblem.ARCHIVE_NAMES_COLLIDE
_DIST_INFOS, _FORMAT, _META = (
    WheelProblem.DIST_INFO_MISSING,
    WheelProblem.FORMAT_UNSUPPORTED,
    WheelProblem.METADATA_INVALID,
)
_INVALID, _MISMATCH = WheelProblem.RECORD_INVALID, WheelProblem.RECORD_MISMATCH
_SCRIPT = "[console_scripts]\nx = demo:main\n"
_HEAD = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


def _holding(*paths: str, installed_by: frozenset[str] = BOTH, problem: WheelProblem | None = None) -> OddWheel:
    """Return a wheel that also holds these files and folders."""
    data = a_demo({path: b"" if path.endswith("/") else f"x = {path!r}\n".encode() for path in paths})
    return OddWheel(data=data, installed_by=installed_by, problem=problem)


def _data(*paths: str, installed_by: frozenset[str] = BOTH, problem: WheelProblem | None = None) -> OddWheel:
    return _holding(*(f"{_DATA}/{path}" for path in paths), installed_by=installed_by, problem=problem)


def _saying(
    installed_by: frozenset[str] = BOTH,
    problem: WheelProblem | None = None,
    *,
    metadata: bytes = _HEAD,
    wheel: bytes = b"Wheel-Version: 1.0\n",
) -> OddWheel:
    return OddWheel(data=a_demo(metadata=metadata, wheel=wheel), installed_by=installed_by, problem=problem)


def _listing(record: Lines, installed_by: frozenset[str] = BOTH, problem: WheelProblem | None = None) -> OddWheel:
    return OddWheel(data=a_demo(record=record), installed_by=installed_by, problem=problem)


def _written(change: str, to: str) -> Lines:
    return lambda files: lines(files).replace(change, to)


def _padded(files: Mapping[str, bytes]) -> str:
    return "".join(line.replace(",", "=,", 2).replace("=,", ",", 1) for line in map(a_line, files, files.values()))


def _scripts(file: str, *, problem: WheelProblem | None = None) -> OddWheel:
    data = a_demo({f"{_DATA}/scripts/{file}": b"#!python\n"}, entry_points=_SCRIPT)
    return OddWheel(data=data, installed_by=BOTH, problem=problem)


def _bent(
    *parts: Part, installed_by: frozenset[str] = BOTH, problem: WheelProblem | None = None, **bent: object
) -> OddWheel:
    """Return a wheel with more entries, folders among them listed in RECORD, and the archive bent."""
    files = {
        "demo/__init__.py": b"",
        f"{DIST_INFO}/METADATA": _HEAD,
        f"{DIST_INFO}/WHEEL": b"Wheel-Version: 1.0\n",
        **{part.name.decode(): part.data for part in parts},
    }
    record = "".join(a_line(path, data) for path, data in files.items())
    own = [Part(name=path.encode(), data=data) for path, data in list(files.items())[:3]]
    archive = Archive(parts=[*own, *parts, Part(name=f"{DIST_INFO}/RECORD".encode(), data=record.encode())])
    return OddWheel(data=replace(archive, **bent).build(), installed_by=installed_by, problem=problem)  # type: ignore[arg-type]


_FOLDERS: Mapping[str, OddWheel] = {
    "scripts": _data("scripts/x"),
    "headers": _data("headers/x.h"),
    "data": _data("data/share/x"),
    "headers twice": _data("headers/demo/x.h", "data/include/demo/x.h"),
    "purelib and platlib": _data("purelib/demo/a.py", "platlib/demo/b.py"),
    "an empty folder": _data(""),
    "a folder inside a package": _holding("demo/x.data/foo/y"),
    "a folder inside purelib": _data("purelib/x.data/y"),
    "a folder that no installer knows": _data("foo/x", installed_by=NEITHER, problem=_LAYOUT),
    "an empty folder that no installer knows": _data("foo/", installed_by=PIP, problem=_LAYOUT),
    "a known folder in capitals": _data("Scripts/x", installed_by=NEITHER, problem=_LAYOUT),
    "a file beside the known folders": _data("x", installed_by=NEITHER, problem=_LAYOUT),
    "the folder of another name": _holding("other-1.0.data/scripts/x", problem=_LAYOUT),
    "the folder in capitals": _holding("Demo-1.0.data/scripts/x", problem=_LAYOUT),
    "a package that is named so": _holding("x.data/__init__.py", installed_by=UV, problem=_LAYOUT),
    "a file that is named so": _holding("x.data", installed_by=UV, problem=_LAYOUT),
    "a file in the place of the folder": _holding(_DATA, installed_by=UV, problem=_LAYOUT),
    "a script in a sub-folder": _data("scripts/x/y", installed_by=PIP, problem=_LAYOUT),
    "a sub-folder of the scripts": _data("scripts/x/", installed_by=PIP, problem=_LAYOUT),
    "a script that is the interpreter": _data("scripts/python", installed_by=PIP, problem=_LAYOUT),
    "a script that is the interpreter with a version": _data("scripts/python3.11", installed_by=PIP, problem=_LAYOUT),
    "scripts that differ in case": _data("scripts/x", "scripts/X", problem=_COLLIDE),
    "a script that an entry point names": _scripts("x"),
    "a script that an entry point names in other case": _scripts("X", problem=WheelProblem.ENTRY_POINTS_INVALID),
    "a script and a file in its place": _data("scripts/x", "data/bin/x", problem=_COLLIDE),
    "a file over one of the package": _data("purelib/demo/__init__.py", problem=_COLLIDE),
    "a file over one of the package in other case": _data("purelib/demo/__INIT__.py", problem=_COLLIDE),
    "one file in purelib and platlib": _data("purelib/demo/x.py", "platlib/demo/x.py", problem=_COLLIDE),
    "a file over a folder": _data("purelib/demo", installed_by=NEITHER, problem=_COLLIDE),
    "metadata over the wheel's own": _data(f"purelib/{DIST_INFO}/METADATA", problem=_LAYOUT),
    "a RECORD over the wheel's own": _data(f"platlib/{DIST_INFO}/RECORD", problem=_LAYOUT),
    "a file that installers write": _data(f"purelib/{DIST_INFO}/INSTALLER", problem=_LAYOUT),
    "metadata of another distribution": _data("purelib/other-1.0.dist-info/METADATA", problem=_LAYOUT),
    "metadata of another distribution in capitals": _data("purelib/other-1.0.DIST-INFO/METADATA", problem=_LAYOUT),
    "metadata by way of data": _data("data/lib/python3.11/site-packages/other-1.0.dist-info/METADATA", problem=_LAYOUT),
    "metadata for a test": _data("purelib/demo/tests/other-1.0.dist-info/METADATA"),
}
_METADATA: Mapping[str, OddWheel] = {
    "a second folder": _holding("other-1.0.dist-info/METADATA", installed_by=NEITHER, problem=_DIST_INFOS),
    "a second folder in capitals": _holding("other-1.0.DIST-INFO/METADATA", problem=_DIST_INFOS),
    "a second folder without files": _holding("other-1.0.dist-info/", installed_by=NEITHER, problem=_DIST_INFOS),
    "a file that is named so": _holding("x.dist-info", installed_by=UV, problem=_DIST_INFOS),
    "a folder inside a package": _holding("demo/tests/other-1.0.dist-info/METADATA"),
    "a nested file": _holding(f"{DIST_INFO}/licenses/LICENSE"),
    "the name of an installer": _holding(f"{DIST_INFO}/INSTALLER"),
    "a mark of installers": _holding(f"{DIST_INFO}/REQUESTED"),
    "where it came from": _holding(f"{DIST_INFO}/direct_url.json", problem=_LAYOUT),
    "where it came from, in capitals": _holding(f"{DIST_INFO}/Direct_URL.json", problem=_LAYOUT),
    "lines that end as on Windows": _saying(metadata=_HEAD.replace(b"\n", b"\r\n")),
    "headers in other case": _saying(metadata=_HEAD.lower()),
    "no version of the format": _saying(metadata=b"Name: demo\nVersion: 1.0\n"),
    "a version of the format to come": _saying(metadata=b"Metadata-Version: 9.9\nName: demo\nVersion: 1.0\n"),
    "a name twice": _saying(metadata=_HEAD + b"Name: demo\nVersion: 1.0\n"),
    "two names": _saying(BOTH, _META, metadata=_HEAD + b"Name: other\n"),
    "Latin-1": _saying(UV, _META, metadata=_HEAD + b"Author: Andr\xe9\n"),
    "Latin-1 in the description": _saying(UV, _META, metadata=_HEAD + b"\nAndr\xe9\n"),
    "a byte order mark": _saying(NEITHER, _META, metadata=b"\xef\xbb\xbfName: demo\nVersion: 1.0\n"),
    "a blank line in front": _saying(NEITHER, _META, metadata=b"\n" + _HEAD),
    "a local version": _saying(PIP, WheelProblem.VERSION_MISMATCH, metadata=_HEAD.replace(b"1.0", b"1.0+x")),
    "WHEEL with lines that end as on Windows": _saying(wheel=b"Wheel-Version: 1.0\r\nRoot-Is-Purelib: true\r\n"),
    "WHEEL without Root-Is-Purelib": _saying(wheel=b"Wheel-Version: 1.0\n"),
    "WHEEL with an odd Root-Is-Purelib": _saying(wheel=b"Wheel-Version: 1.0\nRoot-Is-Purelib: TRUE\n"),
    "WHEEL with other tags": _saying(wheel=b"Wheel-Version: 1.0\nTag: cp27-none-win32\n"),
    "WHEEL of a later minor version": _saying(wheel=b"Wheel-Version: 1.9\n"),
    "WHEEL of a version of three numbers": _saying(wheel=b"Wheel-Version: 1.0.0\n"),
    "WHEEL with spaces": _saying(wheel=b"Wheel-Version:   1.0  \n"),
    "WHEEL with two versions": _saying(wheel=b"Wheel-Version: 1.0\nWheel-Version: 2.0\n"),
    "WHEEL without a minor version": _saying(PIP, _FORMAT, wheel=b"Wheel-Version: 1\n"),
    "WHEEL with a zero in front": _saying(PIP, _FORMAT, wheel=b"Wheel-Version: 01.0\n"),
    "WHEEL in other case": _saying(PIP, _FORMAT, wheel=b"wheel-version: 1.0\n"),
    "WHEEL with a letter": _saying(UV, _FORMAT, wheel=b"Wheel-Version: 1.x\n"),
    "WHEEL of another major version": _saying(NEITHER, _FORMAT, wheel=b"Wheel-Version: 2.0\n"),
    "WHEEL with a byte order mark": _saying(NEITHER, _FORMAT, wheel=b"\xef\xbb\xbfWheel-Version: 1.0\n"),
    "WHEEL with a blank line in front": _saying(NEITHER, _FORMAT, wheel=b"\nWheel-Version: 1.0\n"),
    "WHEEL without anything": _saying(NEITHER, _FORMAT, wheel=b""),
    "WHEEL in Latin-1": _saying(NEITHER, _FORMAT, wheel=b"Wheel-Version: 1.0\nGenerator: \xe9\n"),
}
_RECORD: Mapping[str, OddWheel] = {
    "lines that end as on Windows": _listing(_written("\n", "\r\n")),
    "a byte order mark": _listing(lambda files: f"\ufeff{lines(files)}"),
    "quotes": _listing(lambda files: lines(files).replace("demo/__init__.py", '"demo/__init__.py"')),
    "backslashes": _listing(_written("/", "\\")),
    "a dot in front": _listing(_written("demo/__init__", "./demo/__init__")),
    "no line for itself": _listing(_written(f"{DIST_INFO}/RECORD,,\n", "")),
    "no sizes": _listing(lambda files: "".join(f"{line.rpartition(',')[0]},\n" for line in lines(files).splitlines())),
    "another algorithm": _listing(lambda files: "".join(a_line(*file, algorithm="sha512") for file in files.items())),
    "the algorithm in capitals": _listing(_written("sha256=", "SHA256=")),
    "hashes with padding": _listing(_padded),
    "hashes in hexadecimal": _listing(
        lambda files: "".join(f"{path},sha256={hashlib.sha256(data).hexdigest()},\n" for path, data in files.items()),
        problem=_INVALID,
    ),
    "no hashes": _listing(lambda files: "".join(f"{path},,\n" for path in files), problem=_INVALID),
    "MD5": _listing(lambda files: "".join(a_line(*file, algorithm="md5") for file in files.items()), problem=_INVALID),
    "a file twice": _listing(
        lambda files: lines(files) + a_line("demo/__init__.py", files["demo/__init__.py"]), problem=_INVALID
    ),
    "itself twice": _listing(lambda files: lines(files) + f"{DIST_INFO}/RECORD,,\n", problem=_INVALID),
    "a hash of itself": _listing(
        lambda files: lines(files).replace("RECORD,,", a_line("RECORD", b"")[:-1]), problem=_MISMATCH
    ),
    "an absolute path": _listing(_written("demo/__init__", "/demo/__init__"), problem=_MISMATCH),
    "an absolute path of itself": _listing(_written(f"{DIST_INFO}/RECORD", f"/{DIST_INFO}/RECORD"), problem=_MISMATCH),
    "a path out of the folder": _listing(lambda files: lines(files) + "../../../x,,\n", problem=_MISMATCH),
    "a folder without an entry": _listing(lambda files: lines(files) + "demo/,,\n", problem=_MISMATCH),
    "a folder without a slash": _listing(lambda files: lines(files) + "demo,,\n", problem=_MISMATCH),
    "a signature that is not there": _listing(
        lambda files: lines(files) + f"{DIST_INFO}/RECORD.jws,,\n", problem=_MISMATCH
    ),
    "a compiled file that is not there": _listing(
        lambda files: lines(files) + "demo/__init__.pyc,,\n", problem=_MISMATCH
    ),
    "a line of two fields": _listing(lambda files: lines(files).replace("RECORD,,", "RECORD,"), PIP, _INVALID),
    "a line of four fields": _listing(lambda files: lines(files).replace("RECORD,,", "RECORD,,,"), PIP, _INVALID),
    "a size with a space": _listing(_written(",17", ", 17"), PIP, _INVALID),
    "a blank line": _listing(lambda files: lines(files) + "\n", UV, _INVALID),
    "Latin-1": _listing(lambda files: lines(files).encode() + b"\xe9,,\n", NEITHER, _INVALID),
}


_FOLDER_LINE = Part(name=b"demo/", method=0)
_ARCHIVE: Mapping[str, OddWheel] = {
    "a folder that is listed as an empty file": _bent(_FOLDER_LINE),
    "a comment": _bent(after=b"zip-rs"),
    "a comment with a signature": _bent(after=b"PK\x03\x04", installed_by=PIP, problem=WheelProblem.ARCHIVE_FRAMING),
    "folders that are one on Windows": _bent(Part(name=b"x/", method=0), Part(name=b"x./", method=0)),
    "an entry's comment": _bent(Part(name=b"demo/a.py", central={"comment": b"hello"})),
    "the newest version of the format": _bent(Part(name=b"demo/a.py", both={"version": 63})),
    "an extra field twice": _bent(
        Part(name=b"demo/a.py", both={"extra": an_extra(0x5455, b"\x01time") * 2}),
        installed_by=PIP,
        problem=WheelProblem.ARCHIVE_EXTRA_INVALID,
    ),
    "a zip64 field in the directory without need": _bent(
        Part(name=b"demo/a.py", data=b"x", method=0, central={"extra": a_zip64_extra(1, 1)}),
        installed_by=PIP,
        problem=WheelProblem.ARCHIVE_EXTRA_INVALID,
    ),
    "a folder twice": _bent(
        Part(name=b"x/", method=0), Part(name=b"x/", method=0), problem=WheelProblem.ARCHIVE_DUPLICATE_NAME
    ),
    "a stream of NTFS": _bent(
        Part(name=b"demo/__init__.py::$DATA", data=b"x"), problem=WheelProblem.ARCHIVE_NAME_UNSAFE
    ),
}
WHEELS: Mapping[str, OddWheel] = {
    **{f"folders: {case}": wheel for case, wheel in _FOLDERS.items()},
    **{f"metadata: {case}": wheel for case, wheel in _METADATA.items()},
    **{f"RECORD: {case}": wheel for case, wheel in _RECORD.items()},
    **{f"archive: {case}": wheel for case, wheel in _ARCHIVE.items()},
}
