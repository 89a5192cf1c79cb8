"""RECORD against the files of the wheel."""

import base64
import csv
import hashlib
import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.archive import (
    DIGEST_SIZES,
    ArchiveMember,
    WheelArchive,
    further_algorithms,
    parse_record,
    verify_record,
)

FOLDER = "pkg-1.0.dist-info"
FILES = {"pkg/__init__.py": b"", "pkg/data, odd.txt": b"data\n", f"{FOLDER}/METADATA": b"Name: pkg\n"}


def encoded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def line(path: str, data: bytes, *, algorithm: str = "sha256", size: int | None = None) -> str:
    path = f'"{path}"' if "," in path else path
    return (
        f"{path},{algorithm}={encoded(hashlib.new(algorithm, data).digest())},{len(data) if size is None else size}\n"
    )


def lines(files: Mapping[str, bytes] = FILES) -> list[str]:
    return [*(line(path, data) for path, data in files.items()), f"{FOLDER}/RECORD,,\n"]


def archive(record: str | bytes, files: Mapping[str, bytes] = FILES, folders: tuple[str, ...] = ()) -> WheelArchive:
    data = record if isinstance(record, bytes) else record.encode()
    held = {**files, f"{FOLDER}/RECORD": data}
    members = [
        ArchiveMember(path, len(data), {name: hashlib.new(name, data).digest() for name in DIGEST_SIZES})
        for path, data in held.items()
    ]
    near = {path: data for path, data in held.items() if path.startswith(FOLDER)}
    return WheelArchive(tuple(members), near, folders)


def problem(record: str | bytes, files: Mapping[str, bytes] = FILES, folders: tuple[str, ...] = ()) -> WheelProblem:
    with pytest.raises(WheelRefusedError) as refusal:
        verify_record(archive(record, files, folders), FOLDER)
    return refusal.value.problem


def test_a_record_that_lists_every_file_with_its_hash_and_size_is_fine() -> None:
    assert verify_record(archive("".join(lines())), FOLDER).startswith("3 files")


@pytest.mark.parametrize("algorithm", DIGEST_SIZES)
def test_every_algorithm_as_strong_as_sha256_is_compared(algorithm: str) -> None:
    good = [line("pkg/a", b"a", algorithm=algorithm), f"{FOLDER}/RECORD,,\n"]
    bad = [line("pkg/a", b"b", algorithm=algorithm), f"{FOLDER}/RECORD,,\n"]

    assert verify_record(archive("".join(good), {"pkg/a": b"a"}), FOLDER)
    assert problem("".join(bad), {"pkg/a": b"a"}) is WheelProblem.RECORD_MISMATCH


def test_record_itself_and_its_signatures_need_no_line_and_no_hash() -> None:
    signed = {**FILES, f"{FOLDER}/RECORD.jws": b"{}", f"{FOLDER}/RECORD.p7s": b""}

    assert verify_record(archive("".join(lines()[:-1]), signed), FOLDER)
    assert verify_record(archive("".join([*lines(), f"{FOLDER}/RECORD.jws,,\n"]), signed), FOLDER)


def test_a_missing_size_is_tolerated() -> None:
    assert verify_record(archive("".join(lines()).replace(",5\n", ",\n")), FOLDER)


@pytest.mark.parametrize(
    "written",
    [
        lambda text: f"\ufeff{text}",
        lambda text: text.replace("/", "\\"),
        lambda text: text.replace("pkg/__init__", "./pkg/__init__"),
        lambda text: text.replace("sha256=", "SHA256="),
    ],
    ids=["a byte order mark", "backslashes", "a dot in front", "the algorithm in capitals"],
)
def test_spellings_that_mean_the_same_are_read(written: Callable[[str], str]) -> None:
    assert verify_record(archive(written("".join(lines()))), FOLDER).startswith("3 files")


def test_an_algorithm_in_capitals_is_computed() -> None:
    row = line("pkg/a", b"a", algorithm="sha512").replace("sha512", "SHA512")

    assert further_algorithms(row.encode(), paths={"pkg/a"}) == {"pkg/a": "sha512"}
    assert verify_record(archive(row, {"pkg/a": b"a"}), FOLDER)


