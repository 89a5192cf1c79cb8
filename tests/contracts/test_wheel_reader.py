"""What every reader of wheels promises, whatever it is built on."""

import io
import stat
import struct
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wheel.archive_caps import ArchiveCaps
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.wheel_reader import WheelReader
from domain.errors import WheelFault, WheelRefusedError
from domain.wheels import WheelArchive
from tests.builders import a_wheel

_FOLDER = "pragmatiks_gcp_provider-1.0.0.dist-info"
_END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
_Read = Callable[[bytes], WheelArchive]


@pytest.fixture
def reader() -> WheelReader:
    return ZipWheelReader()


def _an_archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, data in members:
            archive.writestr(_info(path, method), data)
    return buffer.getvalue()


def _info(path: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x", date_time=(2026, 1, 1, 0, 0, 0))
    info.filename = path  # the constructor would repair it
    info.compress_type = method
    return info


def _renamed(old: bytes, new: bytes) -> bytes:
    """Return an archive whose only member goes by another name of the same length in both headers."""
    assert len(old) == len(new)
    return _an_archive((old.decode(), b"data")).replace(old, new)


def _read(data: bytes, reader: WheelReader) -> WheelArchive:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "wheel")
        path.write_bytes(data)
        return anyio.run(reader.read, path)


def _refusal(data: bytes, reader: WheelReader) -> WheelRefusedError:
    with pytest.raises(WheelRefusedError) as refusal:
        _read(data, reader)
    return refusal.value


def test_all_files_are_named_and_those_directly_in_dist_info_are_read(reader: WheelReader) -> None:
    data = a_wheel(files={"gcp_provider/__init__.py": b"x = 1\n", f"{_FOLDER}/licenses/LICENSE": b"MIT"})

    found = _read(data, reader)

    assert set(found.members) == {
        "gcp_provider/__init__.py",
        f"{_FOLDER}/licenses/LICENSE",
        *(f"{_FOLDER}/{name}" for name in ("METADATA", "WHEEL", "RECORD")),
    }
    assert set(found.dist_info) == {f"{_FOLDER}/{name}" for name in ("METADATA", "WHEEL", "RECORD")}
    assert found.dist_info[f"{_FOLDER}/WHEEL"].startswith(b"Wheel-Version: 1.0\n")


def test_folders_are_left_out(reader: WheelReader) -> None:
    assert _read(_an_archive(("pkg/", b""), ("pkg/__init__.py", b"")), reader).members == ("pkg/__init__.py",)


def test_stored_members_and_names_in_utf_8_are_read(reader: WheelReader) -> None:
    data = _an_archive(("x-1.dist-info/Größe", b"data"), method=zipfile.ZIP_STORED)

    assert _read(data, reader).dist_info == {"x-1.dist-info/Größe": b"data"}


def test_zip64_archives_are_read(reader: WheelReader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("pkg/a.py", "w", force_zip64=True) as member:
        member.write(b"x")

    assert _read(buffer.getvalue(), reader).members == ("pkg/a.py",)


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>no such file</html>", b"\x00" * 100_000])
def test_what_is_no_archive_is_refused(data: bytes, reader: WheelReader) -> None:
    assert _refusal(data, reader).fault is WheelFault.NOT_AN_ARCHIVE


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x.py", "pkg/../../x.py", "C:/x.py", "pkg//x.py", "pkg/./x.py", "./x.py", "", "/", "a//"],
)
def test_paths_that_leave_their_folder_or_have_two_spellings_are_refused(path: str, reader: WheelReader) -> None:
    refusal = _refusal(_an_archive((path, b"")), reader)

    assert refusal.fault is WheelFault.NOT_AN_ARCHIVE
    assert "relative path" in refusal.detail


@pytest.mark.parametrize(
    "name", [b"pkg/a\nb.py", b"pkg/a\x00b.py", b"pkg\\\\ab.py", b"pkg/a\x7fb.py", b"pkg/a\x1bb.py"]
)
def test_names_with_control_characters_or_backslashes_are_refused(name: bytes, reader: WheelReader) -> None:
    refusal = _refusal(_renamed(b"pkg/" + b"x" * (len(name) - 4), name), reader)

    assert refusal.fault is WheelFault.NOT_AN_ARCHIVE
    assert "control character or a backslash" in refusal.detail


def test_a_name_given_twice_is_refused(reader: WheelReader) -> None:
    data = _an_archive(("pkg/a.py", b"1"), ("pkg/b.py", b"2")).replace(b"pkg/b.py", b"pkg/a.py")

    assert "'pkg/a.py' twice" in _refusal(data, reader).detail


def test_a_symbolic_link_is_refused(reader: WheelReader) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = _info("pkg/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")

    assert "symbolic link" in _refusal(buffer.getvalue(), reader).detail


@pytest.mark.parametrize("flag", [0x0001, 0x0040, 0x2000])
def test_encrypted_members_are_refused(flag: int, reader: WheelReader) -> None:
    data = bytearray(_an_archive(("pkg/a.py", b"x")))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, flag)

    assert "encrypted" in _refusal(bytes(data), reader).detail


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_are_neither_stored_nor_deflated_are_refused(method: int, reader: WheelReader) -> None:
    assert "neither stored nor deflated" in _refusal(_an_archive(("a.py", b"x"), method=method), reader).detail


@pytest.mark.parametrize("path", [f"{_FOLDER}/METADATA", "gcp_provider/bucket.py"])
def test_a_wrong_crc_is_refused_wherever_it_is(path: str, reader: WheelReader) -> None:
    data = bytearray(a_wheel())
    entry = data.rindex(path.encode()) - 46  # in the central directory, which comes last
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 16] ^= 0xFF

    assert _refusal(bytes(data), reader).fault is WheelFault.NOT_AN_ARCHIVE


