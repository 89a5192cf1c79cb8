"""Untrusted text as safe HTML: no markup of its own, no script, only links by http, https and mailto."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

LONGEST_MARKDOWN = 100_000
MOST_MARKUP = 20_000
"""Characters in all, and lines and characters that may be markup: the parser's time grows with the latter.

A text that has more is shown as it was written.
"""

_LINK = re.compile(r"(?:https?://|mailto:).+", re.IGNORECASE)
_IMAGE = re.compile(r"https://.+", re.IGNORECASE)
_MARKUP = "\n[]()!*_~`<&\\|#>"
_LOWEST_HEADING = 6
_IDS = "ids"
_NO_SLUG = re.compile(r"[^\w\s-]")
_LONGEST_SLUG = 80
_MOST_ALIKE = 20  # headings of one text
_ABOVE = 2  # the page's own headings, under which those of the text come


@lru_cache(maxsize=16)  # pages have a cache of their own; this one serves while that is off
def render_markdown(text: str, *, markdown: bool = True, ids: str = "readme") -> Markup:
    """Return a text as HTML; one that is not Markdown, or that would take long to read, as it was written.

    Args:
        text: Whatever a publisher wrote.
        markdown: Whether it is Markdown.
        ids: What the ids of its headings begin with, to which its own fragments lead.
    """
    if markdown and len(text) <= LONGEST_MARKDOWN and sum(map(text.count, _MARKUP)) <= MOST_MARKUP:
        return Markup(_MARKDOWN.render(text, {_IDS: ids}))  # noqa: S704 -- html=False escapes whatever the text holds
    return Markup('<pre class="written" tabindex="0">{}</pre>').format(escape(text))


_CODE = re.compile(r"`([^`\n]+)`")


def inline_code(text: str) -> Markup:
    """Return a text in which only what stands between backticks is markup."""
    pieces = _CODE.split(text)
    marked = (Markup("<code>{}</code>").format(piece) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces))
    return Markup("").join(marked)


def _sanitize(state: StateCore) -> None:
    """Settle what the renderer writes as attributes, token by token."""
    open_levels: list[int] = []
    fragments = _name_headings(state)
    for token in state.tokens:
        if token.type == "heading_open":
            _settle_level(token, open_levels)
        elif token.type == "heading_close":
            token.tag = _tag(open_levels)
        elif token.type in {"th_open", "td_open"} and (alignment := token.attrs.pop("style", None)):
            token.attrs["class"] = str(alignment).replace("text-align:", "align-")  # a style would need a laxer policy
        _settle_children(token.children or (), fragments)


def _name_headings(state: StateCore) -> Mapping[str, str]:
    """Give headings their ids, and return the id for each fragment by which the text may refer to one."""
    found: dict[str, str] = {}
    for heading, content in pairwise(state.tokens):
        if heading.type == "heading_open":
            text = "".join(child.content for child in content.children or ())
            slug = re.sub(r"\s", "-", _NO_SLUG.sub("", text.strip().lower()))[:_LONGEST_SLUG]
            name, count = slug, 0
            while name in found and count < _MOST_ALIKE:
                count += 1
                name = f"{slug}-{count}"
            if slug and name not in found:
                heading.attrs["id"] = found[name] = f"{state.env[_IDS]}-{name}"
    return found


def _settle_level(token: Token, open_levels: list[int]) -> None:
    """Put a heading one level below the one that it belongs to, so that none is left out."""
    level = int(token.tag[1:])
    while open_levels and open_levels[-1] >= level:
        open_levels.pop()
    open_levels.append(level)
    token.tag = _tag(open_levels)


def _tag(open_levels: Sequence[int]) -> str:
    return f"h{min(_ABOVE + len(open_levels), _LOWEST_HEADING)}"


def _settle_children(tokens: Sequence[Token], fragments: Mapping[str, str]) -> None:
    """Settle links, and mark the images within them: links do not nest."""
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "link_open":
            _settle_link(token, fragments)
        elif token.type == "image":
            token.meta["is_in_link"] = depth > 0


def _settle_link(token: Token, fragments: Mapping[str, str]) -> None:
    address = str(token.attrs.get("href", ""))
    if _LINK.fullmatch(address):
        token.attrs["rel"] = "nofollow noopener ugc"
    elif address.startswith("#") and unquote(address[1:]) in fragments:
        token.attrs["href"] = f"#{fragments[unquote(address[1:])]}"
    else:
        token.attrs.pop("href", None)  # an anchor without an address is a mere text


def _image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ANN401
    """Write an image as a link to it: a page that loaded it would tell its host who reads the page."""
    token = tokens[index]
    text = escapeHtml(renderer.renderInlineAsText(token.children, options, env) or "image")
    source = str(token.attrs.get("src", ""))
    if token.meta.get("is_in_link") or not _IMAGE.fullmatch(source):
        return text
    return f'<a href="{escapeHtml(source)}" rel="nofollow noopener ugc">{text}</a>'


def _code(_: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG001
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[index].content)}</code></pre>\n'


def _table_open(*_: Any) -> str:  # noqa: ANN401
    return '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n'


def _table_close(*_: Any) -> str:  # noqa: ANN401
    return "</table></div>\n"


_RULES: Mapping[str, Any] = {
    "image": _image,
    "fence": _code,
    "code_block": _code,
    "table_open": _table_open,
    "table_close": _table_close,
}


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("sanitize", _sanitize)
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


_MARKDOWN = _parser()
