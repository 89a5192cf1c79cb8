"""What witnesses are asked and answer, as C2SP tlog-witness and tlog-cosignature have it."""

from base64 import b64encode
from typing import Any

import pytest

from domain.log.checkpoints import Checkpoint, read_hash
from domain.log.merkle import InvalidProofError, verify_consistency
from domain.log.notes import InvalidKeyError, InvalidNoteError, Note, NoteSignature
from domain.log.witnesses import (
    MAX_PROOF_HASHES,
    Declined,
    OtherSize,
    WitnessKey,
    cosignature_of,
    read_other_size,
    request_body,
)
from tests.support.log_vectors import log_vectors, sign, verify

_KEYS: dict[str, Any] = log_vectors()["keys"]
_CHECKPOINTS: dict[str, Any] = log_vectors()["checkpoints"]
_REQUESTS: dict[str, str] = log_vectors()["add_checkpoint"]
_WITNESS = WitnessKey.parse(_KEYS["witness"]["vkey"])
_NOTE = Note.parse(_CHECKPOINTS["size_5"].encode())
_LINE: bytes = _CHECKPOINTS["cosignature_line"].encode()
_TIME: int = _CHECKPOINTS["cosignature_time"]


def _signed(time: int, text: str = _NOTE.text, name: str = _WITNESS.name, spoilt: int = 0) -> bytes:
    signature = bytearray(
        sign(bytes.fromhex(_KEYS["witness"]["seed"]), f"cosignature/v1\ntime {time}\n{text}".encode())
    )
    signature[0] ^= spoilt
    return f"{NoteSignature(name, _WITNESS.id, time.to_bytes(8, 'big') + signature).line}\n".encode()


def test_the_first_request_has_no_proof() -> None:
    note = Note.parse(_CHECKPOINTS["size_3"].encode())

    assert request_body(0, [], note).decode() == _REQUESTS["old_0"]


def test_a_later_request_has_the_consistency_proof() -> None:
    head, _, _ = _REQUESTS["old_3"].partition("\n\n")
    proof = [read_hash(line) for line in head.split("\n")[1:]]
    small, large = (Checkpoint.parse(Note.parse(_CHECKPOINTS[name].encode()).text) for name in ("size_3", "size_5"))

    assert request_body(3, proof, _NOTE).decode() == _REQUESTS["old_3"]
    verify_consistency(old=3, new=5, old_root=small.root, new_root=large.root, proof=proof)
    with pytest.raises(InvalidProofError):
        verify_consistency(old=3, new=5, old_root=large.root, new_root=large.root, proof=proof)


def test_no_proof_is_longer_than_any_tree_needs() -> None:
    request_body(1, [bytes(32)] * MAX_PROOF_HASHES, _NOTE)
    with pytest.raises(ValueError, match="63"):
        request_body(1, [bytes(32)] * (MAX_PROOF_HASHES + 1), _NOTE)


def test_a_cosignature_is_found_among_those_of_others() -> None:
    other = f"{NoteSignature('witness.example.org/w2', b'1234', b'x' * 72).line}\n".encode()

    found = cosignature_of(_WITNESS, _NOTE.text, other + _LINE + other, verify)

    assert found == _LINE
    assert str(_NOTE).encode() + found == _CHECKPOINTS["size_5_cosigned"].encode()
    assert _signed(_TIME) == _LINE


@pytest.mark.hostile
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"cosigned",
        _LINE[:-1],
        _LINE + b"\n",
        b"\n" + _LINE,
        _LINE + _LINE,
        b"a line\n\n" + _LINE,
        _LINE * 17,
        _signed(_TIME, text=Note.parse(_CHECKPOINTS["size_3"].encode()).text),
        _signed(_TIME, name="witness.example.org/w2"),
        _signed(_TIME, spoilt=1),
        _signed(0),
        _signed(2**63),
        _LINE.replace(b"LUSmCg==", b"LUSm"),
        b"\xff" + _LINE,
        b"x" * 2_000_000,
    ],
)
def test_an_answer_without_exactly_one_valid_cosignature_is_refused(answer: bytes) -> None:
    with pytest.raises(InvalidNoteError):
        cosignature_of(_WITNESS, _NOTE.text, answer, verify)


@pytest.mark.parametrize(("body", "size"), [(b"0", 0), (b"5\n", 5), (b"9223372036854775807", 2**63 - 1)])
def test_the_size_that_a_witness_has_is_read(body: bytes, size: int) -> None:
    assert read_other_size(body) == OtherSize(size)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "body", [b"", b"-1", b"05", b"5 ", b"5\n\n", b"five", "\u0665".encode(), b"9223372036854775808", b"9" * 5_000]
)
def test_what_is_no_size_is_no_answer(body: bytes) -> None:
    assert isinstance(read_other_size(body), Declined)


@pytest.mark.hostile
@pytest.mark.parametrize(
    "written",
    [
        "",
        "a+480e2ca5",
        _KEYS["log"]["vkey"],
        _KEYS["witness"]["vkey"].replace("480e2ca5", "480e2ca6"),
        _KEYS["witness"]["vkey"].replace("/w1+", "/w2+"),
        _KEYS["witness"]["vkey"][:-4],
        f"witness.example.org/w1+480e2ca5+{b64encode(bytes(33)).decode()}",
    ],
)
def test_what_is_no_key_of_a_witness_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(InvalidKeyError) as refused:
        WitnessKey.parse(written)

    assert not written or written not in str(refused.value)
