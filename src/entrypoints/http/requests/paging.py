"""Long lists, a page at a time: ``limit`` and ``cursor``, and a ``Link`` to what follows.

Source: RFC 8288.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from litestar.enums import ParamType
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter
from litestar.types import HTTPScope

from application.ports.provider_queries import ReleasePlace
from domain.errors import InvalidValueError
from domain.names import ProviderName
from domain.semver import MAX_LENGTH, SemVer

MAX_ITEMS = 250
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"

PageLimit = Annotated[int, QueryParameter(ge=1, le=MAX_ITEMS, description="At most so many.")]
VersionCursor = Annotated[
    str | None,
    QueryParameter(max_length=MAX_LENGTH, description="Only versions that sort after this one: the last one seen."),
]
ReleaseCursor = Annotated[
    str | None,
    QueryParameter(max_length=300, description="Of `sort=recent`: only providers after this one, as the `Link` says."),
]
EventCursor = Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="How many events to leave out.")]


def version_cursor(cursor: str | None) -> SemVer | None:
    """Return the version at which a page starts.

    Raises:
        ValidationException: It is no version.
    """
    try:
        return None if cursor is None else SemVer.parse(cursor)
    except InvalidValueError as error:
        raise bad_parameter("cursor", error.detail) from None


def bad_parameter(name: str, message: str) -> ValidationException:
    """Return the refusal of a query parameter."""
    return ValidationException(extra=[{"message": message, "key": name, "source": ParamType.QUERY}])


def release_cursor(cursor: str | None) -> ReleasePlace | None:
    """Return the place in the order of releases after which a page starts.

    Raises:
        ValidationException: It is none.
    """
    if cursor is None:
        return None
    at, _, name = cursor.partition("/")
    try:
        return ReleasePlace(datetime.strptime(at, _MOMENT).replace(tzinfo=UTC), ProviderName.parse(name))
    except (InvalidValueError, ValueError):
        message = "it is none of this order; send the one of the page before, or leave it out"
        raise bad_parameter("cursor", message) from None


def write_release_cursor(place: ReleasePlace) -> str:
    """Return what ``release_cursor`` reads."""
    return f"{place.released_at.astimezone(UTC).strftime(_MOMENT)}/{place.name}"


def next_page(scope: HTTPScope, **parameters: object) -> Sequence[tuple[bytes, bytes]]:
    """Return the header field that leads to the next page of a list."""
    path = scope.get("raw_path", b"").partition(b"?")[0].decode("ascii")
    return [(b"link", f'<{path}?{urlencode(parameters)}>; rel="next"'.encode())]
