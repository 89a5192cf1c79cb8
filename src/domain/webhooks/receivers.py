"""Receivers: where events are sent, which ones, and how far each receiver is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from domain.errors import InvalidReceiverNameError, InvalidReceiverUrlError, InvalidWheelUrlError
from domain.log.entries import EventType
from domain.names import ProviderName
from domain.wheel.url import DEFAULT_PORT, MAX_LENGTH, parse_authority

KEPT_ATTEMPTS = 20
"""The last ones of each receiver."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_HTTPS = "https://"
_TARGET = re.compile(r"(?:[/?][!-~]*)?", re.ASCII)
_UNSAFE = frozenset('#\\"<>^`{|}')


def require_receiver_name(text: str) -> str:
    """Return the name of a receiver.

    Raises:
        InvalidReceiverNameError: It is none.
    """
    if not _NAME.fullmatch(text):
        raise InvalidReceiverNameError(
            "a receiver's name has 1 to 63 lower-case letters, digits and hyphens, and begins and ends without one"
        )
    return text


@dataclass(frozen=True, slots=True)
class ReceiverUrl:
    """Where a receiver is.

    Attributes:
        text: ``https://host[:port]/path[?query]`` in ASCII, the host in its canonical form.
        host: An IPv6 address has no brackets.
    """

    text: str
    host: str

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a URL.

        Raises:
            InvalidReceiverUrlError: It is not https, has a user or a fragment, or cannot be read.
        """
        if not written.lower().startswith(_HTTPS) or len(written) > MAX_LENGTH:
            raise InvalidReceiverUrlError(
                f"a receiver's URL begins with https:// and has at most {MAX_LENGTH} characters"
            )
        rest = written[len(_HTTPS) :]
        end = next((place for place, character in enumerate(rest) if character in "/?#"), len(rest))
        target = rest[end:]
        if not _TARGET.fullmatch(target) or _UNSAFE & set(target):
            raise InvalidReceiverUrlError(
                "a receiver's URL has no fragment, and other characters than those of URLs are percent-encoded"
            )
        try:
            host, port = parse_authority(rest[:end])
        except InvalidWheelUrlError as error:
            raise InvalidReceiverUrlError(error.detail) from None
        authority = (f"[{host}]" if ":" in host else host) + ("" if port == DEFAULT_PORT else f":{port}")
        return cls(f"{_HTTPS}{authority}{target if target.startswith('/') else f'/{target}'}", host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where which events are sent.

    Attributes:
        types: All if empty.
        provider: Only its events, if given.
    """

    url: ReceiverUrl
    types: Sequence[EventType] = ()
    provider: ProviderName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecrets:
    """The secrets that deliveries are signed with, encrypted.

    Attributes:
        previous: Signs as well, until the rotation is over.
    """

    current: str
    previous: str | None = None
    previous_until: datetime | None = None

    def rotated(self, new: str, *, until: datetime) -> "SealedSecrets":
        """Return the same after a rotation: the secret before signs until then."""
        return SealedSecrets(current=new, previous=self.current, previous_until=until)

    def at(self, now: datetime) -> Sequence[str]:
        """Return those that sign now, the newest first."""
        if self.previous is None or self.previous_until is None or now >= self.previous_until:
            return (self.current,)
        return (self.current, self.previous)


class Stop(StrEnum):
    """Why nothing is sent to a receiver.

    ``operator``: an operator said so. ``gone``: the receiver did. ``exhausted``: every attempt at an event failed.
    """

    OPERATOR = "operator"
    GONE = "gone"
    EXHAUSTED = "exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt to deliver an event.

    Attributes:
        index: Of the event in the log.
        result: What the receiver answered, or why it did not.
        seconds: How long it took.
    """

    at: datetime
    index: int
    event_id: str
    is_accepted: bool
    result: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a receiver is.

    Attributes:
        cursor: How many entries of the log it is past; the index of the next one.
        moved_at: When an operator set the cursor.
        failures: How many attempts at the next event failed.
        stop: Why nothing is sent, if so.
        attempts: The last ones, the newest last.
    """

    cursor: int
    moved_at: datetime
    failures: int = 0
    stop: Stop | None = None
    attempts: Sequence[Attempt] = ()

    def past(self, cursor: int) -> "Progress":
        """Return the same past so many entries."""
        return self if cursor == self.cursor else replace(self, cursor=cursor, failures=0)

    def attempted(self, attempt: Attempt) -> "Progress":
        """Return the same after an attempt. One that failed keeps its event next."""
        attempts = (*self.attempts, attempt)[-KEPT_ATTEMPTS:]
        if attempt.is_accepted:
            return replace(self.past(attempt.index + 1), failures=0, attempts=attempts)
        at_event = self.past(attempt.index)
        return replace(at_event, failures=at_event.failures + 1, attempts=attempts)

    def stopped(self, stop: Stop) -> "Progress":
        return replace(self, stop=stop)

    def moved(self, cursor: int, *, at: datetime) -> "Progress":
        """Return the same where an operator put it: what is next is sent at once."""
        return replace(self, cursor=cursor, moved_at=at, failures=0, stop=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver of events."""

    name: str
    subscription: Subscription
    secrets: SealedSecrets
    progress: Progress
