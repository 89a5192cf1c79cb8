"""Looking at wheels on hosts that are not trusted, without fetching them."""

import asyncio
import re
from collections.abc import Sequence
from http import HTTPStatus

import httpx

from adapters.https.download import Downloader, check_status
from adapters.https.fetch_request import Credential, FetchUrl
from adapters.https.transport import RetryableError
from application.errors import WheelHostTimeoutError
from domain.availability import FileSignature

_HEAD_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
"""Of hosts that know no ``HEAD``, or redirect to a link that is signed for ``GET`` alone, as package registries do."""
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_ETAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]{0,200}"')


async def look(
    downloader: Downloader, url: FetchUrl, credentials: Sequence[Credential], *, seconds: float
) -> FileSignature:
    """Return what a host says of a file: to a ``HEAD``, or, if it refuses that, at the begin of a ``GET``.

    Raises:
        WheelRefusedError: The file is not there, or may not be fetched.
        WheelHostFailedError: The host is unreachable or answers wrongly.
        WheelHostTimeoutError: It does not answer in so many seconds, redirects included.
    """
    try:
        async with asyncio.timeout(seconds):
            response = await downloader.look(url, credentials=credentials)
            if response.status_code in _HEAD_REFUSED:
                response = await downloader.look(url, credentials=credentials, method="GET")
        check_status(url.host, response, has_credentials=bool(credentials))
    except RetryableError as error:
        raise error.failure from error
    except TimeoutError:
        raise WheelHostTimeoutError(
            f"the wheel's host {url.host} did not answer within {seconds:g} seconds; try again later"
        ) from None
    return _signature(response)


def _signature(response: httpx.Response) -> FileSignature:
    length, etag = (response.headers.get(name, "") for name in ("content-length", "etag"))
    return FileSignature(
        size=int(length) if _LENGTH.fullmatch(length) else None, tag=etag if _ETAG.fullmatch(etag) else None
    )
