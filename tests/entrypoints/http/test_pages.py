"""The pages for people over HTTP."""

import re
from html import unescape

import pytest

from entrypoints.http.middleware.security_headers import PROTECTION
from entrypoints.http.pages.responses import STYLESHEET_PATH
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import Service
from tests.entrypoints.http.test_catalog import a_described_wheel, publish, wait

YANK = "/console/providers/platform/gcp/versions/1.0.0/yank"
PROVIDER = "/catalog/platform/gcp"
VERSION = f"{PROVIDER}/1.0.0"


async def read(service: Service, path: str, status: int = 200) -> str:
    response = await service.client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return response.text


async def test_the_first_page_lists_the_providers(service: Service) -> None:
    assert "No provider has a published version yet" in await read(service, "/")
    await service.publish()
    page = await read(service, "/")
    assert f'<a href="{PROVIDER}">Google Cloud</a>' in page
    assert "1 provider" in page


async def test_searching_keeps_the_words_and_the_tags(service: Service) -> None:
    await service.publish()
    page = await read(service, "/?q=google&tags=cloud")
    assert 'value="google"' in page
    assert '<input type="hidden" name="tags" value="cloud">' in page
    assert "1 provider found" in page
    assert "Nothing found" in await read(service, "/?q=nothing")
    assert "spelt alike" in await read(service, "/?q=gooogle")


async def test_pages_of_results_lead_to_each_other(service: Service) -> None:
    for number in range(21):
        await publish(service, f"p{number:02}")
    first = await read(service, "/?tags=cloud")
    assert "1 to 20 of 21 providers" in first
    assert '<a rel="next" href="/?tags=cloud&amp;offset=20">' in first
    assert 'rel="prev"' not in first
    second = await read(service, "/?tags=cloud&offset=20")
    assert "21 to 21 of 21 providers" in second
    assert '<a rel="prev" href="/?tags=cloud">' in second
    assert 'rel="next"' not in second
    assert '<a href="/">Start from the first</a>' in await read(service, "/?offset=99")


async def test_the_order_is_chosen_by_a_link_and_stays_while_tags_and_pages_are_chosen(service: Service) -> None:
    for number in range(21):
        await publish(service, f"p{number:02}")
        wait(service, seconds=1)
    by_name = await read(service, "/")
    assert '<a href="/" aria-current="true">Name</a><a href="/?sort=recent">Last release</a>' in by_name
    assert "Page 1 of 2" in by_name
    first = await read(service, "/?sort=recent")
    assert '<a href="/">Name</a><a href="/?sort=recent" aria-current="true">Last release</a>' in first
    assert "21 providers, the last release first" in first
    assert 'href="/?tags=cloud&amp;sort=recent"' in first
    assert [first.index("platform/p20") < first.index("platform/p19"), 'rel="prev"' in first] == [True, False]
    [following] = re.findall(r'<a rel="next" href="([^"]+)"', first)
    second = await read(service, unescape(following))
    assert re.findall(r'<a href="/catalog/(.*?)"', second) == ["platform/p00"]
    assert '<a rel="first" href="/?sort=recent">' in second
    assert 'rel="next"' not in second


async def test_what_a_query_ranks_has_no_order_to_choose(service: Service) -> None:
    await publish(service, "a")
    assert 'aria-label="Order"' not in await read(service, "/")
    await publish(service, "b")
    assert 'aria-label="Order"' in await read(service, "/?tags=cloud")
    assert 'aria-label="Order"' not in await read(service, "/?q=google")


async def test_the_front_shows_the_tags_most_used(service: Service) -> None:
    assert 'class="popular"' not in await read(service, "/")
    wait(service, seconds=60)
    await publish(service, "a", tags=["cloud", "<b>"])
    await publish(service, "b", tags=["cloud"])
    page = await read(service, "/")
    assert '<h2 id="tags" class="count">Tags</h2>' in page
    assert (
        '<li><a class="tag" href="/?tags=cloud">cloud <span class="tally">2<span class="unseen"> providers</span>'
        in page
    )
    assert 'href="/?tags=%3Cb%3E">&lt;b&gt; <span class="tally">1<span class="unseen"> provider</span>' in page
    for narrowed in ("/?tags=cloud", "/?q=google", "/?offset=20"):
        assert 'class="popular"' not in await read(service, narrowed)


async def test_a_card_says_when_the_provider_was_released_and_whose_it_is_if_it_is_a_customers(
    service: Service,
) -> None:
    await service.publish()
    wait(service, seconds=24 * 3600)
    await service.client.put(YANK, json={"reason": "broken"}, headers=service.authorised())
    page = await read(service, "/")
    assert 'released <time datetime="2026-01-01T00:00:00+00:00">1 January 2026</time>' in page
    assert ["Official" in page, "by Platform" in page] == [True, False]


async def test_a_provider_shows_its_readme_and_its_versions(service: Service) -> None:
    await service.publish(data=a_described_wheel("# Hello\n\nIt *works*."))
    await service.publish("1.1.0rc1", version="1.1.0-rc.1", data=None)
    page = await read(service, PROVIDER)
    assert '<h3 id="readme-hello">Hello</h3>\n<p>It <em>works</em>.</p>' in page
    assert [f'href="{VERSION}"' in page, f'href="{PROVIDER}/1.1.0-rc.1"' in page] == [True, True]
    assert "Pre-release" in page


