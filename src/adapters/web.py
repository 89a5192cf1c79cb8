"""Rules of the web that several adapters and the command line share."""

import ipaddress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_DIGITS = 9


def parse_retry_after(value: str | None, *, now: datetime | None) -> float | None:
    """Return the seconds of a ``Retry-After`` field (RFC 9110 section 10.2.3), at least 0, or None if it is unreadable.

    Args:
        value: A number of seconds or an HTTP date; None if the field is absent.
        now: What a date counts from; None makes dates unreadable.
    """
    text = (value or "").strip(" \t")
    if text.isascii() and text.isdigit():
        return float(text[:_MAX_DIGITS])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if now is None else max(0.0, (_in_utc(at) - _in_utc(now)).total_seconds())


def is_loopback(host: str) -> bool:
    """Tell whether a host is ``localhost`` or a loopback address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_utc(moment: datetime) -> datetime:
    """Return an aware time: HTTP dates are in UTC, even where they do not say so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
