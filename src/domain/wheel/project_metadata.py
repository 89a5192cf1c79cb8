"""What a wheel's core metadata says of its project, for people: license, author, links, dependencies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses
from itertools import islice
from urllib.parse import urlsplit

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
