"""Signed notes and their keys (C2SP signed-note), as Go's ``sumdb/note`` reads and writes them."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

Sign: TypeAlias = Callable[[bytes, bytes], bytes]
"""Ed25519: signs a message with a seed; called with both in this order."""
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""Ed25519: verifies a signature; called with the public key, the message and the signature."""
PublicKey: TypeAlias = Callable[[bytes], bytes]
"""Ed25519: returns the public key of a seed."""

ED25519 = b"\x01"
_DASH = "\N{EM DASH} "
_PRIVATE = "PRIVATE+KEY+"
_KEY_SIZE = 32
_ID_SIZE = 4
_MAX_SIGNATURES = 16
_MAX_NOTE = 1_000_000
_NAME = re.compile(r"[^\s+]+")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")


class InvalidNoteError(ValueError):
    """A note is not well-formed, or its signature is not valid."""


class InvalidKeyError(ValueError):
    """A key is not well-formed. The message never holds the key."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of an Ed25519 key, and the name that it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read ``NAME+ID+BASE64``.

        Raises:
            InvalidKeyError: It is not such a key.
        """
        name, key_id, key = key_parts(written, "a verifier key is NAME+ID+BASE64, as the log's operator publishes it")
        parsed = cls(name, key)
        if parsed.id.hex() != key_id:
            raise InvalidKeyError("the verifier key's id is not that of its name and key; copy it again")
        return parsed

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key that signs notes."""

    verifier: VerifierKey
    seed: bytes

    @classmethod
    def of(cls, name: str, seed: bytes, public_key: PublicKey) -> Self:
        """Make the key of a seed of 32 bytes.

        Raises:
            InvalidKeyError: A key cannot have that name.
        """
        return cls(VerifierKey(_key_name(name), public_key(seed)), seed)

    @classmethod
    def parse(cls, written: str, public_key: PublicKey) -> Self:
        """Read ``PRIVATE+KEY+NAME+ID+BASE64``.

        Raises:
            InvalidKeyError: It is not such a key.
        """
        expected = f"a signing key is {_PRIVATE}NAME+ID+BASE64, in one line"
        if not written.startswith(_PRIVATE):
            raise InvalidKeyError(expected)
        name, key_id, seed = key_parts(written.removeprefix(_PRIVATE), expected)
        key = cls.of(name, seed, public_key)
        if key.verifier.id.hex() != key_id:
            raise InvalidKeyError("the signing key's id is not that of its name and key; copy it again")
        return key

    @property
    def name(self) -> str:
        return self.verifier.name

    def reveal(self) -> str:
        """Return the key as it is kept in a file."""
        key = b64encode(ED25519 + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{key}"

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier})"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note. Signatures of unknown kinds are kept as they are."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, without its end."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, none of which was verified.

    Attributes:
        text: It ends with a line feed.
    """

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    @classmethod
    def parse(cls, written: bytes) -> Self:
        """Read a note.

        Raises:
            InvalidNoteError: It is not well-formed.
        """
        if len(written) > _MAX_NOTE:
            raise InvalidNoteError("the note is too long")
        try:
            text = written.decode()
        except UnicodeDecodeError:
            raise InvalidNoteError("the note is not UTF-8") from None
        if _CONTROLS.search(text):
            raise InvalidNoteError("the note holds a control character")
        body, blank, lines = text.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise InvalidNoteError("the note has no signature, or its last line has no end")
        signatures = tuple(map(_signature, lines[:-1].split("\n")))
        if len(signatures) > _MAX_SIGNATURES:
            raise InvalidNoteError(f"the note has more than {_MAX_SIGNATURES} signatures")
        return cls(f"{body}\n", signatures)

    def verified(self, keys: Sequence[VerifierKey], verify: Verify) -> Sequence[VerifierKey]:
        """Return the known keys that signed it. Signatures of others are ignored.

        Raises:
            InvalidNoteError: A signature of a known key is not valid, or there is none of a known key.
        """
        known = {(key.name, key.id): key for key in keys}
        found = dict[tuple[str, bytes], VerifierKey]()
        for signature in self.signatures:
            named = signature.name, signature.key_id
            key = known.get(named)
            if key is None or named in found:
                continue
            if not verify(key.public, self.text.encode(), signature.signature):
                raise InvalidNoteError(f"the signature of {key.name} is not valid")
            found[named] = key
        if not found:
            raise InvalidNoteError("no known key signed the note")
        return list(found.values())

    def __str__(self) -> str:
        lines = "".join(f"{signature.line}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}"


def sign_note(text: str, keys: Iterable[SigningKey], sign: Sign) -> Note:
    """Sign a text, which ends with a line feed, with each key."""
    signatures = (NoteSignature(key.name, key.verifier.id, sign(key.seed, text.encode())) for key in keys)
    return Note(text, tuple(signatures))


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        decoded = b64decode(encoded, validate=True)
    except ValueError:
        decoded = b""
    if not line.startswith(_DASH) or not space or not _NAME.fullmatch(name) or len(decoded) <= _ID_SIZE:
        raise InvalidNoteError("a signature line of the note is not well-formed")
    return NoteSignature(name, decoded[:_ID_SIZE], decoded[_ID_SIZE:])


def key_parts(written: str, expected: str, *, kind: bytes = ED25519) -> tuple[str, str, bytes]:
    """Return name, id and the 32 bytes of a written key.

    Raises:
        InvalidKeyError: It is not one, or one of another kind. The message never holds it.
    """
    name, first, rest = written.partition("+")
    key_id, second, encoded = rest.partition("+")
    try:
        key = b64decode(encoded, validate=True)
    except ValueError:
        raise InvalidKeyError(expected) from None
    if not first or not second:
        raise InvalidKeyError(expected)
    if key[:1] != kind:
        is_log_key = kind == ED25519
        wanted = "an Ed25519 key, the only kind that is supported" if is_log_key else "a witness's, of type 04"
        raise InvalidKeyError(f"the key is not {wanted}")
    if len(key) != 1 + _KEY_SIZE:
        raise InvalidKeyError(expected)
    return _key_name(name), key_id, key[1:]


def _key_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidKeyError("a key's name is the log's origin, without white space and '+'")
    return name
