"""The shipped contract of what keeps the last checkpoint, kept by every adapter."""

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.checkpoint_file import CheckpointFile
from adapters.memory.kept_checkpoint import InMemoryCheckpoint
from application.errors import CheckpointNotKeptError
from application.ports.kept_checkpoint import KeptCheckpoint
from provider_registry_testing.kept_checkpoint import KeptCheckpointContract


class TestInMemoryCheckpoint(KeptCheckpointContract):
    @pytest.fixture
    def kept(self) -> KeptCheckpoint:
        return InMemoryCheckpoint()


class TestCheckpointFile(KeptCheckpointContract):
    @pytest.fixture
    def kept(self, tmp_path: Path) -> KeptCheckpoint:
        return CheckpointFile(tmp_path / "log.key.checkpoint")

    def test_another_process_reads_it_and_nothing_else_is_left(self, tmp_path: Path) -> None:
        path = tmp_path / "log.key.checkpoint"
        asyncio.run(CheckpointFile(path).replace(b"first\n"))
        asyncio.run(CheckpointFile(path).replace(b"second\n"))

        assert asyncio.run(CheckpointFile(path).read()) == b"second\n"
        assert list(tmp_path.iterdir()) == [path]
        assert stat.S_IMODE(path.stat().st_mode) == 0o644

    async def test_a_file_that_cannot_be_written_or_read_says_which(self, tmp_path: Path) -> None:
        for path in (tmp_path / "absent" / "kept", tmp_path):
            with pytest.raises(CheckpointNotKeptError, match="REGISTRY_LOG_CHECKPOINT_FILE"):
                await CheckpointFile(path).replace(b"first\n")
        with pytest.raises(CheckpointNotKeptError, match=str(tmp_path)):
            await CheckpointFile(tmp_path).read()
