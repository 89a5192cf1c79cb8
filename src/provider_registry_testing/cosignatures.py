"""The contract of what keeps cosignatures of the transparency log."""

import pytest

from domain.log.notes import Note, NoteSignature
from provider_registry_testing.builders import a_version
from provider_registry_testing.logs import ORIGIN, LogStore, append_to, open_log
from provider_registry_testing.writes import VersionStore, put


def _cosignature(witness: str, size: int, signature: bytes = b"signed") -> tuple[str, int, bytes]:
    return witness, size, f"{NoteSignature(witness, bytes(4), signature).line}\n".encode()


@pytest.mark.anyio
class CosignaturesContract:
    """What every ``Cosignatures`` and its ``LogQueries`` promise.

    A subclass has the fixtures ``store`` and ``log``, which return empty adapters for the same versions.
    """

    async def test_the_newest_cosignature_of_each_witness_is_read_with_its_checkpoint(
        self, store: VersionStore, log: LogStore
    ) -> None:
        await open_log(log)
        await append_to(log)
        note = await log.find_checkpoint() or b""
        for line in (
            _cosignature("w2", 1),
            _cosignature("w1", 1, b"earlier"),
            _cosignature("w1", 1),
            _cosignature("w3", 9),
        ):
            await log.keep_cosignature(*line)
        assert await log.find_checkpoint() == note + _cosignature("w1", 1)[2] + _cosignature("w2", 1)[2]
        await put(store, a_version())
        await append_to(log)
        newer = await log.find_checkpoint() or b""
        assert [signature.name for signature in Note.parse(newer).signatures] == [ORIGIN]
        await log.keep_cosignature(*_cosignature("w1", 2))
        await log.keep_cosignature(*_cosignature("w1", 1))
        assert await log.find_checkpoint() == newer + _cosignature("w1", 2)[2]
