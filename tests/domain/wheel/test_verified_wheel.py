"""What makes a wheel acceptable."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from domain.errors import WheelProblem, WheelRefusedError
from domain.verification import VerificationLog
from domain.wheel.archive import ArchiveMember, WheelArchive
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.metadata import ProjectMetadata, Readme
from domain.wheel.verified_wheel import VerifiedWheel, verify, verify_digest, verify_filename
from tests.builders import a_record, a_wheel

_NAME = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
_FOLDER = "pragmatiks_gcp_provider-1.0.0.dist-info"
_HEAD = "Metadata-Version: 2.4\nName: pragmatiks_gcp_provider\nVersion: 1.0.0\n"


def _archive(data: bytes) -> WheelArchive:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _holding({path: archive.read(path) for path in archive.namelist()})


def _holding(files: Mapping[str, bytes]) -> WheelArchive:
    """Return what a reader finds in an archive with these files."""
    near = [path for path in files if path.partition("/")[0].endswith(".dist-info") and path.count("/") == 1]
    members = [
        ArchiveMember(path, len(data), {name: hashlib.new(name, data).digest() for name in ("sha256", "sha512")})
        for path, data in files.items()
    ]
    return WheelArchive(tuple(members), {path: files[path] for path in near})


def _bent(folder: str = _FOLDER, **changes: bytes) -> WheelArchive:
    """Return a good wheel with dist-info files replaced, and a RECORD that knows of it unless it is replaced too."""
    files = {"gcp_provider/__init__.py": b"", "gcp_provider/bucket.py": b"x = 1\n"}
    given = _archive(a_wheel()).dist_info
    dist_info = {path.rpartition("/")[2]: data for path, data in given.items()} | changes
    files |= {f"{folder}/{name}": data for name, data in dist_info.items() if name != "RECORD"}
    return _holding({**files, f"{folder}/RECORD": changes.get("RECORD", a_record(files, folder))})


def _prove(archive: WheelArchive, filename: str = _NAME, *, package_name: str | None = None) -> VerifiedWheel:
    digest = Sha256Digest(hashlib.sha256(b"wheel").hexdigest())
    return verify(
        archive,
        filename=WheelFilename.parse(filename),
        package_name=package_name,
        sha256=digest,
        size=5,
        log=VerificationLog(),
    )


def _problem(archive: WheelArchive, filename: str = _NAME, **announced: Any) -> WheelProblem:
    with pytest.raises(WheelRefusedError) as refusal:
        _prove(archive, filename, **announced)
    assert len(refusal.value.detail) < 1000
    return refusal.value.problem


def test_a_good_wheel_is_verified_with_what_installers_need() -> None:
    metadata = _HEAD + "Summary: Manages Größe\nRequires-Python: >=3.11,<4\n\nA body\nName: other\n"

    assert _prove(_archive(a_wheel(metadata=metadata)), package_name="gcp_provider.bucket") == VerifiedWheel(
        sha256=Sha256Digest(hashlib.sha256(b"wheel").hexdigest()),
        size=5,
        filename=_NAME,
        distribution="pragmatiks-gcp-provider",  # type: ignore[arg-type] # a plain text equals a normalised one
        requires_python="<4,>=3.11",
        summary="Manages Größe",
        package_name="gcp_provider",
        readme=Readme("A body\nName: other"),
        project=ProjectMetadata(),
    )


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD"])
def test_a_missing_file_is_named(name: str) -> None:
    with pytest.raises(WheelRefusedError, match=name) as refusal:
        _prove(_archive(a_wheel(without=frozenset({name}))))
    assert refusal.value.problem is WheelProblem.FILE_MISSING


@pytest.mark.parametrize(
    "members",
    [
        (),
        ("pkg.dist-info",),
        ("a/pragmatiks_gcp_provider-1.0.0.dist-info/METADATA",),
        (f"{_FOLDER}/a", "b-1.dist-info/a"),
    ],
)
def test_there_is_exactly_one_dist_info_folder_at_the_top(members: tuple[str, ...]) -> None:
    assert _problem(_holding(dict.fromkeys(members, b""))) is WheelProblem.DIST_INFO_MISSING


@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        ("other-1.0.0.dist-info", WheelProblem.NAME_MISMATCH),
        ("1.0.0.dist-info", WheelProblem.NAME_MISMATCH),
        (".dist-info", WheelProblem.NAME_MISMATCH),
        ("pragmatiks_gcp_provider-1.0.1.dist-info", WheelProblem.VERSION_MISMATCH),
        ("pragmatiks_gcp_provider-.dist-info", WheelProblem.VERSION_MISMATCH),
        ("pragmatiks_gcp_provider-snapshot.dist-info", WheelProblem.VERSION_MISMATCH),
        (f"pragmatiks_gcp_provider-{'1' * 5000}.dist-info", WheelProblem.VERSION_MISMATCH),
        (f"{'x' * 5000}-1.0.0.dist-info", WheelProblem.NAME_MISMATCH),
    ],
    ids=range(8),
)
def test_the_dist_info_folder_carries_the_name_and_version_of_the_file(folder: str, problem: WheelProblem) -> None:
    assert _problem(_bent(folder)) is problem


@pytest.mark.parametrize(
    "folder",
    ["Pragmatiks.GCP-Provider-1.0.0.dist-info", "pragmatiks_gcp_provider-1.0.dist-info", f"{_FOLDER}"],
)
def test_names_and_versions_that_are_not_normalised_are_equal_all_the_same(folder: str) -> None:
    assert _prove(_bent(folder)).distribution == "pragmatiks-gcp-provider"


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ("", WheelProblem.METADATA_INVALID),
        ("Name: pragmatiks_gcp_provider\n", WheelProblem.METADATA_INVALID),
        ("Version: 1.0.0\n", WheelProblem.METADATA_INVALID),
        ("\n" + _HEAD, WheelProblem.METADATA_INVALID),
        (_HEAD + "Name: other\n", WheelProblem.METADATA_INVALID),
        (_HEAD + "Version: 2.0.0\n", WheelProblem.METADATA_INVALID),
        (_HEAD.replace("gcp", "aws"), WheelProblem.NAME_MISMATCH),
        ("Name: pragmati\u212as-gcp-provider\nVersion: 1.0.0\n", WheelProblem.NAME_MISMATCH),
        ("Name: pragmatiks_gcp_provider\x00\nVersion: 1.0.0\n", WheelProblem.NAME_MISMATCH),
        ("Name: " + "x" * 100_000 + "\nVersion: 1.0.0\n", WheelProblem.NAME_MISMATCH),
        ("Name:\nVersion: 1.0.0\n", WheelProblem.NAME_MISMATCH),
        (_HEAD.replace("1.0.0", "1.0.1"), WheelProblem.VERSION_MISMATCH),
        (_HEAD.replace("1.0.0", "snapshot"), WheelProblem.VERSION_MISMATCH),
        (_HEAD.replace("1.0.0", "9" * 5000), WheelProblem.VERSION_MISMATCH),
        (_HEAD.replace("1.0.0", "1.0.0+local"), WheelProblem.VERSION_MISMATCH),
        (_HEAD.replace("1.0.0", ""), WheelProblem.VERSION_MISMATCH),
    ],
    ids=range(16),
)
def test_metadata_carries_the_name_and_version_of_the_file(metadata: str, problem: WheelProblem) -> None:
    assert _problem(_bent(METADATA=metadata.encode())) is problem


@pytest.mark.parametrize(
    "metadata", [_HEAD, _HEAD.replace("\n", "\r\n"), _HEAD.replace(": ", ":  ").lower(), _HEAD + "no header\n"]
)
def test_metadata_is_read_leniently(metadata: str) -> None:
    assert _prove(_bent(METADATA=metadata.encode())).filename == _NAME


@pytest.mark.parametrize(
    "wheel", [b"Wheel-Version: 1.0\n", b"Wheel-Version: 1.9\n", b"Generator: x\nWheel-Version: 1.0.0\n"]
)
def test_any_minor_version_of_the_format_is_understood(wheel: bytes) -> None:
    assert _prove(_bent(WHEEL=wheel)).size == 5


@pytest.mark.parametrize(
    "wheel",
    [
        b"",
        b"Wheel-Version: 2.0\n",
        b"Wheel-Version: 10.0\n",
        b"Wheel-Version:\n",
        b"\xff\xfe\x00",
        b"Wheel-Version: 9" * 999,
    ],
)
def test_another_major_version_of_the_format_is_refused(wheel: bytes) -> None:
    assert _problem(_bent(WHEEL=wheel)) is WheelProblem.FORMAT_UNSUPPORTED


def test_metadata_that_nests_messages_without_end_is_read_as_headers_only() -> None:
    body = "Content-Type: message/rfc822\n\n" * 5000

    assert _prove(_bent(METADATA=(_HEAD + body).encode())).filename == _NAME


@pytest.mark.hostile
def test_a_long_body_costs_nothing_and_is_not_taken_for_headers() -> None:
    body = "\n\n" + "a:\n" * 1_000_000 + "Name: other\n"

    assert _prove(_bent(METADATA=(_HEAD + body).encode())).filename == _NAME
    assert _prove(_bent(METADATA=(_HEAD + body).replace("\n", "\r\n").encode())).filename == _NAME


@pytest.mark.hostile
@pytest.mark.parametrize("file", ["METADATA", "WHEEL"])
@pytest.mark.parametrize(
    "flood", ["a:\n" * 400_000, "Summary: x\n" + " \n" * 600_000, "a: " + "b" * 2**20], ids=range(3)
)
def test_a_flood_of_headers_is_refused_before_it_is_held_in_memory(file: str, flood: str) -> None:
    flooded = (_HEAD + "Wheel-Version: 1.0\n" + flood).encode()
    archive = _bent(METADATA=flooded) if file == "METADATA" else _bent(WHEEL=flooded)

    assert _problem(archive) is WheelProblem.METADATA_INVALID


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headers_end_where_installers_say(end: str) -> None:
    metadata = (_HEAD + "Summary: a\nRequires-Python: >=3.11\n\nName: body\n").replace("\n", end)

    assert _prove(_bent(METADATA=metadata.encode())).requires_python == ">=3.11"
    assert _problem(_bent(METADATA=metadata.replace(f"Summary: a{end}", f"Name: x{end}").encode())) is (
        WheelProblem.METADATA_INVALID
    )


@pytest.mark.parametrize("field", ["not a specifier", ">=3,,<4;", "~=3", "", ">=" + "9" * 5000], ids=range(5))
def test_an_unreadable_requires_python_is_dropped(field: str) -> None:
    assert _prove(_bent(METADATA=f"{_HEAD}Requires-Python: {field}\n".encode())).requires_python is None


def test_the_summary_is_one_printable_line_of_bounded_length() -> None:
    found = _prove(_bent(METADATA=(_HEAD + "Summary: a\x1b[31m\n folded\x85" + "b" * 100_000 + "\n").encode())).summary

    assert found is not None
    assert found.startswith("a [31m")
    assert found.isprintable()
    assert len(found) <= 2000


def test_metadata_that_pip_cannot_decode_is_refused() -> None:
    assert _problem(_bent(METADATA=_HEAD.encode() + b"Summary: Gr\xf6\xdfe\n")) is WheelProblem.METADATA_INVALID
    assert _problem(_bent(METADATA=_HEAD.encode() + b"\nGr\xf6\xdfe\n")) is WheelProblem.METADATA_INVALID


def test_declared_import_names_are_taken_from_metadata() -> None:
    archive = _bent(METADATA=f"{_HEAD}Import-Name: gcp_provider.bucket\nImport-Name: _x; private\n".encode())

    assert _prove(archive).package_name == "gcp_provider.bucket"


def test_top_level_is_no_more_than_a_hint_of_bounded_length() -> None:
    files = {path: data for path, data in _archive(a_wheel()).dist_info.items() if not path.endswith("RECORD")}
    files[f"{_FOLDER}/top_level.txt"] = b"pkg\n" * 1_000_000 + b"other\n"
    archive = _holding({**files, f"{_FOLDER}/RECORD": a_record(files, _FOLDER)})

    assert _prove(archive).package_name == "pkg"


def test_top_level_is_asked_last() -> None:
    archive = _archive(a_wheel(files={f"{_FOLDER}/top_level.txt": b"gcp_provider\n\xff\n"}))

    assert _prove(archive).package_name == "gcp_provider"


@pytest.mark.parametrize("package_name", ["gcp_provider", "gcp_provider.bucket"])
def test_an_announced_package_is_in_the_wheel(package_name: str) -> None:
    assert _prove(_archive(a_wheel()), package_name=package_name).package_name == "gcp_provider"


@pytest.mark.parametrize(
    "package_name", ["", "gcp", "gcp_provider.disk", "GCP_Provider", "gcp_provider/bucket", "\ud800"]
)
def test_an_announced_package_that_is_not_in_the_wheel_is_refused(package_name: str) -> None:
    with pytest.raises(WheelRefusedError, match="offers gcp_provider") as refusal:
        _prove(_archive(a_wheel()), package_name=package_name)
    assert refusal.value.problem is WheelProblem.PACKAGE_NOT_IN_WHEEL
    assert refusal.value.code == "package_not_in_wheel"


@given(st.binary(max_size=80), st.binary(max_size=80), st.text())
def test_any_metadata_is_verified_or_refused(metadata: bytes, wheel: bytes, text: str) -> None:
    for archive in (
        _bent(METADATA=_HEAD.encode() + metadata, WHEEL=b"Wheel-Version: 1.0\n" + wheel),
        _bent(METADATA=f"Name: {text}\nVersion: {text}\n".encode("utf-8", "replace")),
        _bent(f"{text}.dist-info"),
    ):
        try:
            proven = _prove(archive)
        except WheelRefusedError:
            continue
        assert proven.distribution == "pragmatiks-gcp-provider"


def test_a_digest_agrees_when_it_is_equal_or_not_announced() -> None:
    digest = Sha256Digest("a" * 64)

    verify_digest(digest, digest)
    verify_digest(None, digest)


def test_another_digest_is_refused_and_both_are_named() -> None:
    with pytest.raises(WheelRefusedError, match=f"{'b' * 64}.*{'a' * 64}") as refusal:
        verify_digest(Sha256Digest("a" * 64), Sha256Digest("b" * 64))
    assert refusal.value.problem is WheelProblem.DIGEST_MISMATCH


def test_the_file_name_carries_the_registered_version_in_pep_440_terms() -> None:
    filename = WheelFilename.parse("pkg-1.0.0rc1-py3-none-any.whl")

    verify_filename(filename, distribution="PKG", version=Version("1.0.0-rc.1"))
    with pytest.raises(WheelRefusedError, match=r"1\.0\.0rc1") as refusal:
        verify_filename(filename, version=Version("1.0.0"))
    assert refusal.value.problem is WheelProblem.VERSION_MISMATCH


def test_the_file_name_is_of_the_claimed_distribution() -> None:
    with pytest.raises(WheelRefusedError, match="'pkg', not 'other'") as refusal:
        verify_filename(WheelFilename.parse("pkg-1.0-py3-none-any.whl"), distribution="other")
    assert refusal.value.problem is WheelProblem.NAME_MISMATCH
