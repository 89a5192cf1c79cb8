"""What a client that verifies the transparency log accepts, beyond what one whole registry shows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import ed25519
from domain.log.checkpoints import Checkpoint
from domain.log.notes import SigningKey, VerifierKey
from entrypoints.client.log_audit import LogAudit, LogRefusedError
from entrypoints.client.retrying_client import RetryingClient, new_http_client
from entrypoints.log_keys import ed25519_verifier

ORIGIN = "registry.example.com/log"
OTHER = SigningKey.of(ORIGIN, bytes(32), ed25519.public_key)


@pytest.fixture
def audit() -> Iterator[LogAudit]:
    with new_http_client(None) as http:
        client = RetryingClient(http, lambda _: None)
        yield LogAudit(client, "http://127.0.0.1:1", [VerifierKey(ORIGIN, bytes(32))], ed25519_verifier())


def _checkpoint(size: int, root: bytes = bytes(32), origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, size, root)


def _note(size: int) -> bytes:
    return str(_checkpoint(size).signed([OTHER], ed25519.sign)).encode()


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("new", "code"),
    [
        (_checkpoint(4), "log_went_back"),
        (_checkpoint(5, b"\x01" * 32), "log_forked"),
        (_checkpoint(6, origin="other.example.com/log"), "log_replaced"),
    ],
)
def test_a_log_that_did_not_only_grow_is_refused(audit: LogAudit, new: Checkpoint, code: str) -> None:
    with pytest.raises(LogRefusedError) as refused:
        audit.verify_growth(_checkpoint(5), new)

    assert refused.value.code == code


def test_a_log_that_stayed_is_accepted(audit: LogAudit) -> None:
    audit.verify_growth(_checkpoint(5), _checkpoint(5))


@pytest.mark.hostile
@pytest.mark.parametrize("kept", [b"", bytes(200), b"registry.example.com/log\n", _note(0)])
def test_what_was_kept_and_is_no_checkpoint_is_refused(audit: LogAudit, tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "kept").write_bytes(kept)

    with pytest.raises(LogRefusedError) as refused:
        audit.read_kept(tmp_path / "kept")

    assert refused.value.code == "log_checkpoint_invalid"


def test_what_another_key_signed_and_was_kept_still_counts(audit: LogAudit, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(_note(5))

    assert audit.read_kept(tmp_path / "kept") == _checkpoint(5)
    assert audit.read_kept(tmp_path / "none") is None
