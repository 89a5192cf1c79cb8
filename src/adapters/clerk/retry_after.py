"""Reading ``Retry-After`` (RFC 9110 section 10.2.3)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 300
_LONGEST_DIGITS = 9


def seconds_to_wait(header: str | None, now: datetime) -> int | None:
    """Return whole seconds, from 1 to 300, for a number of seconds or an HTTP date; None for anything else."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return _bounded(int(text[:_LONGEST_DIGITS]))
    try:
        at = parsedate_to_datetime(text)
        # An HTTP date is in UTC even where it does not say so.
        aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return _bounded(round((aware - now).total_seconds()))
    except (TypeError, ValueError, OverflowError):
        return None


def _bounded(seconds: int) -> int:
    return min(max(seconds, 1), LONGEST_SECONDS)
