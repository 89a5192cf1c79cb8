"""Where a wheel is: the one canonical form of a wheel URL.

No parser of a library is a canonicaliser (they admit odd hosts), so the form is decided here, following
RFC 3986 for syntax and the WHATWG rule that a host ending in a number is an IPv4 address.
"""

import ipaddress
import re
import string
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import quote, unquote_to_bytes

from domain.errors import InvalidDigestError, InvalidWheelFilenameError, InvalidWheelUrlError
from domain.wheel.file import Sha256Digest, WheelFilename

MAX_LENGTH = 2048
DEFAULT_PORT = 443

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d{1,5}(?:/|$))", re.ASCII)
_URL_IN_PATH = re.compile(r"(?:^|/)https?(?::|%3a)(?:/|%2f){2}", re.ASCII | re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\u200b-\u200f\u2028-\u202e\u2060\ufeff\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)
_FORBIDDEN_ENCODED = re.compile(r"%(?:[01][0-9a-f]|7f|5c)", re.ASCII | re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_SEGMENT_SAFE = "!$&'()*+,;=:@-._~%"
# Letters whose IDNA 2003 mapping (the standard library's) names another host than IDNA 2008 does, and the full stop
# that only IDNA 2003 reads as a dot.
_IDNA_DEVIATIONS = frozenset("ßςẞ\u3002")


@dataclass(frozen=True, slots=True)
class WheelUrl:
    """An HTTPS URL of a wheel in canonical form: equal URLs are equal texts.

    Attributes:
        text: ``https://host[:port]/path``, host in lower-case ASCII, no default port, user, query or fragment,
            percent-encoding only where needed and upper-case, no dot segments.
        host: The host as it stands in the URL (an IPv6 address without its brackets).
        filename: The wheel file name that ends the path.
        fragment_digest: The digest of a ``#sha256=`` fragment, which is no part of the URL's identity.
    """

    text: str
    host: str
    filename: WheelFilename
    fragment_digest: Sha256Digest | None = None

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read a URL in any spelling and canonicalise it; a missing scheme means https.

        Raises:
            InvalidWheelUrlError: The URL is not https, carries what a public wheel URL must not carry (a user, a
                query, control characters), names no valid host, or does not end in a wheel file name.
        """
        if len(written) > MAX_LENGTH:
            raise InvalidWheelUrlError(f"the URL is {len(written)} characters long; {MAX_LENGTH} are allowed")
        if _UNSAFE.search(written):
            raise InvalidWheelUrlError("the URL has a space, backslash or control character; percent-encode it")
        rest, digest = _split_fragment(_without_scheme(written))
        if "?" in rest:
            raise InvalidWheelUrlError("the URL has a query; register the plain address of the file, not a signed link")
        authority, slash, path = rest.partition("/")
        if _URL_IN_PATH.search(path):
            raise InvalidWheelUrlError("the URL has another URL in its path; write the address of the file alone")
        host, port = parse_authority(authority)
        path, name = _path(slash + path)
        bracketed = f"[{host}]" if ":" in host else host
        text = f"https://{bracketed}{'' if port == DEFAULT_PORT else f':{port}'}{path}"
        if len(text) > MAX_LENGTH:
            raise InvalidWheelUrlError(f"the canonical URL is {len(text)} characters long; {MAX_LENGTH} are allowed")
        try:
            filename = WheelFilename.parse(name)
        except InvalidWheelFilenameError as error:
            raise InvalidWheelUrlError(f"the end of the URL is {error.detail}") from None
        return cls(text, host, filename, digest)

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, WheelUrl) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text


def _without_scheme(written: str) -> str:
    scheme = _SCHEME.match(written)
    if scheme is None:
        return written.removeprefix("//")
    rest = written[scheme.end() :]
    if scheme[1].lower() == "https" and not rest.startswith("//"):
        raise InvalidWheelUrlError("the URL's https: is not followed by two slashes; write https://host/file")
    if scheme[1].lower() != "https":
        raise InvalidWheelUrlError(f"the URL's scheme is {scheme[1].lower()!r}; only https:// is accepted")
    return rest[2:]


def _split_fragment(rest: str) -> tuple[str, Sha256Digest | None]:
    rest, hash_sign, fragment = rest.partition("#")
    if not hash_sign:
        return rest, None
    algorithm, _, digest = fragment.partition("=")
    if algorithm != "sha256":
        raise InvalidWheelUrlError("the URL has a fragment; only #sha256=<digest> is accepted")
    try:
        return rest, Sha256Digest(digest.lower())
    except InvalidDigestError as error:
        raise InvalidWheelUrlError(f"the URL's #sha256= fragment is wrong: {error.detail}") from None


@lru_cache(maxsize=1024)  # most wheels come from few hosts
def parse_authority(authority: str) -> tuple[str, int]:
    """Read ``host[:port]`` and return the canonical host, an IPv6 address without its brackets, and the port.

    Raises:
        InvalidWheelUrlError: It names a user, a port out of range, or no valid host.
    """
    if "@" in authority:
        raise InvalidWheelUrlError("the URL names a user or password; private hosts are reached without credentials")
    host, port = authority, ""
    if authority.startswith("["):
        host, bracket, after = authority[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise InvalidWheelUrlError("the URL's IPv6 host is not closed by a bracket")
        return _ipv6(host), _port(after[1:])
    host, _, port = authority.partition(":")
    return _hostname(host), _port(port)


def _port(digits: str) -> int:
    if not digits:
        return DEFAULT_PORT
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and 1 <= int(digits) <= 65535):
        raise InvalidWheelUrlError("the URL's port is not a number from 1 to 65535")
    return int(digits)


def _ipv6(host: str) -> str:
    if "%" in host:
        raise InvalidWheelUrlError("the URL's IPv6 host has a zone id, which means nothing to other machines")
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        raise InvalidWheelUrlError("the URL's host is not a valid IPv6 address") from None
    if address.ipv4_mapped is not None:  # Python versions differ in how they spell it
        raise InvalidWheelUrlError("the URL's host maps an IPv4 address into IPv6; write it as a.b.c.d")
    return address.compressed


def _hostname(host: str) -> str:
    if not host.isascii():
        host = _idna(host)
    host = host.lower().removesuffix(".")
    if host in {"http", "https"}:
        raise InvalidWheelUrlError("the URL has its scheme twice, or without ://; write https://host/file")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidWheelUrlError("the URL's host is missing or not a valid host name")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise InvalidWheelUrlError("the URL's host is a number; write an IPv4 address as a.b.c.d") from None
    for label in labels:
        _check_a_label(label)
    return host


def _idna(host: str) -> str:
    lowered = host.lower()
    # Full-width digits and ideographic dots would turn into another host on the way to the resolver.
    forms = {host, lowered}  # a Kelvin sign is only seen before it is lowered to a plain k
    if any(unicodedata.normalize("NFKC", form) != form for form in forms) or _IDNA_DEVIATIONS & set(host):
        raise InvalidWheelUrlError("the URL's host has characters with two readings; write it in its xn-- form")
    try:
        return lowered.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidWheelUrlError("the URL's host is not a valid internationalised name") from None


def _check_a_label(label: str) -> None:
    if label.startswith("xn--"):
        try:
            decoded = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError, OverflowError):
            decoded = ""
        if decoded.isascii() or not decoded.isprintable():
            raise InvalidWheelUrlError("the URL's host has an xn-- label that encodes no international name")


def _path(path: str) -> tuple[str, str]:
    """Return the normalised path and its last segment, decoded."""
    if _PERCENT.search(path):
        raise InvalidWheelUrlError("the URL's path has a '%' that starts no percent-encoding; write it as %25")
    if _FORBIDDEN_ENCODED.search(path):
        raise InvalidWheelUrlError("the URL's path hides a control character or backslash in percent-encoding")
    kept: list[str] = []
    normal = ""
    for segment in path.split("/")[1:]:
        normal = quote(_ESCAPE.sub(_normal_escape, segment), safe=_SEGMENT_SAFE)
        if normal == "..":
            kept[-1:] = []
        elif normal != ".":
            kept.append(normal)
    if normal in {".", ".."}:  # names a folder (RFC 3986 section 5.2.4)
        kept.append("")
    name = unquote_to_bytes(kept[-1]).decode("utf-8", "replace") if kept else ""
    return "/" + "/".join(kept), name


def _normal_escape(escape: re.Match[str]) -> str:
    """Decode an unreserved character, which means the same either way; keep others, where '+' and '%2B' may differ."""
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()
