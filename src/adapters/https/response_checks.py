"""Checks of the head of a wheel host's response."""

from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from adapters.https.error_mapping import RetryableError, host_failed
from adapters.web import parse_retry_after
from domain.errors import WheelProblem, WheelRefusedError

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_FORBIDDEN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_UNAVAILABLE = frozenset({429, 502, 503, 504})


def redirect_location(host: str, response: httpx.Response) -> str | None:
    """Return where the response redirects to, or None if it does not.

    Raises:
        WheelHostFailedError: It redirects without a location, or to several.
    """
    if response.status_code not in _REDIRECTS:
        return None
    locations = set(_values(response, "location"))
    if len(locations) != 1 or "" in locations:
        raise host_failed(host, "redirects without saying where to")
    return locations.pop()


def check_status(host: str, response: httpx.Response, *, has_credentials: bool = False) -> None:
    """Accept 200 only: 203 and 206 are not the whole file as it was uploaded.

    Raises:
        WheelRefusedError: The file is not there.
        RetryableError: The host is unavailable for now.
        WheelHostFailedError: Any other status.
    """
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status in _MISSING:
        raise WheelRefusedError(
            WheelProblem.NOT_FOUND,
            f"the host {host} answers {status}, there is no such file; upload the wheel before registering it",
        )
    if status in _FORBIDDEN:
        why = (
            "it does not accept the credentials that this registry has for it; tell the registry's operators"
            if has_credentials
            else "the file is not public; wheels are fetched without credentials"
        )
        raise host_failed(host, f"answers {status}: {why}")
    failure = host_failed(host, f"answers {status} instead of 200; try again later")
    raise RetryableError(failure, retry_after=_retry_after(response)) if status in _UNAVAILABLE else failure


def check_framing(host: str, response: httpx.Response, max_bytes: int) -> None:
    """Accept a body that is the file as it was uploaded, whose end is announced, and that is not too large.

    Raises:
        WheelHostFailedError: It is encoded, or it would end where the connection does.
        WheelRefusedError: It is too large.
    """
    if any(encoding.lower() not in {"", "identity"} for encoding in _values(response, "content-encoding")):
        raise host_failed(host, "sends the file encoded although identity was asked for; serve wheels as they are")
    lengths, codings = _values(response, "content-length"), _values(response, "transfer-encoding")
    if not lengths and not codings:
        raise host_failed(host, "does not announce the file's length, so a broken transfer would go unnoticed")
    if codings and [coding.lower() for coding in codings] != ["chunked"]:
        raise host_failed(host, "sends the file in a transfer encoding other than chunked; serve wheels as they are")
    if lengths and int(lengths[0].lstrip("0") or "0") > max_bytes:  # int() refuses thousands of digits, zeros too
        raise too_large(max_bytes)


def too_large(max_bytes: int) -> WheelRefusedError:
    """Return the refusal of a wheel over the limit."""
    return WheelRefusedError(WheelProblem.TOO_LARGE, f"the wheel is larger than the {max_bytes} bytes that are allowed")


def _values(response: httpx.Response, name: str) -> list[str]:
    return [value.strip(" ") for value in response.headers.get_list(name)]


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that the host asks to wait; a date counts from the response's own ``Date``."""
    try:
        now = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        now = None
    return parse_retry_after(response.headers.get("retry-after"), now=now) or 0.0
