"""Hooks of MkDocs: pages that are written elsewhere, links that lead out of ``docs``, and the program for diagrams.

The documents are read on the code host as well, so they link to files as they lie in the repository. On the site such
a link leads to a page that shows the file.
"""

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / ".data/docs/generated"
MERMAID = ROOT / ".data/docs/mermaid.min.js"
PAGES_OF_THE_ROOT = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|<)([^)\s#]+)(#[^)\s]*)?(?=\))")
_LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json", ".conf": "nginx"}
_UNSEARCHED = "---\nsearch:\n  exclude: true\n---\n"


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that do not lie in ``docs``."""
    from mkdocs.structure.files import File  # noqa: PLC0415 -- MkDocs has an environment of its own

    for name, page in PAGES_OF_THE_ROOT.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / name)))
    for path in sorted(GENERATED.rglob("*.md")):
        files.append(File.generated(config, path.relative_to(GENERATED).as_posix(), abs_src_path=str(path)))
    files.append(File.generated(config, "assets/mermaid.min.js", abs_src_path=str(MERMAID)))
    pages = {file.src_uri: file.content_string for file in files.documentation_pages()}
    for path in sorted({path for page, text in pages.items() for path in _outside(page, text)}):
        for each in (path, *(sorted(path.rglob("*")) if path.is_dir() else ())):
            if "__pycache__" not in each.parts:
                files.append(File.generated(config, _page_of(each), content=_shown(each)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001 -- named by MkDocs
    """Point links at the pages of the site."""
    here = page.file.src_uri

    def pointed(link: re.Match[str]) -> str:
        target = _target(here, link[1])
        if target is None:
            return link[0]
        return os.path.relpath(target, Path(here).parent).replace(os.sep, "/") + (link[2] or "")

    return _LINK.sub(pointed, markdown)


def on_page_content(html: str, *, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001 -- named by MkDocs
    """Load the program for diagrams where there are some; the theme would fetch it from elsewhere."""
    if 'class="mermaid"' not in html:
        return html
    script = os.path.relpath("assets/mermaid.min.js", Path(page.file.dest_uri).parent)
    return f'{html}<script src="{script}"></script>'


def _folder_of(page: str) -> Path:
    """Return the folder that a page's links start from, as its source lies in the repository."""
    return ROOT if page in PAGES_OF_THE_ROOT.values() else (ROOT / "docs" / page).parent


def _target(page: str, link: str) -> str | None:
    """Return the page of the site that a link means; None if it is right as it is."""
    path = (_folder_of(page) / link).resolve()
    if not path.is_relative_to(ROOT) or not path.exists():
        return None
    if path.is_relative_to(ROOT / "docs"):
        inside = path.relative_to(ROOT / "docs").as_posix()
        return f"{inside}/README.md" if path.is_dir() else inside
    return PAGES_OF_THE_ROOT.get(path.relative_to(ROOT).as_posix()) or _page_of(path)


def _outside(page: str, text: str) -> set[Path]:
    if page.startswith("source/"):
        return set()
    targets = {(_folder_of(page) / link[1]).resolve() for link in _LINK.finditer(text)}
    return {
        path
        for path in targets
        if path.exists()
        and path.is_relative_to(ROOT)
        and not path.is_relative_to(ROOT / "docs")
        and path.relative_to(ROOT).as_posix() not in PAGES_OF_THE_ROOT
    }


def _page_of(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    return f"source/{name}/index.md" if path.is_dir() else f"source/{name}.md"


def _shown(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    if path.is_dir():
        inside = [each for each in sorted(path.iterdir()) if each.name != "__pycache__"]
        lines = (f"- [`{each.name}`]({each.name}{'/index' if each.is_dir() else ''}.md)" for each in inside)
        return f"{_UNSEARCHED}# `{name}/`\n\n" + "\n".join(lines)
    text = path.read_text(encoding="utf-8")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text) or [""]))
    return f"{_UNSEARCHED}# `{name}`\n\n{fence} {_LANGUAGES.get(path.suffix, 'text')}\n{text}\n{fence}\n"
