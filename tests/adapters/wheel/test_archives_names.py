"""Entries whose names leave the folder, mean two things, or cannot all be unpacked."""

import tracemalloc
from dataclasses import replace

import pytest

from adapters.wheel.entries import UTF_8_FLAG, Entry, check_names
from domain.errors import WheelProblem
from tests.support.archives import STORED, UTF_8, Part, read, refusal, with_part

pytestmark = pytest.mark.hostile

UNSAFE = {
    "an absolute path": b"/etc/passwd",
    "a path out of the folder": b"../evil.py",
    "a path out of the folder and in again": b"gcp_provider/../../x/evil.py",
    "a path out at its end": b"gcp_provider/..",
    "a folder outside": b"../evil/",
    "the folder itself": b"./evil.py",
    "the folder itself inside": b"gcp_provider/./evil.py",
    "an empty part": b"gcp_provider//evil.py",
    "an empty name": b"",
    "the root": b"/",
    "a folder with two slashes": b"gcp_provider/x//",
    "a part of three dots": b"gcp_provider/.../evil.py",
    "a path out of the folder once Windows drops a space": b"gcp_provider/.. /.. /.. /evil.py",
    "a part of a space": b"gcp_provider/ /evil.py",
    "a part that no file system holds": b"gcp_provider/" + b"n" * 256,
    "a part that no file system holds in UTF-8": b"gcp_provider/" + "é".encode() * 128,
    "a drive": b"C:/evil.py",
    "a drive without a slash": b"c:evil.py",
    "a share": b"\\\\host\\share\\evil.py",
    "a backslash": b"gcp_provider\\evil.py",
    "a backslash out of the folder": b"..\\evil.py",
    "a NUL that ends the name for some": b"gcp_provider/a.py\x00.txt",
    "a new line": b"gcp_provider/a\n.py",
    "an escape": b"gcp_provider/\x1b[2J.py",
    "a delete": b"gcp_provider/\x7f.py",
    "a C1 control": "gcp_provider/\x9b.py".encode(),
    "bytes that are no UTF-8": b"gcp_provider/\xff.py",
    "an overlong slash": b"gcp_provider/..\xc0\xaf..\xc0\xafx",
    "half a surrogate pair": b"gcp_provider/\xed\xa0\x80.py",
    "a stream of NTFS": b"gcp_provider/__init__.py::$DATA",
    "a stream of NTFS with a name": b"gcp_provider/data:hidden",
    "a stream of a folder": b"gcp_provider:x:$INDEX_ALLOCATION/evil.py",
    "a stream of a folder without files": b"gcp_provider/data:x/",
    "a wildcard": b"gcp_provider/a*.py",
    "another wildcard": b"gcp_provider/a?.py",
    "a quote": b'gcp_provider/a".py',
    "a less-than sign": b"gcp_provider/a<.py",
    "a greater-than sign": b"gcp_provider/a>.py",
    "a vertical bar": b"gcp_provider/a|b.py",
    "a device of Windows": b"gcp_provider/NUL",
    "a device in lower case with a suffix": b"gcp_provider/aux.py",
    "a device with several suffixes": b"gcp_provider/con.tar.gz",
    "a device with a space": b"gcp_provider/prn .txt",
    "a device as a folder": b"com1/evil.py",
    "a device with a superscript digit": "gcp_provider/LPT\u00b9.txt".encode(),
    "a device for console input": b"gcp_provider/CONIN$",
    "a device for console output": b"gcp_provider/conout$.py",
    "a short name": b"GCP_PR~1/evil.py",
    "a short name of a file": b"gcp_provider/PROVID~1.PY",
    "a dot at the end": b"gcp_provider/__init__.py.",
    "a space at the end": b"gcp_provider/__init__.py ",
    "a dot at the end of a folder": b"gcp_provider./evil.py",
    "dots and spaces at the end": b"gcp_provider/__init__.py. .",
}
TWICE = {
    "a file twice": (b"gcp_provider/data.bin", b"gcp_provider/data.bin"),
    "a folder twice": (b"data/", b"data/"),
}
COLLIDING = {
    "case": (b"gcp_provider/data.bin", b"gcp_provider/DATA.bin"),
    "case of a folder": (b"gcp_provider/data/a", b"GCP_provider/Data/A"),
    "case of a file and a folder": (b"data", b"Data/"),
    "case of a file and two folders": (b"dAta/", b"Data/", b"data"),
    "a dot at the end of a folder beside a file": (b"data", b"data./"),
    "case beyond ASCII": ("gcp_provider/é.py".encode(), "gcp_provider/É.py".encode()),
    "a sharp s": ("gcp_provider/ß.py".encode(), b"gcp_provider/ss.py"),
    "a Kelvin sign": ("gcp_provider/\u212a.py".encode(), b"gcp_provider/k.py"),
    "a long s": ("gcp_provider/\u017f.py".encode(), b"gcp_provider/s.py"),
    "a capital I with a dot": ("gcp_provider/\u0130.py".encode(), "gcp_provider/i\u0307.py".encode()),
    "a final sigma": ("gcp_provider/\u03c2.py".encode(), "gcp_provider/\u03c3.py".encode()),
    "a joiner": (b"gcp_provider/ab.py", "gcp_provider/a\u200db.py".encode()),
    "a soft hyphen": (b"gcp_provider/ab.py", "gcp_provider/a\u00adb.py".encode()),
    "a mark of direction": (b"gcp_provider/ab.py", "gcp_provider/a\u200eb.py".encode()),
    "a byte order mark": (b"gcp_provider/ab.py", "gcp_provider/\ufeffab.py".encode()),
    "composed and decomposed": ("gcp_provider/é.py".encode(), "gcp_provider/e\u0301.py".encode()),
    "a file as a folder": (b"gcp_provider/data", b"gcp_provider/data/a.py"),
    "a file as a folder, the other way round": (b"gcp_provider/data/a.py", b"gcp_provider/data"),
    "a file as a folder deep down": (b"gcp_provider/data", b"gcp_provider/data/a/b/c.py"),
    "a file as a folder in other case": (b"gcp_provider/data", b"gcp_provider/DATA/a.py"),
    "a file as a listed folder": (b"gcp_provider/data", b"gcp_provider/data/"),
}


