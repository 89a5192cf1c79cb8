"""What every reader of wheels promises, whatever it is built on."""

import asyncio
import hashlib
import os
import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import anyio
import anyio.to_thread
import pytest

from adapters.wheel.archive_source import ArchiveCaps, ArchiveFile
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.errors import SpoolUnavailableError
from application.ports.wheel_fetcher import WheelContent
from application.ports.wheel_reader import WheelReader
from domain.errors import WheelProblem, WheelRefusedError
from tests.builders import a_wheel
from tests.support.archives import STORED, Archive, Part, with_part

_FOLDER = "pragmatiks_gcp_provider-1.0.0.dist-info"
_MIB = 1024 * 1024
Hold: TypeAlias = Callable[[bytes], WheelContent]


@pytest.fixture
def reader() -> WheelReader:
    return ZipWheelReader()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wheel"


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture(params=["memory", "disk"])
def hold(request: pytest.FixtureRequest, path: Path) -> Hold:
    return bytes if request.param == "memory" else partial(_write, path)


async def _refusal(reader: WheelReader, content: WheelContent) -> WheelRefusedError:
    with pytest.raises(WheelRefusedError) as refusal:
        await reader.read(content)
    return refusal.value


async def test_all_files_are_named_and_those_directly_in_dist_info_are_read(reader: WheelReader, hold: Hold) -> None:
    content = hold(a_wheel(files={"gcp_provider/__init__.py": b"x = 1\n", f"{_FOLDER}/licenses/LICENSE": b"MIT"}))

    found = await reader.read(content)

    assert found.paths == (
        "gcp_provider/__init__.py",
        f"{_FOLDER}/licenses/LICENSE",
        *(f"{_FOLDER}/{name}" for name in ("METADATA", "WHEEL", "RECORD")),
    )
    assert set(found.dist_info) == {f"{_FOLDER}/{name}" for name in ("METADATA", "WHEEL", "RECORD")}
    assert found.dist_info[f"{_FOLDER}/WHEEL"].startswith(b"Wheel-Version: 1.0\n")


async def test_every_file_has_its_size_and_sha_256(reader: WheelReader, hold: Hold) -> None:
    data = random.Random(0).randbytes(3 * _MIB) + b"x" * 9 * _MIB
    content = hold(a_wheel(files={"a.bin": data, "empty.py": b""}))

    large, empty = (await reader.read(content)).members[:2]

    assert (large.path, large.size, large.digests) == ("a.bin", len(data), {"sha256": hashlib.sha256(data).digest()})
    assert (empty.path, empty.size, empty.digests) == ("empty.py", 0, {"sha256": hashlib.sha256().digest()})


async def test_the_algorithm_that_record_names_is_computed_too(reader: WheelReader, hold: Hold) -> None:
    record = b"a.py,sha512=x,\nb\\b.py,blake2b=x,\nc.py,md5=x,\nd.py,sha256=x,\n"
    parts = [Part(name=name, data=b"1") for name in (b"a.py", b"b/b.py", b"c.py", b"d.py")]
    content = hold(Archive(parts=[*parts, Part(name=b"x-1.dist-info/RECORD", data=record)]).build())

    found = {member.path: member.digests for member in (await reader.read(content)).members}

    assert [set(found[name]) for name in ("a.py", "b/b.py", "c.py", "d.py")] == [
        {"sha256", "sha512"},
        {"sha256", "blake2b"},
        {"sha256"},
        {"sha256"},
    ]
    assert found["a.py"]["sha512"] == hashlib.sha512(b"1").digest()
    assert found["b/b.py"]["blake2b"] == hashlib.blake2b(b"1").digest()


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>no such file</html>", b"\x00" * 100_000])
async def test_what_is_no_archive_is_refused(data: bytes, reader: WheelReader, hold: Hold) -> None:
    content = hold(data)

    assert (await _refusal(reader, content)).problem is WheelProblem.NOT_AN_ARCHIVE


async def test_what_inflates_beyond_the_total_cap_is_refused(hold: Hold) -> None:
    content = hold(Archive(parts=[Part(name=b"a", data=b"\x00" * 600), Part(name=b"b", data=b"\x00" * 600)]).build())

    refusal = await _refusal(ZipWheelReader(ArchiveCaps(inflated_bytes=1199)), content)

    assert refusal.problem is WheelProblem.INFLATES_TOO_FAR
    assert len((await ZipWheelReader(ArchiveCaps(inflated_bytes=1200)).read(content)).members) == 2


async def test_a_dist_info_folder_beyond_its_cap_is_refused_and_the_payload_does_not_count(hold: Hold) -> None:
    sizes = {b"x-1.dist-info/METADATA": 60, b"x-1.dist-info/RECORD": 60, b"x/a.py": 1000}
    content = hold(Archive(parts=[Part(name=name, data=b"m" * size) for name, size in sizes.items()]).build())

    assert "dist-info" in (await _refusal(ZipWheelReader(ArchiveCaps(dist_info_bytes=119)), content)).detail
    assert len((await ZipWheelReader(ArchiveCaps(dist_info_bytes=120)).read(content)).members) == 3