@pytest.mark.parametrize(
    "row", ["pkg/,,\n", "pkg\\,,\n", "./pkg/,,0\n", line("pkg/", b""), line("pkg/", b"", algorithm="sha512")]
)
def test_a_folder_with_an_entry_may_be_listed_without_bytes(row: str) -> None:
    assert verify_record(archive("".join([*lines(), row]), folders=("pkg/",)), FOLDER).startswith("3 files")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([line("pkg/", b"x")], WheelProblem.RECORD_MISMATCH),
        (["pkg/,,1\n"], WheelProblem.RECORD_MISMATCH),
        ([line("pkg/", b"", size=1)], WheelProblem.RECORD_MISMATCH),
        (["pkg/,,\n", "pkg/,,\n"], WheelProblem.RECORD_INVALID),
        (["pkg,,\n"], WheelProblem.RECORD_MISMATCH),
        (["pkg/sub/,,\n"], WheelProblem.RECORD_MISMATCH),
        (["/pkg/,,\n"], WheelProblem.RECORD_MISMATCH),
        ([f"pkg/,md5={encoded(hashlib.md5(b'').digest())},0\n"], WheelProblem.RECORD_INVALID),
    ],
    ids=range(8),
)
def test_a_folder_that_is_listed_with_bytes_or_has_no_entry_is_refused(rows: list[str], expected: WheelProblem) -> None:
    assert problem("".join([*lines(), *rows]), folders=("pkg/",)) is expected


def test_folders_do_not_hide_which_algorithms_the_files_have() -> None:
    files = {"a/b": b"b"}
    record = "".join(["a/,,\n", line("a/b", b"b", algorithm="sha512"), f"{FOLDER}/RECORD,,\n"])

    assert further_algorithms(record.encode(), paths={"a/", "a/b"}) == {"a/b": "sha512"}
    assert verify_record(archive(record, files, folders=("a/",)), FOLDER).startswith("1 files")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("/etc/passwd,,\n", "is in RECORD and is no path inside the wheel"),
        ("../../x,,\n", "is in RECORD and is no path inside the wheel"),
        ("C:/x,,\n", "is in RECORD and is no path inside the wheel"),
        ("pkg/gone/,,\n", "is a folder in RECORD, and the wheel has no entry for it"),
        ("pkg/gone.pyc,,\n", "is in RECORD but not in the wheel"),
        (f"pkg/__init__.py,sha256={hashlib.sha256().hexdigest()},0\n", "is in hexadecimal"),
        ("\n", "has a blank line, which pip cannot read"),
    ],
)
def test_the_sentence_says_what_is_wrong_with_a_line(row: str, sentence: str) -> None:
    with pytest.raises(WheelRefusedError, match=sentence):
        verify_record(archive(row), FOLDER)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("".join(lines()[1:]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), line("pkg/gone.py", b"")]), WheelProblem.RECORD_MISMATCH),
        ("".join([line("pkg/__init__.py", b"changed"), *lines()[1:]]), WheelProblem.RECORD_MISMATCH),
        ("".join([line("pkg/__init__.py", b"", size=1), *lines()[1:]]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), lines()[0]]), WheelProblem.RECORD_INVALID),
        ("".join(["pkg/__init__.py,,\n", *lines()[1:]]), WheelProblem.RECORD_INVALID),
        ("".join([f"pkg/__init__.py,md5={encoded(b'x' * 16)},0\n", *lines()[1:]]), WheelProblem.RECORD_INVALID),
        ("".join([f"pkg/__init__.py,sha1={encoded(b'x' * 20)},0\n", *lines()[1:]]), WheelProblem.RECORD_INVALID),
        (f"pkg/__init__.py,sha256={hashlib.sha256().hexdigest()},0\n", WheelProblem.RECORD_INVALID),
        (f"pkg/__init__.py,sha256={encoded(b'short')},0\n", WheelProblem.RECORD_INVALID),
        ("pkg/__init__.py,sha256=!!!,0\n", WheelProblem.RECORD_INVALID),
        ("pkg/__init__.py\n", WheelProblem.RECORD_INVALID),
        (lines()[1].replace(",5", ",five"), WheelProblem.RECORD_INVALID),
        (lines()[1].replace(",5", ",-5"), WheelProblem.RECORD_INVALID),
        (b"\xff\xfe,,\n", WheelProblem.RECORD_INVALID),
        ('"unclosed', WheelProblem.RECORD_INVALID),
        (f'"pkg/__init__.py\n",sha256={encoded(b"x" * 32)},0\n', WheelProblem.RECORD_INVALID),
        ('"a\n",' * 100_000, WheelProblem.RECORD_INVALID),
        ("," * 200_000, WheelProblem.RECORD_INVALID),
        ("\ufeff\ufeff" + "".join(lines()), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), line("/pkg/__init__.py", b"")]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), line("./pkg/__init__.py", b"")]), WheelProblem.RECORD_INVALID),
        ("".join([*lines(), "pkg/,,\n"]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), line("pkg/", b"")]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), line("pkg\\__init__.py", b"")]), WheelProblem.RECORD_INVALID),
        ("".join([*lines(), f"{FOLDER}/RECORD.jws,,\n"]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines()[:-1], f"{FOLDER}/RECORD,sha256={encoded(b'x' * 32)},\n"]), WheelProblem.RECORD_MISMATCH),
        ("".join([*lines(), f"{FOLDER}/x/RECORD,,\n"]), WheelProblem.RECORD_MISMATCH),
        (lines()[0].replace(",0", ",²"), WheelProblem.RECORD_INVALID),
        (lines()[0].replace(",0", "," + "0" * 16), WheelProblem.RECORD_INVALID),
        ("", WheelProblem.RECORD_MISMATCH),
    ],
    ids=range(31),
)
def test_a_record_that_does_not_match_is_refused(record: str | bytes, expected: WheelProblem) -> None:
    assert problem(record) is expected


