"""The catalog in a real browser; run by ``make test-browser``."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from entrypoints.bootstrap import MemoryAdapters
from tests.browser.conftest import Open, complaints

PROVIDER = "/catalog/platform/gcp"
LONG_NAME = "/catalog/platform/an-exceedingly-long-provider-name-that-somebody-chose-once-and-now-cannot-change"
RESOURCE = f"{PROVIDER}/1.4.0/bucket"
OPERATIONS = "/schema/operations/providers"
PAGES = [
    *("/", PROVIDER, f"{PROVIDER}/1.4.0", f"{PROVIDER}/1.5.0", "/catalog/platform/postgres", LONG_NAME),
    *(RESOURCE, f"{PROVIDER}/1.5.0/cloudsql/database"),
    *("/catalog/acme/redis", "/catalog/acme/redis/compare/0.1.0...0.2.0", "/catalog/platform/kubernetes/3.1.4"),
    *("/log", "/schema", OPERATIONS, "/schema/objects/RegistrationBody"),
]
EVERY_PAGE = [
    *(*PAGES, "/?q=azurre", "/?q=bucket", "/?q=nothing&tags=cloud", "/?offset=9", "/?sort=recent"),
    *("/catalog/platform/nobody", "/?offset=-1", "/rules"),
]


VIEWS = [(width, scheme) for width in (1280, 320) for scheme in ("light", "dark")]
_LONG_PAGES = (OPERATIONS, "/rules")  # they take a while each time
LOOKED_AT = [
    *((path, width, scheme) for path in EVERY_PAGE if path not in _LONG_PAGES for width, scheme in VIEWS),
    *((path, width, scheme) for path in _LONG_PAGES for width, scheme in ((1280, "light"), (320, "dark"))),
]


@pytest.mark.parametrize(("path", "width", "scheme"), LOOKED_AT)
def test_axe_finds_nothing(open_page: Open, path: str, width: int, scheme: str) -> None:
    page = open_page(path, width=width, color_scheme=scheme, bypass_csp=True)  # axe itself is a script
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("width", [320, 768])
def test_nothing_sticks_out_of_a_narrow_window(open_page: Open, path: str, width: int) -> None:
    page = open_page(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_the_browser_has_no_complaint_and_asks_only_the_registry(open_page: Open, path: str) -> None:
    page = open_page("/static/nothing")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with complaints(page) as said:
        page.goto(path, wait_until="networkidle")
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).marginTop") == "0px"  # it has its style
    assert said == []
    own = page.evaluate("location.origin")
    assert {url.split("/")[2] for url in asked} == {own.split("/")[2]}


def test_the_policy_stops_a_script_that_got_in(open_page: Open) -> None:
    page = open_page("/")
    with complaints(page) as said:
        page.evaluate("() => document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))")
        assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in line for line in said)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_pages_hold_no_script_and_no_style_of_their_own(open_page: Open, path: str) -> None:
    page = open_page(path)
    assert page.locator("script, style, [style], iframe, object, embed").count() == 0


def test_without_javascript_one_searches_and_reads(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Search providers and resources").fill("goog")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Google Cloud").click()
    page.get_by_role("link", name="1.4.0", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Google Cloud 1.4.0"
    assert page.get_by_text("pip install").first.is_visible()
    page.get_by_role("link", name="bucket", exact=True).click()
    assert page.get_by_text("Unique among all buckets there are.").is_visible()


def test_without_javascript_one_sorts_and_browses_by_tag(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    by_name = page.locator(".card h3").all_inner_texts()
    order = page.get_by_role("navigation", name="Order")
    order.get_by_role("link", name="Last release").press("Enter")
    page.wait_for_url("**/?sort=recent")
    assert order.locator("[aria-current]").inner_text() == "Last release"
    assert sorted(page.locator(".card h3").all_inner_texts()) == sorted(by_name)
    page.get_by_role("navigation", name="Tags").get_by_role("link", name="cloud 3 providers").click()
    page.wait_for_url("**/?tags=cloud&sort=recent")
    assert page.locator(".card").count() == 3


def test_the_keyboard_reaches_search_and_the_content(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.get_by_role("link", name="Skip to the content").is_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("azure")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=azure")
    assert page.locator(".card h3").all_inner_texts() == ["Azure"]


def test_one_click_selects_the_whole_command(open_page: Open) -> None:
    page = open_page(f"{PROVIDER}/1.4.0")
    page.get_by_label("Command that installs this version").click()
    selected = page.evaluate("getSelection().toString()")
    assert selected.startswith("pip install 'pragmatiks-gcp-provider @ https://wheels.example.com/")
    assert "#sha256=" in selected
    page.get_by_label("Settings of uv in pyproject.toml").click()
    assert page.evaluate("getSelection().toString()").startswith("[[tool.uv.index]]")


def test_the_version_is_switched_by_keyboard_and_the_resource_stays(open_page: Open) -> None:
    page = open_page(RESOURCE, java_script_enabled=False)
    page.get_by_label("Version").select_option("1.5.0")
    page.get_by_role("button", name="Go").press("Enter")
    page.wait_for_url(f"**{PROVIDER}/1.5.0/bucket")


def test_links_within_a_readme_and_to_fields_lead_there(open_page: Open) -> None:
    page = open_page(PROVIDER)
    page.get_by_role("link", name="the limits").click()
    assert page.locator(":target").inner_text() == "Limits"
    page = open_page(f"{RESOURCE}#arguments.retention.days")
    assert page.locator(":target code").first.inner_text() == "days"


def test_words_in_tables_are_whole_in_a_narrow_window(open_page: Open) -> None:
    page = open_page(PROVIDER, width=390)
    heights = page.eval_on_selector_all(".prose td", "cells => cells.map(cell => cell.clientHeight)")
    assert len(set(heights)) == 1


def test_each_version_in_the_list_has_its_marks(open_page: Open) -> None:
    page = open_page(PROVIDER, java_script_enabled=False)
    row = page.locator(".versions li").filter(has=page.get_by_role("link", name="1.4.0", exact=True))
    assert row.locator(".marks span").all_inner_texts()[:2] == ["verified", "available"]
    assert page.locator(".versions").get_by_text("built by github.com/example/gcp-provider").count() == 3


def test_what_is_nowhere_is_a_page(open_page: Open) -> None:
    page = open_page("/nope/nothing")
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such page"


@pytest.mark.parametrize("path", [PROVIDER, f"{PROVIDER}/1.4.0", RESOURCE])
def test_print_has_what_is_folded_and_no_navigation(open_page: Open, path: str) -> None:
    page = open_page(path)
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="Registry").is_visible()
    assert not page.get_by_role("button", name="Go").is_visible()
    for part in page.locator("details > :not(summary)").all():
        assert part.is_visible()


def test_light_and_dark_differ(open_page: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = {scheme: open_page("/", color_scheme=scheme).evaluate(ground) for scheme in ("light", "dark")}
    assert grounds["light"] != grounds["dark"]


def test_an_outage_is_a_page_too(open_page: Open, served: tuple[str, MemoryAdapters]) -> None:
    _, adapters = served
    adapters.store.unavailable = True
    try:
        page = open_page("/", bypass_csp=True)
        assert page.get_by_role("heading", level=1).inner_text() == "Back in a moment"
        assert Axe().run(page).violations_count == 0
    finally:
        adapters.store.unavailable = False