async def test_the_ratio_binds_only_beyond_the_unrated_bytes(hold: Hold) -> None:
    content = hold(Archive(parts=[Part(data=b"\x00" * 1_000_000)]).build())

    refusal = await _refusal(ZipWheelReader(ArchiveCaps(unrated_bytes=999_999)), content)

    assert refusal.problem is WheelProblem.INFLATES_TOO_FAR
    assert len((await ZipWheelReader(ArchiveCaps(unrated_bytes=1_000_000)).read(content)).members) == 1
    assert len((await ZipWheelReader(ArchiveCaps(unrated_bytes=0, ratio=1000)).read(content)).members) == 1


async def test_memory_stays_flat_whatever_the_size(reader: WheelReader, path: Path) -> None:
    parts = [Part(name=b"a", data=b"\x00" * 50 * _MIB), Part(name=b"b", data=os.urandom(30 * _MIB), method=STORED)]
    _write(path, Archive(parts=parts).build())
    del parts

    tracemalloc.start()
    try:
        await reader.read(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 8 * _MIB


async def test_a_missing_file_is_not_blamed_on_the_wheel(reader: WheelReader, path: Path) -> None:
    with pytest.raises(SpoolUnavailableError):
        await reader.read(path)


async def test_a_failing_disk_is_not_blamed_on_the_wheel(
    reader: WheelReader, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(path, a_wheel())

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(SpoolUnavailableError):
        await reader.read(path)


class _Gate:
    """Stands in the way of the disk: the reader's thread waits at its tenth read until it is let through."""

    def __init__(self) -> None:
        self.arrived, self.let_through, self.closed = threading.Event(), threading.Event(), threading.Event()
        self.threads: set[int] = set()
        self.reads = 0
        self._pread = os.pread

    def pread(self, descriptor: int, length: int, offset: int) -> bytes:
        self.threads.add(threading.get_ident())
        self.reads += 1
        if self.reads == 10:
            self.arrived.set()
            assert self.let_through.wait(30)
        return self._pread(descriptor, length, offset)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Gate]:
    gate, leave = _Gate(), ArchiveFile.__exit__

    def closing(file: ArchiveFile, *error: object) -> None:
        leave(file, *error)  # type: ignore[arg-type]  # passed on as they came
        if gate.arrived.is_set():  # and not the one that was looked into before
            gate.closed.set()

    monkeypatch.setattr(os, "pread", gate.pread)
    monkeypatch.setattr(ArchiveFile, "__exit__", closing)
    yield gate
    gate.let_through.set()


@pytest.fixture
def many_files(path: Path) -> Path:
    path.write_bytes(with_part(*(Part(name=b"%d.py" % number, data=b"x") for number in range(1000))))
    return path


async def test_reading_happens_off_the_event_loop(reader: WheelReader, gate: _Gate, many_files: Path) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reader.read, many_files)
        await anyio.to_thread.run_sync(gate.arrived.wait, 30)
        gate.let_through.set()  # the event loop runs while the reader waits for the disk

    assert gate.reads > 1000
    assert threading.get_ident() not in gate.threads


@pytest.mark.parametrize(("size", "at_once"), [(1000, True), (1_000_000, False)])
async def test_a_small_archive_is_read_at_once_unless_it_becomes_large(
    reader: WheelReader, path: Path, monkeypatch: pytest.MonkeyPatch, size: int, at_once: bool
) -> None:
    _write(path, with_part(Part(name=b"zeros.py", data=bytes(size))))
    threads: set[int] = set()
    pread = os.pread

    def noting(descriptor: int, length: int, offset: int) -> bytes:
        threads.add(threading.get_ident())
        return pread(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", noting)
    await reader.read(path)
    assert (threads == {threading.get_ident()}) is at_once


async def test_a_read_in_a_cancelled_scope_ends(reader: WheelReader, gate: _Gate, many_files: Path) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reader.read, many_files)
        await anyio.to_thread.run_sync(gate.arrived.wait, 30)
        tasks.cancel_scope.cancel()
    gate.let_through.set()

    assert await anyio.to_thread.run_sync(gate.closed.wait, 30)
    assert gate.reads < 20


async def test_a_read_in_a_cancelled_task_ends(reader: WheelReader, gate: _Gate, many_files: Path) -> None:
    task = asyncio.create_task(reader.read(many_files))
    await anyio.to_thread.run_sync(gate.arrived.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.let_through.set()

    assert await anyio.to_thread.run_sync(gate.closed.wait, 30)
    assert gate.reads < 20