def test_the_first_offending_file_is_named_with_how_many_more_there_are() -> None:
    with pytest.raises(WheelRefusedError, match=r"'pkg/__init__.py' \(and 1 more\) is in the wheel but not in RECORD"):
        verify_record(archive("".join(lines()[2:])), FOLDER)


def test_a_reader_learns_which_algorithms_to_compute_even_from_a_bad_record() -> None:
    paths = {"a", "b", "c", "d/e", "other"}

    assert further_algorithms(b"a,sha512=x,\nb,md5=x,\nc\nd\\e,blake2b=,1\nz,sha512=,\n", paths=paths) == {
        "a": "sha512",
        "d/e": "blake2b",
    }
    assert further_algorithms(b"a,sha256=x,\nb,sha256=sha512,\n", paths=paths) == {}
    assert further_algorithms(b"a,sha512=x,\n\xff", paths=paths) == {}


@pytest.mark.hostile
@pytest.mark.parametrize("row", ["%d,sha512=,\n", ",\n", f"%d,sha256={'A' * 43},\n", "%d\n"])
def test_a_record_of_millions_of_lines_takes_no_memory_beyond_its_own(row: str) -> None:
    data = "".join([*lines()[:-1], *(row.replace("%d", str(number)) for number in range(300_000))]).encode()
    held = archive(data)

    tracemalloc.start()
    further_algorithms(data, paths=set(FILES))
    with pytest.raises(WheelRefusedError):
        verify_record(held, FOLDER)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1_000_000


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_blank_line_is_refused_before_the_next_is_read(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, parsed = csv.reader, list[Sequence[str]]()

    def noting(rows: Sequence[str], *, strict: bool) -> Iterable[list[str]]:
        parsed.append(rows)
        return parse(rows, strict=strict)

    monkeypatch.setattr(csv, "reader", noting)

    assert further_algorithms(f"a,sha512=,{end}{end * 9}b,sha512=,".encode(), paths={"a", "b"}) == {}
    assert parsed == [[f"a,sha512=,{end}"]]


def test_a_line_longer_than_any_path_is_refused_before_it_is_split() -> None:
    with pytest.raises(WheelRefusedError, match="a line of more than 131072 characters"):
        verify_record(archive("," * 200_000), FOLDER)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(end: str) -> None:
    assert verify_record(archive("".join(lines()).replace("\n", end)), FOLDER)


def outcome(data: bytes) -> WheelProblem | None:
    try:
        list(parse_record(data))
    except WheelRefusedError as refusal:
        return refusal.problem
    return None


@given(st.binary(max_size=200) | st.text(alphabet='a,"\n\r=/\\0', max_size=60).map(str.encode))
def test_any_record_is_read_or_refused(data: bytes) -> None:
    assert outcome(data) in {None, WheelProblem.RECORD_INVALID}
    assert set(further_algorithms(data, paths={"a", "", "0"}).values()) <= DIGEST_SIZES.keys()


def said(record: str, files: Mapping[str, bytes]) -> str:
    """Return the verdict, without how many bytes RECORD itself has."""
    try:
        return verify_record(archive(record, files), FOLDER).partition(",")[0]
    except WheelRefusedError as refusal:
        return refusal.detail


PATHS = st.text(alphabet='ab,"/\\ é', min_size=1, max_size=4)


@given(
    st.dictionaries(PATHS, st.binary(max_size=3), max_size=4),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(["drop", "repeat", "shorten", "widen", "blank", "nothing"]), max_size=2),
)
def test_a_record_of_plain_lines_is_checked_as_the_same_one_that_has_to_be_read(
    files: dict[str, bytes], random: Random, changes: list[str]
) -> None:
    written = [f"{path},{line('', data).removeprefix(',')}" for path, data in files.items()]
    written.append(f"{FOLDER}/RECORD,,\n")
    random.shuffle(written)
    for change in changes:
        changed = random.randrange(len(written))
        text = written[changed]
        written[changed] = {
            "drop": "",
            "repeat": text * 2,
            "shorten": text[1:],
            "widen": text.replace("=", "==", 1),
            "blank": text + "\n",
            "nothing": text,
        }[change]
    record = "".join(written)

    assert said(record, files) == said(record.replace("\n", "\r\n"), files)
