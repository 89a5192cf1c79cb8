"""Keys, notes, checkpoints and proof files, as Go writes them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.log.checkpoints import Checkpoint, open_checkpoint
from domain.log.merkle import leaf_hash, verify_inclusion
from domain.log.notes import InvalidKeyError, InvalidNoteError, Note, SigningKey, VerifierKey, sign_note
from domain.log.proof_file import ProofFile
from tests.support.log_vectors import log_vectors, public_key, sign, verify

_KEYS: dict[str, Any] = log_vectors()["keys"]
_CHECKPOINTS: dict[str, Any] = log_vectors()["checkpoints"]
_LOG = VerifierKey.parse(_KEYS["log"]["vkey"])
_NEXT = VerifierKey.parse(_KEYS["log_next"]["vkey"])


def _signing(name: str) -> SigningKey:
    return SigningKey.parse(_KEYS[name]["skey"], public_key)


@pytest.mark.parametrize("name", ["log", "log_next"])
def test_a_key_is_written_as_go_writes_it(name: str) -> None:
    key = SigningKey.of("registry.example.com/log", bytes.fromhex(_KEYS[name]["seed"]), public_key)

    assert key.reveal() == _KEYS[name]["skey"]
    assert str(key.verifier) == _KEYS[name]["vkey"]
    assert _signing(name) == key
    assert VerifierKey.parse(_KEYS[name]["vkey"]) == key.verifier
    assert key.verifier.id.hex() == _KEYS[name]["key_id"]


def test_no_signing_key_shows_itself() -> None:
    key = _signing("log")

    assert key.reveal().split("+")[-1] not in f"{key!r} {key}"
    assert repr(key.seed) not in f"{key!r} {key}"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "a+b8183496",
        _KEYS["log"]["vkey"].replace("b8183496", "b8183497"),
        _KEYS["log"]["vkey"].replace("/log+", "/other+"),
        _KEYS["log"]["vkey"][:-4],
        _KEYS["witness"]["vkey"],
        "a b" + _KEYS["log"]["vkey"],
        "+b8183496+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(InvalidKeyError) as refused:
        VerifierKey.parse(written)
    assert "AQOh" not in str(refused.value)
    with pytest.raises(InvalidKeyError):
        SigningKey.parse(written, public_key)
    with pytest.raises(InvalidKeyError):
        SigningKey.parse("PRIVATE+KEY+" + written, public_key)


@pytest.mark.parametrize("size", [0, 3, 5])
def test_a_checkpoint_is_signed_with_the_bytes_of_the_vectors(size: int) -> None:
    roots = log_vectors()["events"]["roots_by_size"]
    checkpoint = Checkpoint(_LOG.name, size, bytes.fromhex(roots[size]))

    assert str(checkpoint.signed([_signing("log")], sign)) == _CHECKPOINTS[f"size_{size}"]
    assert open_checkpoint(_CHECKPOINTS[f"size_{size}"].encode(), [_LOG], verify) == checkpoint


def test_two_keys_sign_while_one_takes_the_place_of_the_other() -> None:
    root = bytes.fromhex(log_vectors()["events"]["roots_by_size"][5])

    note = Checkpoint(_LOG.name, 5, root).signed([_signing("log"), _signing("log_next")], sign)

    assert str(note) == _CHECKPOINTS["size_5_two_log_keys"]
    for keys in ([_LOG], [_NEXT], [_LOG, _NEXT]):
        assert open_checkpoint(str(note).encode(), keys, verify).size == 5


def test_signatures_of_others_are_ignored_and_kept() -> None:
    written = _CHECKPOINTS["size_5_cosigned"]

    assert open_checkpoint(written.encode(), [_LOG], verify).size == 5
    assert str(Note.parse(written.encode())) == written


def test_a_key_signs_only_for_its_own_log() -> None:
    with pytest.raises(ValueError, match="keys must be those"):
        Checkpoint("registry.example.com/other", 5, bytes(32)).signed([_signing("log")], sign)


@pytest.mark.hostile
@pytest.mark.parametrize("why", log_vectors()["negative"]["checkpoints"])
def test_a_checkpoint_that_no_client_may_accept_is_refused(why: str) -> None:
    with pytest.raises(InvalidNoteError):
        open_checkpoint(log_vectors()["negative"]["checkpoints"][why].encode(), [_LOG], verify)


def test_published_examples_of_others_are_read() -> None:
    example = log_vectors()["published_examples"]["c2sp_signed_note"]

    key = VerifierKey.parse(example["vkey"])

    assert Note.parse(example["note"].encode()).verified([key], verify) == [key]
    assert VerifierKey.parse(log_vectors()["published_examples"]["sum_golang_org_vkey"]).name == "sum.golang.org"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n",
        "a\tb\n\n— a AAAAAAA=\n".encode(),
        "a\n\n— a AAAA\n".encode(),
        "a\n\n— a+b AAAAAAA=\n".encode(),
        "a\n\n—  AAAAAAA=\n".encode(),
        "a\n\n— a AAA*AAA=\n".encode(),
        ("a\n\n" + "— a AAAAAAA=\n" * 17).encode(),
        b"a" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(written: bytes) -> None:
    with pytest.raises(InvalidNoteError):
        Note.parse(written)


@pytest.mark.hostile
@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_no_changed_byte_of_a_checkpoint_goes_unnoticed(at: int, byte: int) -> None:
    written = bytearray(_CHECKPOINTS["size_5"].encode())
    written[at % len(written)] = byte
    if bytes(written) == _CHECKPOINTS["size_5"].encode():
        return

    with pytest.raises(InvalidNoteError):
        open_checkpoint(bytes(written), [_LOG], verify)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_a_signed_text_is_read_again(text: str) -> None:
    note = sign_note(f"{text}\n", [_signing("log")], sign)

    read = Note.parse(str(note).encode())

    assert read == note
    assert read.verified([_LOG], verify) == [_LOG]


def test_a_proof_file_is_that_of_the_vectors() -> None:
    vector = log_vectors()["tlog_proof"]

    proof = ProofFile.parse(vector["text"].encode())

    assert bytes(proof) == vector["text"].encode()
    assert proof.index == vector["index"]
    checkpoint = open_checkpoint(proof.checkpoint, [_LOG], verify)
    assert proof.extra is not None
    verify_inclusion(
        leaf_hash(proof.extra), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    )


@pytest.mark.hostile
@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\nindex 1\n",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\na",
        b"c2sp.org/tlog-proof@v1\n\na",
        b"c2sp.org/tlog-proof@v1\nextra *\nindex 1\n\na",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\na",
        b"c2sp.org/tlog-proof@v1\nindex -1\n\na",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\na",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\na",
        b"c2sp.org/tlog-proof@v1\nindex 9999999999999999999\n\na",
        "c2sp.org/tlog-proof@v1\nindex \N{ARABIC-INDIC DIGIT ONE}\n\na".encode(),
    ],
)
def test_what_is_no_proof_file_is_refused(written: bytes) -> None:
    with pytest.raises(InvalidNoteError):
        ProofFile.parse(written)
