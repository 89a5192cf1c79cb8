"""The JSON document that holds the credentials for wheel hosts."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

import msgspec

from adapters.https.fetch_request import Credential, FetchUrl
from domain.errors import InvalidProviderNameError, InvalidWheelUrlError
from domain.names import PLATFORM, ProviderName
from domain.wheel.url import WheelUrl, parse_authority

_ANY_WHEEL = "any-1-py3-none-any.whl"
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_FIELD_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_NOT_CREDENTIALS = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "range", "te"),
        *("trailer", "transfer-encoding", "upgrade", "user-agent"),
    }
)


class InvalidCredentialsError(ValueError):
    """The document is not usable. The message says where and why, and repeats nothing of it."""


class _Basic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    username: str
    password: str


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    value: str


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    path: str = "/"
    namespaces: tuple[str, ...] = (f"{PLATFORM}/",)
    basic: _Basic | None = None
    bearer: str | None = None
    header: _Header | None = None


def parse_credentials(document: bytes) -> tuple[Credential, ...]:
    """Parse a list of entries: ``host``, ``path``, ``namespaces``, and one of ``basic``, ``bearer`` and ``header``.

    Raises:
        InvalidCredentialsError: An entry is wrong, or two could answer for the same wheel.
    """
    try:
        entries = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidCredentialsError("is not a whole JSON document") from None
    if not isinstance(entries, list):
        raise InvalidCredentialsError("must hold a JSON list of entries")
    credentials = tuple(_credential(number, entry) for number, entry in enumerate(entries, start=1))
    _require_distinct(credentials)
    return credentials


def _credential(number: int, entry: object) -> Credential:
    try:
        found = msgspec.convert(entry, _Entry)
    except msgspec.ValidationError:
        raise _invalid(
            number,
            "must have a host and one of basic (username, password), bearer and header (name, value), may have a path "
            "and a list of namespaces, and nothing else",
        ) from None
    fields = [*_fields(number, found)]
    if len(fields) != 1:
        raise _invalid(number, "must have exactly one of basic, bearer and header")
    if not found.namespaces:
        raise _invalid(number, "must serve a namespace")
    name, value = fields[0]
    url = _folder(number, found)
    return Credential(
        host=url.host,
        port=url.port,
        path=url.target.removesuffix(_ANY_WHEEL),
        namespaces=frozenset(_namespace(number, each) for each in found.namespaces),
        field_name=name,
        field_value=value,
    )


def _folder(number: int, entry: _Entry) -> FetchUrl:
    try:
        parse_authority(entry.host)
    except InvalidWheelUrlError:
        raise _invalid(number, "the host must be a host name, with a port if it is not 443") from None
    if not (entry.path.startswith("/") and entry.path.endswith("/")):
        raise _invalid(number, "the path must begin and end with a slash")
    try:
        return FetchUrl.of(WheelUrl.parse(f"https://{entry.host}{entry.path}{_ANY_WHEEL}"))
    except InvalidWheelUrlError:
        raise _invalid(number, "the path must be one of a URL, without a query") from None


def _namespace(number: int, text: str) -> str:
    try:
        return ProviderName(text.removesuffix("/"), "any").prefix
    except InvalidProviderNameError:
        raise _invalid(number, "the namespaces must be such as platform/") from None


def _fields(number: int, entry: _Entry) -> Iterator[tuple[str, str]]:
    if (basic := entry.basic) is not None:
        if ":" in basic.username or not (basic.username + basic.password).isprintable():
            raise _invalid(number, "the username has no colon, and neither it nor the password has control characters")
        yield "Authorization", f"Basic {b64encode(f'{basic.username}:{basic.password}'.encode()).decode()}"
    if (bearer := entry.bearer) is not None:
        if not _TOKEN.fullmatch(bearer):
            raise _invalid(number, "the bearer token must be one as in RFC 6750, without the word Bearer")
        yield "Authorization", f"Bearer {bearer}"
    if (header := entry.header) is not None:
        if not _FIELD_NAME.fullmatch(header.name) or header.name.lower() in _NOT_CREDENTIALS:
            raise _invalid(number, "the header's name must be that of a field for credentials")
        if not _FIELD_VALUE.fullmatch(header.value):
            raise _invalid(number, "the header's value must be printable ASCII without spaces at its ends")
        yield header.name, header.value


def _require_distinct(credentials: Sequence[Credential]) -> None:
    numbers: dict[tuple[str, int, str, str], int] = {}
    for number, each in enumerate(credentials, start=1):
        for namespace in each.namespaces:
            first = numbers.setdefault((each.host, each.port, each.path, namespace), number)
            if first != number:
                raise _invalid(number, f"is for the same host, path and namespace as entry {first}")


def _invalid(number: int, problem: str) -> InvalidCredentialsError:
    return InvalidCredentialsError(f"entry {number}: {problem}")