def _named(name: bytes) -> Part:
    return Part(name=name, method=STORED)


CASES = {
    **{case: (WheelProblem.ARCHIVE_NAME_UNSAFE, with_part(_named(name))) for case, name in UNSAFE.items()},
    **{case: (WheelProblem.ARCHIVE_DUPLICATE_NAME, with_part(*map(_named, names))) for case, names in TWICE.items()},
    **{case: (WheelProblem.ARCHIVE_NAMES_COLLIDE, with_part(*map(_named, names))) for case, names in COLLIDING.items()},
}


@pytest.mark.parametrize("case", UNSAFE)
def test_a_name_that_is_no_plain_relative_path_is_refused(case: str) -> None:
    assert refusal(with_part(_named(UNSAFE[case]))).problem is WheelProblem.ARCHIVE_NAME_UNSAFE


def test_a_name_beyond_ascii_that_is_not_marked_as_utf_8_is_refused() -> None:
    unmarked = replace(_named("gcp_provider/é.py".encode()), both={"flags": 0})

    assert refusal(with_part(unmarked)).problem is WheelProblem.ARCHIVE_NAME_UNSAFE
    read(with_part(replace(unmarked, both={"flags": UTF_8})))


@pytest.mark.parametrize("case", TWICE)
def test_a_name_given_twice_is_refused(case: str) -> None:
    first, second = map(_named, TWICE[case])

    assert refusal(with_part(first, second)).problem is WheelProblem.ARCHIVE_DUPLICATE_NAME


@pytest.mark.parametrize("case", COLLIDING)
def test_names_that_some_file_system_cannot_hold_both_are_refused(case: str) -> None:
    parts = [_named(name) for name in COLLIDING[case]]
    for part in parts:
        read(with_part(part))

    assert refusal(with_part(*parts)).problem is WheelProblem.ARCHIVE_NAMES_COLLIDE


@pytest.mark.parametrize("case", COLLIDING)
def test_names_collide_just_as_well_among_very_many(case: str) -> None:
    many = [_named(b"many/" * 13_000 + b"%d" % number) for number in range(2)]

    assert refusal(with_part(*many, *map(_named, COLLIDING[case]))).problem is WheelProblem.ARCHIVE_NAMES_COLLIDE


def test_unusual_names_that_file_systems_hold_are_read() -> None:
    names = [b"auxiliary.py", b"com0", b"console/a", b"data/.a..b", b"data/ a", b"n" * 255, "é".encode() * 127]
    names += [
        b"-r",
        b"~/a",
        b"$HOME",
        b"a.py~",
        b"a~b",
        b"long_name~1.py",
        b"a(b)[c]{d}'e;f,g&h%i!j@k#l^m=n+o",
        b"nul_",
    ]

    assert {name.decode() for name in names} <= set(read(with_part(*map(_named, names))).paths)


def test_names_that_only_begin_alike_are_read() -> None:
    names = [b"data/a", b"data-1", b"data.py", b"data0/a", b"dat", b"Data2/b", b"data2/c"]

    assert {name.decode() for name in names} <= set(read(with_part(*map(_named, names))).paths)


@pytest.mark.parametrize(
    "folders",
    [
        (b"data/", b"data./"),
        (b"data/", b"Data/"),
        (b"data/", b"data /", b"DATA/", b"data./"),
        (b"data/a/", b"Data/A/"),
        ("é/".encode(), "e\u0301/".encode()),
    ],
    ids=["a dot", "case", "several", "nested", "composition"],
)
def test_folders_that_are_one_on_some_file_systems_hold_the_files_of_both(folders: tuple[bytes, ...]) -> None:
    found = read(with_part(*map(_named, folders), _named(b"data/a/b.py")))

    assert found.paths[-1] == "data/a/b.py"
    assert found.folders == tuple(folder.decode() for folder in folders)


def test_hostile_depth_and_length_cost_no_more_than_their_size() -> None:
    deep = [b"a/" * 32_000 + b"%d" % number for number in range(200)]

    assert len(read(with_part(*map(_named, deep))).paths) == 205


def test_long_runs_of_combining_marks_are_refused_before_they_are_put_in_order() -> None:
    disordered = "a" + "\u0301" * 16_000 + "\u0323" * 16_000

    assert refusal(with_part(*[_named(f"{disordered}{n}".encode()) for n in range(200)])).problem is (
        WheelProblem.ARCHIVE_NAME_UNSAFE
    )


def test_one_name_beyond_ascii_does_not_make_megabytes_of_others_take_dozens_of_times_their_room() -> None:
    names = ["a/" * 16_000 + str(number) for number in range(100)]
    entries = [Entry(name, 20, UTF_8_FLAG, STORED, 0, 0, 0, 0, 0) for name in [*names, "\N{PACKAGE}"]]

    tracemalloc.start()
    check_names(entries)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5 * sum(map(len, names))
