"""Reading a package index by its JSON Simple API (PEP 691)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import msgspec
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from entrypoints.client.errors import RefusedError, UnusableError
from entrypoints.client.retrying_client import reason

_MEDIA_TYPE = "application/vnd.pypi.simple.v1+json"


class TransientIndexError(Exception):
    """The index may succeed in a moment. The message says how it failed."""


@dataclass(frozen=True, slots=True)
class IndexedWheel:
    """A wheel as the index shows it.

    Attributes:
        sha256: None if the index does not say.
        is_pure: Whether it installs everywhere: no ABI, no platform.
        provenance: URL of its provenance object (PEP 740); None if the index names none.
    """

    filename: str
    url: str
    sha256: str | None
    is_pure: bool
    provenance: str | None = None


class _File(msgspec.Struct):
    filename: str
    url: str
    hashes: dict[str, str]
    yanked: bool | str = False
    provenance: Any = None


class _Page(msgspec.Struct):
    meta: dict[str, Any]
    files: list[_File]


class PackageIndex:
    """One index. User and password in its URL are sent to it, and shown nowhere."""

    def __init__(self, http: httpx.Client, url: str) -> None:
        """Take a client and the URL that ends in ``/simple``, as pip and uv take it.

        Raises:
            UnusableError: It is no URL.
        """
        self._http = http
        try:
            parts = urlsplit(url)
            sent = httpx.URL(url)
        except (ValueError, httpx.InvalidURL):
            raise UnusableError(
                "the package index's URL cannot be used; percent-encode its user and password"
            ) from None
        self._base = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        self._auth = httpx.BasicAuth(sent.username, sent.password) if sent.username or sent.password else None

    @property
    def url(self) -> str:
        """Where it is, without user, password and query."""
        return urlsplit(self._base)._replace(query="", fragment="").geturl()

    def wheels(self, distribution: str, version: Version) -> list[IndexedWheel]:
        """Return the wheels of one release that are not yanked; none while the index does not show it.

        Raises:
            TransientIndexError: The index cannot be read now, or shows the release as yanked.
            RefusedError: It will not be read like this at any time.
        """
        page_url = f"{self._base}/{canonicalize_name(distribution)}/"
        shown = [(_wheel(file, page_url, version), file.yanked) for file in self._read(page_url).files]
        wheels = [wheel for wheel, yanked in shown if wheel is not None and not yanked]
        if not wheels and any(wheel for wheel, _ in shown):
            raise TransientIndexError("shows it as yanked")
        return wheels

    def auth_for(self, wheel: IndexedWheel) -> httpx.BasicAuth | None:
        """Return what the wheel's provenance is asked for with: nothing, unless it is where the index is."""
        return self._auth if wheel.provenance and _origin(wheel.provenance) == _origin(self._base) else None

    def _read(self, url: str) -> _Page:
        headers = {"Accept": _MEDIA_TYPE, "Cache-Control": "no-cache"}  # a page from before the release is of no use
        try:
            response = self._http.get(url, headers=headers, auth=self._auth)
        except httpx.RequestError as error:
            raise TransientIndexError(f"could not be reached ({reason(error)})") from None
        if response.status_code == httpx.codes.NOT_FOUND:
            return _Page({}, [])
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            raise TransientIndexError(f"answered {response.status_code}")
        return _page(response)


def _page(response: httpx.Response) -> _Page:
    host, status = response.url.host, response.status_code
    if status not in {httpx.codes.OK, httpx.codes.NOT_ACCEPTABLE}:
        hint = "give the URL that it redirects to" if response.is_redirect else "check the index URL and its user"
        raise RefusedError(
            f"the package index at {host} answered {status}; {hint}", code="index_refused", status=status
        )
    try:
        page = msgspec.json.decode(response.content, type=_Page)
    except (ValueError, RecursionError):
        page = _Page({}, [])
    if str(page.meta.get("api-version", "")).partition(".")[0] != "1":
        detail = f"the package index at {host} does not speak the JSON Simple API (PEP 691); give --wheel-url instead"
        raise RefusedError(detail, code="index_unusable", status=status)
    return page


def _wheel(file: _File, page_url: str, version: Version) -> IndexedWheel | None:
    try:
        _, built, _, tags = parse_wheel_filename(file.filename)
        url = urldefrag(urljoin(page_url, file.url)).url
    except ValueError:  # another kind of file, or no URL
        return None
    if built != version:
        return None
    is_pure = all(_is_pure(tag) for tag in tags)
    return IndexedWheel(file.filename, url, file.hashes.get("sha256"), is_pure, _provenance(file, page_url))


def _provenance(file: _File, page_url: str) -> str | None:
    """Return where the provenance is; what is neither encrypted nor where the index is, is not asked for."""
    if not isinstance(file.provenance, str):
        return None
    try:
        url = urljoin(page_url, file.provenance)
        return url if url.startswith("https://") or _origin(url) == _origin(page_url) else None
    except ValueError:
        return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _is_pure(tag: Tag) -> bool:
    return (tag.abi, tag.platform) == ("none", "any")
