"""What people see of the transparency log: its page, a version's place in it, and Atom feeds."""

from collections.abc import AsyncIterator
from xml.etree.ElementTree import Element, fromstring

import pytest

from adapters import ed25519
from adapters.memory.transparency_log import InMemoryLog
from application.use_cases import logged_releases
from domain.log.notes import SigningKey
from entrypoints.bootstrap import MemoryAdapters
from entrypoints.http.routes import log_page, releases
from provider_registry_testing.logs import open_log
from tests.entrypoints.http.conftest import Service, serving
from tests.entrypoints.http.test_pages import read

ORIGIN = "registry.example.com/log"
KEY = SigningKey.of(ORIGIN, bytes(range(32)), ed25519.public_key)
URL = "https://registry.example.com"
VERSION = "/catalog/platform/gcp/1.0.0"
COMPARISON = "/catalog/platform/gcp/compare/1.0.0...1.1.0"
BUCKET = {"bucket": {"config_schema": {"type": "object"}}}
FEED, EVERY = "/catalog/platform/gcp/releases.atom", "/catalog/releases.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
YANK = "/console/providers/platform/gcp/versions/1.0.0/yank"


def _log(service: Service) -> InMemoryLog:
    assert service.adapters.log is not None
    log = service.adapters.log.writer
    assert isinstance(log, InMemoryLog)
    return log


@pytest.fixture
async def unopened() -> AsyncIterator[Service]:
    """A registry with a log, which nothing appends to by itself."""
    async with serving(MemoryAdapters().with_log([]), public_url=URL) as service:
        yield service


@pytest.fixture
async def logged(unopened: Service) -> Service:
    await open_log(_log(unopened))
    return unopened


async def _append(service: Service) -> None:
    assert service.adapters.log is not None
    signing = MemoryAdapters().with_log([KEY]).log
    assert signing is not None
    log = _log(service)
    await type(signing)(writer=log, queries=log, kept=signing.kept, cosignatures=log, keys=[KEY]).append().execute()


async def _release(service: Service, *versions: str) -> None:
    for version in versions:
        await service.publish(version)
    await _append(service)


async def _feed(service: Service, path: str) -> Element:
    answer = await service.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml")
    return fromstring(answer.content)


def _texts(parent: Element, tag: str) -> list[str]:
    return [each.text or "" for each in parent.findall(f"{ATOM}{tag}")]


def _links(parent: Element) -> dict[str, str]:
    return {each.attrib["rel"]: each.attrib["href"] for each in parent.findall(f"{ATOM}link")}


async def test_a_version_shows_its_place_and_the_command_that_verifies_it(logged: Service) -> None:
    await _release(logged, "1.0.0")

    page = await read(logged, VERSION)

    assert "<dt>Entry</dt><dd>2</dd>" in page
    assert f"<dd>{ORIGIN}, of 3 entries when this page was made</dd>" in page
    checkpoint = (await logged.client.get("/log/checkpoint")).text
    assert f"<code>{checkpoint.split(chr(10))[2].replace('+', '&#43;')}</code>" in page.replace("+", "&#43;")
    wheel = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
    command = (
        f"provider-registry log verify {URL} --key &#34;$LOG_KEY&#34; --version platform/gcp@1.0.0 --wheel {wheel}"
    )
    assert f"<code>{command}</code>" in page
    assert f"<code>{ORIGIN}+{KEY.verifier.id.hex()}+</code>" in page
    assert 'href="/providers/platform/gcp/versions/1.0.0/proof"' in page


async def test_a_version_that_is_not_in_the_log_yet_says_so_and_is_not_kept(logged: Service) -> None:
    await _release(logged, "1.0.0")
    await logged.publish("1.1.0")
    assert "It is not in the log yet" in await read(logged, "/catalog/platform/gcp/1.1.0")

    await _append(logged)

    assert "<dt>Entry</dt><dd>3</dd>" in await read(logged, "/catalog/platform/gcp/1.1.0")


async def test_without_a_log_nothing_leads_to_one(service: Service) -> None:
    await service.publish()

    pages = [await read(service, path) for path in ("/", "/catalog/platform/gcp", VERSION)]

    assert [word for word in ("/log", "atom", "Transparency") for page in pages if word in page] == []
    for path in ("/log", FEED, EVERY):
        assert (await service.client.get(path)).status_code == 404


async def test_the_log_has_a_page_with_its_checkpoint_and_its_newest_entries(logged: Service) -> None:
    await _release(logged, "1.0.0", "1.1.0")

    page = await read(logged, "/log")

    checkpoint = (await logged.client.get("/log/checkpoint")).text
    assert checkpoint.replace("+", "&#43;") in page.replace("+", "&#43;")
    assert f"provider-registry log verify {URL} --key &#34;$LOG_KEY&#34;" in page
    places = [page.index(f'<span class="version">{index}</span>') for index in (3, 2, 1, 0)]
    assert places == sorted(places)
    assert f'Published <a href="{VERSION}">platform/gcp@1.0.0</a>' in page
    assert '<a href="/log">Log</a>' in await read(logged, "/")


