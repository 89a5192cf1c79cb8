"""The file of the transparency log's witnesses."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from domain.log.notes import InvalidKeyError
from domain.log.witnesses import MAX_WITNESSES, WitnessKey
from entrypoints.value_checks import is_secure_url

_MAX_BYTES = 64 * 1024


def read_witnesses(path: Path) -> Sequence[tuple[WitnessKey, str]]:
    """Read a file with a key and a URL on each line. Blank lines and lines that begin with ``#`` are left out.

    Raises:
        InvalidKeyError: The file cannot be read, or does not hold such lines. The message repeats none of them.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode()
    except (OSError, ValueError) as error:
        raise InvalidKeyError(f"cannot be read ({type(error).__name__})") from None
    lines = [line.strip() for line in text.splitlines()]
    witnesses = [_witness(line) for line in lines if line and not line.startswith("#")]
    if not 0 < len(witnesses) <= MAX_WITNESSES:
        raise InvalidKeyError(f"must hold a line for each witness, up to {MAX_WITNESSES}")
    if len({key.name for key, _ in witnesses}) < len(witnesses):
        raise InvalidKeyError("holds two witnesses of one name")
    return witnesses


def witness_file_problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file of witnesses, without repeating any."""
    try:
        read_witnesses(path)
    except InvalidKeyError as error:
        yield str(error)


def _witness(line: str) -> tuple[WitnessKey, str]:
    key, _, url = line.partition(" ")
    if not is_secure_url(url.strip()):
        raise InvalidKeyError("holds a line that is not a key and an https:// URL (http:// only on loopback)")
    return WitnessKey.parse(key), url.strip()
