"""Secrets and signatures of messages (Standard Webhooks 1.0.0, version ``v1``: HMAC-SHA256)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

SECRET_SIZE = 32
"""Bytes; the specification admits 24 to 64."""
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A signed message.

    Attributes:
        id: The same for every attempt at one event.
        seconds: When it is sent, since 1970 in UTC.
        signatures: One by each secret, with spaces between them.
    """

    id: str
    seconds: int
    signatures: str
    body: bytes


def new_secret(draw: Callable[[int], bytes]) -> str:
    """Return a secret as receivers are given it.

    Args:
        draw: Returns so many random bytes.
    """
    return _PREFIX + base64.b64encode(draw(SECRET_SIZE)).decode("ascii")


def signed(body: bytes, *, message_id: str, secrets: Sequence[str], at: datetime) -> Message:
    """Return a message that each of the secrets signs."""
    seconds = int(at.timestamp())
    content = b"%s.%d.%s" % (message_id.encode("ascii"), seconds, body)
    signatures = " ".join(_signature(secret, content) for secret in secrets)
    return Message(id=message_id, seconds=seconds, signatures=signatures, body=body)


@dataclass(frozen=True, slots=True)
class SentEvent:
    """What a delivery needs to know of an event: its id, and when it happened."""

    id: str
    at: datetime


def read_event(leaf: bytes) -> SentEvent:
    """Read an entry of the log."""
    event = json.loads(leaf)
    return SentEvent(str(event["id"]), datetime.fromisoformat(event["time"]))


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode("ascii")
