"""Credentials for wheel hosts that ask for some."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from adapters.https.fetch_url import FetchUrl

_DOT_SEGMENTS = frozenset({".", ".."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A header field that one host is sent, for wheels of some namespaces.

    Attributes:
        path: Canonical; begins and ends with a slash. The field is sent to paths below it.
        namespaces: Of the providers whose wheels it serves.
    """

    host: str
    port: int
    path: str
    namespaces: frozenset[str]
    field_name: str = field(repr=False)
    field_value: str = field(repr=False)

    def covers(self, url: FetchUrl) -> bool:
        """Tell whether a request for the URL may carry the field."""
        if (url.host, url.port) != (self.host, self.port):
            return False
        path = url.target.partition("?")[0]
        return self.path == "/" or (path.startswith(self.path) and not _may_leave_folder(path))


def credential_for(url: FetchUrl, credentials: Sequence[Credential]) -> Credential | None:
    """Return the one of the longest path that covers a URL."""
    return max((each for each in credentials if each.covers(url)), key=lambda each: len(each.path), default=None)


def _may_leave_folder(path: str) -> bool:
    """Tell whether a server could read a path as one in another folder, however often it decodes it."""
    while (decoded := unquote(path, errors="replace")) != path:
        path = decoded
    return any(segment.partition(";")[0] in _DOT_SEGMENTS for segment in path.replace("\\", "/").split("/"))