async def test_entries_are_shown_some_at_a_time(logged: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_page, "_ENTRIES", 2)
    await _release(logged, "1.0.0", "1.1.0", "1.2.0")  # five entries, with the opening and the metadata

    first = await read(logged, "/log")
    second = await read(logged, "/log?after=1")
    last = await read(logged, "/log?after=0")

    assert ("platform/gcp@1.2.0" in first, "after=1" in first, "Newer" in first) == (True, True, False)
    assert ("platform/gcp@1.0.0" in second, "after=0" in second, "after=3" in second) == (True, True, True)
    assert ("Log opened" in last, "Older" in last, "after=2" in last) == (True, False, True)
    assert await read(logged, "/log?after=99") == first
    await read(logged, "/log?after=-1", status=400)


async def test_a_log_that_is_not_open_says_so_to_people(unopened: Service) -> None:
    assert "has no checkpoint yet" in await read(unopened, "/log", status=404)


async def test_the_feed_of_a_provider_has_its_releases_newest_first(logged: Service) -> None:
    await _release(logged, "1.0.0", "1.1.0")
    await logged.client.put(YANK, json={"reason": "Deletes buckets"}, headers=logged.authorised())
    await _append(logged)

    feed = await _feed(logged, FEED)

    assert _texts(feed, "id") == [f"{URL}{FEED}"]
    assert _links(feed) == {"self": f"{URL}{FEED}", "alternate": f"{URL}/catalog/platform/gcp"}
    entries = feed.findall(f"{ATOM}entry")
    titles = [_texts(entry, "title")[0] for entry in entries]
    assert titles == ["platform/gcp 1.0.0 yanked", "platform/gcp 1.1.0", "platform/gcp 1.0.0"]
    assert [_links(entry)["alternate"] for entry in entries[1:]] == [
        f"{URL}/catalog/platform/gcp/1.1.0",
        f"{URL}{VERSION}",
    ]
    assert "Deletes buckets" not in (await logged.client.get(FEED)).text  # the log has no reasons


async def test_a_feed_has_what_rfc_4287_requires(logged: Service) -> None:
    await _release(logged, "1.0.0")

    feed = await _feed(logged, EVERY)

    assert feed.tag == f"{ATOM}feed"
    assert _texts(feed.find(f"{ATOM}author") or feed, "name") == ["Provider Registry"]
    for parent in (feed, *feed.findall(f"{ATOM}entry")):
        assert [len(_texts(parent, tag)) for tag in ("id", "title", "updated")] == [1, 1, 1]
    assert _texts(feed, "updated") == [max(_texts(entry, "updated")[0] for entry in feed.findall(f"{ATOM}entry"))]
    ids = [_texts(entry, "id")[0] for entry in feed.findall(f"{ATOM}entry")]
    assert [each.startswith("urn:uuid:") for each in ids] == [True]


async def test_ids_stay_and_an_unchanged_feed_is_not_sent_again(logged: Service) -> None:
    await _release(logged, "1.0.0")
    before = await _feed(logged, EVERY)
    tag = (await logged.client.get(EVERY)).headers["etag"]
    assert (await logged.client.get(EVERY, headers={"If-None-Match": tag})).status_code == 304

    await _release(logged, "1.1.0")

    after = await _feed(logged, EVERY)
    assert (await logged.client.get(EVERY, headers={"If-None-Match": tag})).status_code == 200
    assert _texts(after, "id") == _texts(before, "id")
    assert [_texts(entry, "id") for entry in after.findall(f"{ATOM}entry")][1:] == [
        _texts(entry, "id") for entry in before.findall(f"{ATOM}entry")
    ]


@pytest.mark.hostile
async def test_a_feed_is_bounded(logged: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await _release(logged, "1.0.0", "1.1.0", "1.2.0")
    monkeypatch.setattr(logged_releases, "MAX_LOOKED_AT", 1)
    assert len((await _feed(logged, EVERY)).findall(f"{ATOM}entry")) == 1
    assert len((await _feed(logged, FEED)).findall(f"{ATOM}entry")) == 3
    monkeypatch.setattr(releases, "MAX_RELEASES", 2)
    assert len((await _feed(logged, FEED)).findall(f"{ATOM}entry")) == 2


async def test_a_feed_without_releases_says_why(unopened: Service) -> None:
    async def code(path: str) -> str:
        answer = await unopened.client.get(path)
        return f"{answer.status_code} {answer.json()['code']}"

    assert [await code(EVERY), await code(FEED)] == ["404 log_empty", "404 log_empty"]
    await open_log(_log(unopened))
    await _append(unopened)
    assert [await code(EVERY), await code(FEED)] == ["404 not_logged_yet", "404 provider_not_found"]
    await unopened.publish()
    assert await code(FEED) == "404 not_logged_yet"


async def test_pages_lead_feed_readers_to_the_feeds(logged: Service) -> None:
    await _release(logged, "1.0.0")

    for path, feed in (("/", EVERY), ("/log", EVERY), ("/catalog/platform/gcp", FEED), (VERSION, FEED)):
        assert 'type="application/atom+xml" title="Releases of ' in (page := await read(logged, path))
        assert f'href="{feed}">' in page


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/catalog/platform/gcp",
        VERSION,
        f"{VERSION}/bucket",
        COMPARISON,
        "/rules",
        "/schema",
        "/log",
        "/catalog/a/b",
    ],
)
async def test_every_page_leads_to_the_log(logged: Service, path: str) -> None:
    await logged.publish("1.0.0", schemas=BUCKET)
    await logged.publish("1.1.0", schemas=BUCKET)

    answer = await logged.client.get(path, headers={"Accept": "text/html"})

    assert '<a href="/log">Log</a>' in answer.text
