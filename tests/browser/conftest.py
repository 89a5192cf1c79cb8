"""A real Chromium that looks at a served catalog."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from entrypoints.bootstrap import MemoryAdapters
from tests.support.served_catalog import a_served_catalog

_SWITCHES = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        pytest.exit("Chromium is absent, so the pages cannot be looked at: apt-get install chromium", returncode=1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, MemoryAdapters]]:
    with a_served_catalog() as served:
        yield served


@pytest.fixture
def open_page(browser: Browser, served: tuple[str, MemoryAdapters]) -> Iterator[Open]:
    """Open a page in a window of its own."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, *, width: int = 1280, **options: Any) -> Page:
        size = {"width": width, "height": 800}
        context = browser.new_context(viewport=size, base_url=served[0], **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@contextmanager
def complaints(page: Page) -> Iterator[list[str]]:
    """Collect what the browser says against a page."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
