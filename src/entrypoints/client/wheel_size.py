"""How large a wheel is, before it is registered."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from entrypoints.client.errors import UnusableError

LARGE = 50_000_000
"""Bytes. A larger wheel is registered without waiting for an answer to the one request."""


def is_large(http: httpx.Client, wheel_url: str, project: Path) -> bool:
    """Tell whether a wheel is large, as far as is known: by the file in ``dist`` that was uploaded, or by its host."""
    return (_local_size(wheel_url, project) or _remote_size(http, wheel_url) or 0) > LARGE


def _local_size(wheel_url: str, project: Path) -> int | None:
    try:
        return (project / "dist" / Path(unquote(urlsplit(wheel_url).path)).name).stat().st_size
    except (OSError, ValueError):
        return None


def _remote_size(http: httpx.Client, wheel_url: str) -> int | None:
    try:
        response = http.head(wheel_url)
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        UnicodeError,
        UnusableError,
    ):  # the registry may reach the host all the same
        return None
    written = response.headers.get("Content-Length", "")
    is_known = response.status_code == httpx.codes.OK and written.isascii() and written.isdigit()
    return int(written[:18]) if is_known else None
