"""The keys that encrypt secrets of webhooks at rest."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

KEY_SIZE = 32
_MAX_BYTES = 64 * 1024


class InvalidWebhookKeyError(Exception):
    """The file cannot be read, or holds no keys. The message holds none of them."""


def read_webhook_keys(path: Path) -> Sequence[bytes]:
    """Read the keys of a file, one on each line. Blank lines and lines that begin with ``#`` are left out.

    Raises:
        InvalidWebhookKeyError: See there.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode()
    except (OSError, ValueError) as error:
        raise InvalidWebhookKeyError(f"cannot be read ({type(error).__name__})") from None
    lines = [line.strip() for line in text.splitlines()]
    keys = [_key(line) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise InvalidWebhookKeyError("holds no key; make one with: openssl rand -base64 32")
    return keys


def webhook_key_problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file of keys, without repeating any."""
    try:
        read_webhook_keys(path)
    except InvalidWebhookKeyError as error:
        yield str(error)


def _key(line: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_SIZE:
        raise InvalidWebhookKeyError(
            "has a line that is not 32 bytes in base64; make one with: openssl rand -base64 32"
        )
    return key
