"""Judging the head of a wheel host's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from adapters.https.retries import RetryableError
from application.errors import WheelHostFailedError
from domain.errors import WheelFault, WheelRefusedError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """Status and header fields of an answer, as they came but for the names' case, which is lower."""

    host: str
    status: int
    fields: Sequence[tuple[bytes, bytes]]

    def values(self, name: bytes) -> list[str]:
        """Return the values of a field, named in lower case."""
        return [value.decode("latin-1").strip(" ") for field, value in self.fields if field == name]

    @property
    def location(self) -> str | None:
        """Where the answer redirects to, or None if it does not.

        Raises:
            WheelHostFailedError: It redirects to nowhere, or to several places.
        """
        if self.status not in _REDIRECTS:
            return None
        locations = set(self.values(b"location"))
        if len(locations) != 1 or "" in locations:
            raise self.failure("redirects without saying where to")
        return locations.pop()

    def check_status(self) -> None:
        """Return if the file follows: exactly 200, since 203 and 206 are not the whole file as it was uploaded.

        Raises:
            WheelRefusedError: The file is not there.
            RetryableError: The host is busy.
            WheelHostFailedError: It answered anything else.
        """
        if self.status == HTTPStatus.OK:
            return
        if self.status in _GONE:
            raise WheelRefusedError(
                WheelFault.NOT_FOUND,
                f"the host {self.host} answers {self.status}, there is no such file; "
                "upload the wheel before registering it",
            )
        if self.status in _CLOSED:
            raise self.failure(f"answers {self.status}: the file is not public; wheels are fetched without credentials")
        failure = self.failure(f"answers {self.status} instead of 200; try again later")
        raise RetryableError(failure, wait=self._retry_after()) if self.status in _BUSY else failure

    def check_body(self, max_bytes: int) -> None:
        """Return if the bytes that follow are the file itself, end where the host says, and are not too many.

        Raises:
            WheelHostFailedError: They are encoded, or their end is not announced.
            WheelRefusedError: They are too many.
        """
        if any(encoding.lower() not in {"", "identity"} for encoding in self.values(b"content-encoding")):
            raise self.failure("sends the file encoded although identity was asked for; serve wheels as they are")
        lengths, transfers = self.values(b"content-length"), self.values(b"transfer-encoding")
        if not lengths and not transfers:
            raise self.failure("does not announce the file's length, so a broken transfer would go unnoticed")
        if transfers and [transfer.lower() for transfer in transfers] != ["chunked"]:
            raise self.failure("sends the file in a transfer encoding other than chunked; serve wheels as they are")
        if lengths and int(lengths[0].lstrip("0") or "0") > max_bytes:  # else int() may decline a thousand zeros
            raise too_large(max_bytes)

    def failure(self, what: str) -> WheelHostFailedError:
        """Return a sentence about the host as an error."""
        return WheelHostFailedError(f"the wheel's host {self.host} {what}")

    def _retry_after(self) -> float:
        """Return the wait that the host asks for in seconds (RFC 9110 section 10.2.3); a date counts from its own."""
        asked = next(iter(self.values(b"retry-after")), "")
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(next(iter(self.values(b"date")), ""))
        except (ValueError, TypeError, OverflowError):  # unreadable, one with a zone and one without, or no such year
            return 0.0
        return max(wait, timedelta()).total_seconds()


def too_large(max_bytes: int) -> WheelRefusedError:
    """Return the refusal of a wheel over the limit."""
    return WheelRefusedError(WheelFault.TOO_LARGE, f"the wheel is larger than the {max_bytes} bytes that are allowed")
