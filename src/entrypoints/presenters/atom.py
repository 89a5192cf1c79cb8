"""Releases as an Atom feed (RFC 4287)."""

import re
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from application.use_cases.logged_releases import Releases
from domain.log.entries import source_of
from domain.names import ProviderName
from entrypoints.presenters.log_entries import LoggedEvent, logged_event

ATOM = "application/atom+xml"
EVERY_RELEASE_PATH = "/catalog/releases.atom"
_NAMESPACE = "http://www.w3.org/2005/Atom"
# Source: XML 1.0, section 2.2: no other character may stand in a document.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def releases_path(provider: ProviderName | None) -> str:
    """Return where the feed of a provider, or of all, is read."""
    return EVERY_RELEASE_PATH if provider is None else f"/catalog/{provider}/releases.atom"


def releases_feed(releases: Releases, provider: ProviderName | None, *, base_url: str | None) -> bytes:
    """Return the feed of a provider, or of all. There is at least one release.

    Ids stand on the log's origin, so that they stay when the registry is reached under another address.
    """
    source = source_of(releases.origin)
    base, path = base_url or source, releases_path(provider)
    events = [logged_event(item) for item in releases.items]
    feed = Element("feed", xmlns=_NAMESPACE)
    _text(feed, "id", f"{source}{path}")
    _text(feed, "title", "Releases of all providers" if provider is None else f"Releases of {provider}")
    _text(feed, "updated", _moment(max(event.time for event in events)))
    _text(SubElement(feed, "author"), "name", "Provider Registry")
    SubElement(feed, "link", rel="self", type=ATOM, href=f"{base}{path}")
    page = "/" if provider is None else f"/catalog/{provider}"
    SubElement(feed, "link", rel="alternate", type="text/html", href=f"{base}{page}")
    for event in events:
        _add(feed, event, base)
    return b"<?xml version='1.0' encoding='utf-8'?>\n" + tostring(feed, encoding="unicode").encode()


def _add(feed: Element, event: LoggedEvent, base: str) -> None:
    entry = SubElement(feed, "entry")
    _text(entry, "id", f"urn:uuid:{event.id}")
    name = f"{event.data.prefix}/{event.data.name} {event.data.version}"
    _text(entry, "title", name if event.data.wheel else f"{name} {event.said.lower()}")
    _text(entry, "updated", _moment(event.time))
    SubElement(entry, "link", rel="alternate", type="text/html", href=f"{base}{event.path}")
    SubElement(entry, "category", term=event.said.lower())
    _text(entry, "summary", _summary(event))


def _summary(event: LoggedEvent) -> str:
    said = f"{event.said} by {event.data.actor}." if event.data.actor else f"{event.said}."
    wheel = event.data.wheel
    return said if wheel is None else f"{said} {wheel.filename}, SHA-256 {wheel.sha256}"


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


FEED_EXAMPLE = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    f'<feed xmlns="{_NAMESPACE}"><id>https://registry.example.com/catalog/platform/gcp/releases.atom</id>'
    "<title>Releases of platform/gcp</title><updated>2026-11-30T07:00:00Z</updated>"
    "<author><name>Provider Registry</name></author>"
    '<link rel="self" type="application/atom+xml" '
    'href="https://registry.example.com/catalog/platform/gcp/releases.atom" />'
    '<link rel="alternate" type="text/html" href="https://registry.example.com/catalog/platform/gcp" />'
    "<entry><id>urn:uuid:01938a6e-1c00-7000-8000-000000000004</id><title>platform/gcp 1.4.0 yanked</title>"
    "<updated>2026-11-30T07:00:00Z</updated>"
    '<link rel="alternate" type="text/html" href="https://registry.example.com/catalog/platform/gcp/1.4.0" />'
    '<category term="yanked" /><summary>Yanked by mch_release.</summary></entry></feed>'
)
