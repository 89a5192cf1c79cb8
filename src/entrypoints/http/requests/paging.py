"""Long lists, a page at a time: ``limit`` and ``cursor``, and a ``Link`` to what follows.

Source: RFC 8288.
"""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from litestar.enums import ParamType
from litestar.exceptions import ValidationException
from litestar.params import QueryParameter
from litestar.types import HTTPScope

from domain.errors import InvalidValueError
from domain.semver import MAX_LENGTH, SemVer

MAX_ITEMS = 250

PageLimit = Annotated[int, QueryParameter(ge=1, le=MAX_ITEMS, description="At most so many.")]
VersionCursor = Annotated[
    str | None,
    QueryParameter(max_length=MAX_LENGTH, description="Only versions that sort after this one: the last one seen."),
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
        problem = {"message": error.detail, "key": "cursor", "source": ParamType.QUERY}
        raise ValidationException(extra=[problem]) from None


def next_page(scope: HTTPScope, **parameters: object) -> Sequence[tuple[bytes, bytes]]:
    """Return the header field that leads to the next page of a list."""
    path = scope.get("raw_path", b"").partition(b"?")[0].decode("ascii")
    return [(b"link", f'<{path}?{urlencode(parameters)}>; rel="next"'.encode())]
