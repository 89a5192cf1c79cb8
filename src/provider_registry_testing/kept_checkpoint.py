"""The contract of what keeps the last checkpoint."""

from application.ports.kept_checkpoint import KeptCheckpoint


class KeptCheckpointContract:
    """Subclass it with a fixture ``kept``, which is empty."""

    async def test_nothing_is_kept_at_first(self, kept: KeptCheckpoint) -> None:
        assert await kept.read() is None

    async def test_the_last_one_is_kept(self, kept: KeptCheckpoint) -> None:
        for note in (b"first\n", b"second, which is longer\n", b"third\n"):
            await kept.replace(note)
            assert await kept.read() == note