def test_data_that_is_no_deflate_stream_is_refused(reader: WheelReader) -> None:
    data = bytearray(_an_archive(("a.py", b"x = 1\n" * 50)))
    data[30 + len("a.py")] = 0xFF  # a block type that does not exist

    assert _refusal(bytes(data), reader).fault is WheelFault.NOT_AN_ARCHIVE


def test_a_directory_beyond_the_cap_is_refused_before_it_is_read(reader: WheelReader) -> None:
    size = 20 * 1024 * 1024
    end = _END_OF_DIRECTORY.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, 0, 0)

    assert "directory is too large" in _refusal(b"\x00" * size + end, reader).detail


def test_more_members_than_the_cap_are_refused() -> None:
    data = _an_archive(*((f"m{number}.py", b"") for number in range(4)))

    assert _refusal(data, ZipWheelReader(ArchiveCaps(members=3))).fault is WheelFault.INFLATES_TOO_FAR
    assert len(_read(data, ZipWheelReader(ArchiveCaps(members=4))).members) == 4


def test_what_inflates_beyond_the_total_cap_is_refused() -> None:
    data = _an_archive(("a.bin", b"\x00" * 600), ("b.bin", b"\x00" * 600))

    assert _refusal(data, ZipWheelReader(ArchiveCaps(inflated_bytes=1199))).fault is WheelFault.INFLATES_TOO_FAR
    assert len(_read(data, ZipWheelReader(ArchiveCaps(inflated_bytes=1200))).members) == 2


def test_a_dist_info_folder_beyond_its_cap_is_refused_and_the_payload_does_not_count() -> None:
    data = _an_archive(
        ("x-1.dist-info/METADATA", b"m" * 60), ("x-1.dist-info/RECORD", b"r" * 60), ("x/a.py", b"p" * 1000)
    )

    assert "dist-info" in _refusal(data, ZipWheelReader(ArchiveCaps(dist_info_bytes=119))).detail
    assert len(_read(data, ZipWheelReader(ArchiveCaps(dist_info_bytes=120))).members) == 3


def test_the_ratio_binds_only_beyond_the_unrated_bytes() -> None:
    data = _an_archive(("zeros.bin", b"\x00" * 1_000_000))

    assert _refusal(data, ZipWheelReader(ArchiveCaps(unrated_bytes=999_999))).fault is WheelFault.INFLATES_TOO_FAR
    assert _read(data, ZipWheelReader(ArchiveCaps(unrated_bytes=1_000_000))).members == ("zeros.bin",)
    assert _read(data, ZipWheelReader(ArchiveCaps(unrated_bytes=0, ratio=1000))).members == ("zeros.bin",)


def test_a_member_that_declares_less_than_it_inflates_to_is_refused(reader: WheelReader) -> None:
    data = bytearray(_an_archive(("zeros.bin", b"\x00" * 1_000_000)))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", data, data.index(signature) + offset, 10)

    assert _refusal(bytes(data), reader).fault is WheelFault.NOT_AN_ARCHIVE


async def test_reading_happens_off_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    really = zipfile.ZipFile.infolist

    def infolist(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        threads.append(threading.current_thread())
        return really(archive)

    monkeypatch.setattr(zipfile.ZipFile, "infolist", infolist)
    path = tmp_path / "wheel"
    path.write_bytes(a_wheel())

    await ZipWheelReader().read(path)

    assert threads
    assert threading.current_thread() not in threads


async def test_a_cancelled_read_ends(tmp_path: Path) -> None:
    path = tmp_path / "wheel"
    path.write_bytes(a_wheel())

    with anyio.CancelScope() as scope:
        scope.cancel()
        await ZipWheelReader().read(path)

    assert scope.cancelled_caught


async def test_a_missing_file_is_not_blamed_on_the_wheel(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await ZipWheelReader().read(tmp_path / "gone")


_WHEEL = a_wheel()


@given(st.lists(st.tuples(st.integers(0, len(_WHEEL) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_flipped_bytes_are_read_or_refused_and_nothing_else(changes: list[tuple[int, int]]) -> None:
    data = bytearray(_WHEEL)
    for place, value in changes:
        data[place] = value

    _read_or_refuse(bytes(data))


@given(st.integers(0, len(_WHEEL)), st.integers(0, len(_WHEEL)), st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_cut_and_spliced_archives_are_read_or_refused_and_nothing_else(start: int, end: int, spliced: bytes) -> None:
    _read_or_refuse(_WHEEL[:start] + spliced + _WHEEL[end:])


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_hostile_headers_are_read_or_refused_and_nothing_else(choice: st.DataObject) -> None:
    """Headers take extreme values more often than flipped bytes would give them."""
    data = bytearray(_WHEEL)
    signature, length = choice.draw(st.sampled_from([(b"PK\x01\x02", 46), (b"PK\x03\x04", 30), (b"PK\x05\x06", 22)]))
    start = data.index(signature)
    for _ in range(choice.draw(st.integers(1, 3))):
        place = start + choice.draw(st.integers(4, length - 4))
        data[place : place + 4] = choice.draw(st.sampled_from([b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f"]))

    _read_or_refuse(bytes(data))


def _read_or_refuse(data: bytes) -> None:
    try:
        found = _read(data, ZipWheelReader())
    except WheelRefusedError as refusal:
        assert refusal.detail  # noqa: PT017 - both ways are fine; any other exception is the failure
    else:
        assert set(found.dist_info) <= set(found.members)
