"""Looks at a built site: ``python -m tools.site_check FOLDER``.

Every link has to lead somewhere, and nothing may come from elsewhere.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADING = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
_FETCHED = re.compile(r"""url\(\s*['"]?((?:https?:)?//[^'")]+)""")


class _Page(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.anchors |= {value for value in (found.get("id"), found.get("name")) if value}
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        address = found.get(_LOADING.get(tag, ""))
        if address and found.get("rel") not in {"canonical", "next", "prev", "author"}:
            self.loads.append(address)


def complaints(site: Path) -> list[str]:
    """Return a line for everything that is wrong."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    said = []
    for path, page in pages.items():
        name = path.relative_to(site)
        said += [f"{name}: loads {each}" for each in page.loads if urlsplit(each).netloc]
        for link in () if path.name == "404.html" else page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                said.append(f"{name}: {link} leads nowhere")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                said.append(f"{name}: {link} has no such anchor")
    for path in site.rglob("*.css"):
        said += [
            f"{path.relative_to(site)}: loads {each}" for each in _FETCHED.findall(path.read_text(encoding="utf-8"))
        ]
    return said


def main(site: Path) -> int:
    """Print what is wrong; return the exit status."""
    said = complaints(site.resolve())
    print(*said, sep="\n", end="\n" if said else "")
    if not said:
        print(f"{site}: {len(list(site.rglob('*.html')))} pages, no dead link, nothing loaded from elsewhere.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
