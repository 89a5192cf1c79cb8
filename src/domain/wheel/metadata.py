"""Core metadata of a wheel: header fields, the long description, and what it says of its project for people."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses
from itertools import islice
from urllib.parse import urlsplit

from packaging.specifiers import SpecifierSet

from domain.errors import WheelProblem, WheelRefusedError

LONGEST_FIELD = 2000
MAX_HEADER_BYTES = 1024 * 1024
_BLANK_LINE = re.compile(rb"(?>\r\n|\r|\n)[\r\n]")


def headers(data: bytes, *, file: str) -> Message:
    """Read the headers of core metadata, which is UTF-8; the parser of whole messages recurses without bound.

    Raises:
        WheelRefusedError: They are so large that holding them would take a hundred times their size.
    """
    end = _BLANK_LINE.search(data)
    head = data[: end.end()] if end else data
    if len(head) > MAX_HEADER_BYTES:
        raise WheelRefusedError(
            WheelProblem.METADATA_INVALID,
            f"the headers of the wheel's {file} file take more than {MAX_HEADER_BYTES} bytes; "
            "put the description into the body, behind a blank line",
        )
    return HeaderParser().parsestr(head.decode("utf-8", "replace"))


def body(data: bytes) -> str:
    """Return what follows the headers; empty where nothing does."""
    end = _BLANK_LINE.search(data)
    return data[end.end() :].decode("utf-8", "replace") if end else ""


def field(message: Message, name: str) -> str | None:
    """Return a header's text without folding and control characters."""
    value = message.get(name)
    if value is None:
        return None
    return "".join(character if character.isprintable() else " " for character in value).strip()


def requires_python(metadata: Message) -> str | None:
    """Return the field if installers can read it; an unreadable one is common and harmless, so it is dropped."""
    text = field(metadata, "Requires-Python") or ""
    try:
        return str(SpecifierSet(text)) or None if len(text) <= LONGEST_FIELD else None
    except ValueError:  # InvalidSpecifier, or int() declining more than 4300 digits
        return None


def quoted(value: str) -> str:
    """Return hostile text in a form that fits into a sentence."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")


LONGEST_README = 256 * 1024
_MARKDOWN = "text/markdown"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Readme:
    """A text for people.

    Attributes:
        text: At most 262144 characters; a longer one is cut.
        content_type: As the wheel says, such as ``text/markdown``; the specification's default otherwise.
    """

    text: str
    content_type: str = "text/x-rst"

    @classmethod
    def of(cls, metadata: Message, body: str) -> "Readme | None":
        """Return the description of core metadata: the body behind the headers, or the older header; None without one.

        Source: PyPA core metadata specification, "Description" and "Description-Content-Type".
        """
        text = body[: LONGEST_README * 2] if body.strip() else _unfolded(metadata.get("Description", ""))
        text = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST_README].strip()
        kind = str(metadata.get("Description-Content-Type", "")).partition(";")[0].strip().lower()
        known = re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,60}", kind)
        return cls(text, *([kind] if known else [])) if text else None

    @property
    def is_markdown(self) -> bool:
        return self.content_type == _MARKDOWN


def _unfolded(header: object) -> str:
    """Undo what older tools do to the lines of a header: eight blanks, or seven and a bar."""
    return re.sub(r"\n(?: {8}| {7}\|)", "\n", str(header))


MAX_LICENSE = 200
MAX_AUTHOR = 300
MAX_LINKS = 20
MAX_LABEL = 32  # PyPA core metadata specification, "Project-URL"
MAX_URL = 500
MAX_DEPENDENCIES = 100
MAX_DEPENDENCY = 300
_MAX_READ = 200  # values of one field
_MAX_ADDRESS_FIELDS = 20
_MAX_NESTED = 50  # the parser of addresses recurses for each of these characters
_NESTING = "(:"
_UNSAFE = frozenset("\"'<>`\\ ")
_UNKNOWN = frozenset({"", "UNKNOWN"})
_LICENSES = "License :: "


@dataclass(frozen=True, slots=True)
class ProjectLink:
    """A link of a project. The address is https."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMetadata:
    """What a wheel says of its project. Nothing of it is verified, and long texts are cut.

    Attributes:
        license: An SPDX expression, or what older metadata says; None without one.
        author: Names, not addresses, where both are given; None without one.
        links: At most 20, in the order of the metadata.
        dependencies: At most 100 requirements, as they are written.
    """

    license: str | None = None
    author: str | None = None
    links: tuple[ProjectLink, ...] = ()
    dependencies: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether any of it is there."""
        return self != ProjectMetadata()

    @classmethod
    def of(cls, metadata: Message) -> "ProjectMetadata":
        """Collect it from the headers of core metadata."""
        return cls(
            license=_license(metadata),
            author=_author(metadata),
            links=tuple(dict.fromkeys(_links(metadata)))[:MAX_LINKS],
            dependencies=tuple(islice(_texts(metadata, "Requires-Dist", MAX_DEPENDENCY), MAX_DEPENDENCIES)),
        )


def _license(metadata: Message) -> str | None:
    for name in ("License-Expression", "License"):
        for text in _texts(metadata, name, MAX_LICENSE):
            return text
    classified = (text for text in _texts(metadata, "Classifier", MAX_LICENSE) if text.startswith(_LICENSES))
    return next((text.rpartition(" :: ")[2] for text in classified), None)


def _author(metadata: Message) -> str | None:
    for names, addresses in (("Author", "Author-email"), ("Maintainer", "Maintainer-email")):
        for text in _texts(metadata, names, MAX_AUTHOR):
            return text
        people = list(_people(islice(_texts(metadata, addresses, MAX_AUTHOR * 2), _MAX_ADDRESS_FIELDS)))
        if people:
            return ", ".join(people)[:MAX_AUTHOR]
    return None


def _people(values: Iterable[str]) -> Iterator[str]:
    """Yield names, or addresses without one. Values are read one by one: joined ones would nest without end."""
    for value in values:
        if sum(map(value.count, _NESTING)) <= _MAX_NESTED:
            yield from (name or address for name, address in getaddresses([value]) if name or address)


def _links(metadata: Message) -> Iterator[ProjectLink]:
    for text in _texts(metadata, "Home-page", MAX_URL + 1):
        if _is_safe(text):
            yield ProjectLink("Homepage", text)
    for text in _texts(metadata, "Project-URL", MAX_LABEL + MAX_URL + 10):
        label, _, url = (part.strip() for part in text.partition(","))
        if label and _is_safe(url):
            yield ProjectLink(label[:MAX_LABEL], url)


def _is_safe(url: str) -> bool:
    """Tell whether an address is https, without a user, and cannot leave an attribute of a page."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
    return is_web and len(url) <= MAX_URL and url.isprintable() and _UNSAFE.isdisjoint(url)


def _texts(metadata: Message, name: str, longest: int) -> Iterator[str]:
    """Yield the first values of a field in one line each, without what cannot be shown."""
    for value in islice(metadata.get_all(name, ()), _MAX_READ):
        head = str(value)[: longest * 4]
        text = " ".join("".join(each if each.isprintable() else " " for each in head).split())
        if text not in _UNKNOWN:
            yield text[:longest]