async def test_a_version_shows_how_to_install_it_what_was_checked_and_what_happened(service: Service) -> None:
    published = await service.publish(changelog="- Labels, at last")
    page = await read(service, VERSION)
    install = (await service.client.get("/providers/platform/gcp/versions/1.0.0/install")).json()["requirement"]
    assert f"pip install &#39;{install}&#39;" in page
    assert f"{install.partition('#')[0]} --hash=sha256:{published['wheel_sha256']}<" in page
    verdict = (await service.client.get("/providers/platform/gcp/versions/1.0.0/verification")).json()
    assert [check["detail"] for check in verdict["checks"] if check["detail"].replace("'", "&#39;") not in page] == []
    assert "<li>Labels, at last</li>" in page
    assert "by <code>mch_release</code>" in page


async def test_a_version_installs_from_its_index_alone_and_in_development_with_a_certificate(service: Service) -> None:
    await service.publish()
    page = await read(service, VERSION)
    index = "&#39;https://&lt;this registry&gt;/simple/&#39;"
    assert f"pip install --no-deps --index-url {index} pragmatiks-gcp-provider==1.0.0<" in page
    assert "--cert" not in page
    await service.publish("1.1.0", host="localhost")
    assert "--cert .data/wheel-host-ca.pem" in await read(service, f"{PROVIDER}/1.1.0")


async def test_what_the_wheel_says_of_its_project_is_shown_and_read(service: Service) -> None:
    metadata = (
        "Metadata-Version: 2.4\nName: pragmatiks_gcp_provider\nVersion: 1.0.0\nLicense-Expression: MIT\n"
        "Project-URL: Source, https://git.example.com/gcp\nProject-URL: Evil, javascript:alert(1)\n"
        "Requires-Dist: httpx>=0.28\n"
    )
    published = await service.publish(data=a_wheel(metadata=metadata))
    links = [{"label": "Source", "url": "https://git.example.com/gcp"}]
    expected = {"license": "MIT", "author": None, "links": links, "dependencies": ["httpx>=0.28"]}
    assert published["project"] == expected
    for path in (PROVIDER, VERSION):
        page = await read(service, path)
        assert '<a href="https://git.example.com/gcp" rel="nofollow noopener ugc">Source</a>' in page
        assert "<dd>MIT</dd>" in page
        assert "Evil" not in page
    [listed] = (await service.client.get("/providers/platform/gcp/versions")).json()
    assert listed["project"] is None


async def test_a_yanked_version_says_so_and_why(service: Service) -> None:
    await service.publish()
    await service.client.put(YANK, json={"reason": "Deletes buckets"}, headers=service.authorised())
    page = await read(service, VERSION)
    assert "This version is yanked" in page
    assert page.count("Deletes buckets") == 2  # above all, and in the history
    assert "Every version is yanked" in await read(service, PROVIDER)
    assert "All yanked" in await read(service, "/")


async def test_an_older_version_leads_to_the_latest(service: Service) -> None:
    await service.publish()
    await service.publish("2.0.0")
    assert f'The latest version is <a href="{PROVIDER}/2.0.0">2.0.0</a>' in await read(service, VERSION)
    assert "The latest version is" not in await read(service, f"{PROVIDER}/latest")


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        (PROVIDER, 404, "There is no such page"),
        ("/catalog/UPPER/x", 404, "There is no such page"),
        (VERSION, 404, "There is no such page"),
        (f"{PROVIDER}/one", 404, "There is no such page"),
        ("/?offset=-1", 400, "That address makes no sense"),
        ("/?q=" + "x" * 501, 400, "That address makes no sense"),
    ],
)
async def test_refusals_are_pages(service: Service, path: str, status: int, heading: str) -> None:
    page = await read(service, path, status)
    assert f"<h1>{heading}</h1>" in page
    assert 'role="search"' in page


async def test_an_outage_is_a_page_that_says_when_to_come_back(service: Service) -> None:
    service.adapters.store.unavailable = True
    for path in ("/", PROVIDER, VERSION):
        response = await service.client.get(path)
        assert (response.status_code, "<h1>Back in a moment</h1>" in response.text) == (503, True)
        assert int(response.headers["retry-after"]) > 0
        assert response.headers["cache-control"] == "no-store"


async def test_every_page_is_protected_and_revalidated(service: Service) -> None:
    await service.publish()
    for path in ("/", PROVIDER, VERSION, "/catalog/platform/nobody"):
        response = await service.client.get(path)
        assert {name: response.headers.get(name) for name in PROTECTION} == PROTECTION
    policy = PROTECTION["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


async def test_a_page_that_the_client_has_is_not_sent_again(service: Service) -> None:
    await service.publish()
    for path in ("/", PROVIDER, VERSION):
        first = await service.client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = await service.client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["content-security-policy"] == PROTECTION["Content-Security-Policy"]
        head = await service.client.head(path)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])


async def test_the_stylesheet_is_kept_for_good_under_the_name_of_its_content(service: Service) -> None:
    assert f'<link rel="stylesheet" href="{STYLESHEET_PATH}">' in await read(service, "/")
    response = await service.client.get(STYLESHEET_PATH)
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert (await service.client.get("/static/pages-000000000000.css")).status_code == 404


async def test_pages_are_no_part_of_the_api(service: Service) -> None:
    document = (await service.client.get("/schema/openapi.json")).json()
    assert [path for path in document["paths"] if path == "/" or path.startswith(("/catalog", "/static"))] == []


async def test_a_readme_that_is_no_markdown_stands_as_it_was_written(service: Service) -> None:
    name = "pragmatiks_gcp_provider"
    wheel = a_wheel(metadata=f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0.0\n\nTitle\n=====\n\n<b> *x*")
    await service.publish(data=wheel)
    assert "Title\n=====\n\n&lt;b&gt; *x*</pre>" in await read(service, PROVIDER)
