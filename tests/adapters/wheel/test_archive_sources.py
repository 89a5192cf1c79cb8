"""What an archive points to is read alike in memory and on disk, and nothing that it does not hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wheel.archive_source import ArchiveSource, opened
from domain.errors import WheelProblem, WheelRefusedError

DATA = bytes(range(50))


@pytest.fixture(scope="module", params=["memory", "disk"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveSource]:
    with opened(DATA if request.param == "memory" else _on_disk(tmp_path_factory.mktemp("archive"))) as source:
        yield source


def _on_disk(folder: Path) -> Path:
    path = folder / "wheel"
    path.write_bytes(DATA)
    return path


@given(offset=st.integers(-60, 60), length=st.integers(0, 60))
def test_exactly_the_bytes_that_were_asked_for_come(source: ArchiveSource, offset: int, length: int) -> None:
    if 0 <= offset <= offset + length <= len(DATA):
        assert source.read(offset, length) == DATA[offset : offset + length]
        return
    with pytest.raises(WheelRefusedError) as refusal:
        source.read(offset, length)
    assert refusal.value.problem is WheelProblem.ARCHIVE_FRAMING


def test_the_size_is_known(source: ArchiveSource) -> None:
    assert source.size == len(DATA)
