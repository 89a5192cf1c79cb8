"""Takes the pictures of the documents from a running registry: ``python -m tools.screenshots FOLDER``.

The registry is the catalog that the tests of the pages serve, so a picture shows the pages as they are.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.served_catalog import a_served_catalog

PICTURES = {
    "version-page.png": "/catalog/platform/gcp/1.4.0",
    "resource-page.png": "/catalog/platform/gcp/1.4.0/bucket",
}
_SIZE = {"width": 1100, "height": 700}
_SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main(folder: Path) -> int:
    """Take all pictures; return the exit status."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is absent, so no pictures can be taken: apt-get install chromium", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with a_served_catalog() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_SWITCHES)
        page = browser.new_page(viewport=_SIZE, color_scheme="light", base_url=url)  # type: ignore[arg-type]
        for name, path in PICTURES.items():
            page.goto(path)
            page.screenshot(path=folder / name, animations="disabled")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
