"""The signing keys of the transparency log. A part of the composition root that imports adapters as needed."""

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from domain.log.notes import InvalidKeyError, SigningKey, Verify

_MAX_BYTES = 64 * 1024
_SEED_SIZE = 32


def read_signing_keys(path: Path) -> Sequence[SigningKey]:
    """Read the keys of a file, one on each line. Blank lines and lines that begin with ``#`` are left out.

    Raises:
        InvalidKeyError: The file cannot be read, or does not hold keys of one name. The message holds none of them.
    """
    from adapters import ed25519  # noqa: PLC0415 -- only if there is a log

    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode()
    except (OSError, ValueError) as error:
        raise InvalidKeyError(f"cannot be read ({type(error).__name__})") from None
    lines = [line.strip() for line in text.splitlines()]
    keys = [SigningKey.parse(line, ed25519.public_key) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise InvalidKeyError("holds no key; make one with log keygen")
    if len({key.name for key in keys}) > 1:
        raise InvalidKeyError("holds keys of several logs; keep those of one log in one file")
    return keys


def key_file_problems(path: Path, origin: str | None) -> Iterator[str]:
    """Yield what is wrong with a file of keys, which must be those of a log if it is given, without repeating any."""
    try:
        keys = read_signing_keys(path)
    except ModuleNotFoundError:
        yield "needs an extra; pip install 'provider-registry[server]'"
    except InvalidKeyError as error:
        yield str(error)
    else:
        if origin not in {None, keys[0].name}:
            yield f"holds the keys of {keys[0].name}, which is not the log's origin"


def is_readable_by_others(path: Path) -> bool:
    """Tell whether every user of the machine can read a file."""
    return bool(path.stat().st_mode & stat.S_IROTH)


def make_key_file(path: Path, origin: str) -> SigningKey:
    """Make a key, and a file of it that only its owner can read.

    Raises:
        InvalidKeyError: No log can have that origin.
        OSError: The file exists, or cannot be written.
    """
    from adapters import ed25519  # noqa: PLC0415 -- only here

    key = SigningKey.of(origin, secrets.token_bytes(_SEED_SIZE), ed25519.public_key)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key.reveal()}\n")
        file.flush()
        os.fsync(descriptor)
    return key


def ed25519_verifier() -> Verify:
    """Return what verifies signatures."""
    from adapters import ed25519  # noqa: PLC0415 -- only for the log

    return ed25519.verify
