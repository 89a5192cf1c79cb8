"""Whatever strangers write, a page holds no script, no handler, no other address, and no markup of theirs."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.pages.markdown import LONGEST_MARKDOWN, MOST_MARKUP, render_markdown
from tests.builders import a_wheel
from tests.entrypoints.http.conftest import Service

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}</textarea></title>&lt;"
_ELEMENTS = frozenset({
    *("html", "head", "meta", "title", "link", "body", "header", "nav", "main", "section", "footer", "div", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "a", "form", "label", "input", "button", "details", "summary"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "code"),
    *("time", "select", "option", "strong", "em", "s", "blockquote", "hr", "br"),
})  # fmt: skip
_PIECES = (
    *(
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        "`",
        "*",
        "\n",
        "\n\n",
        "#",
        "|",
        "|-|\n",
        "- ",
        "> ",
        "\\",
        "&#",
        ";",
        '"',
        "'",
        " ",
    ),
    *(
        "javascript:alert(1)",
        "JaVaScRiPt&#58;x",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "https://x.example",
    ),
    *("<script>", "</pre>", "<img src=x onerror=x>", "onclick=x", "<a href=x>", "<svg/onload=x>", "~~", "```", "~~~ x"),
)


_HEADINGS = '<h3 id="readme-a">a</h3>\n<h4 id="readme-b">b</h4>\n<h4 id="readme-c">c</h4>\n<h3 id="readme-a-1">a</h3>\n'


class Judge(HTMLParser):
    """Collects whatever could do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcset", "srcdoc"}:
                self.faults.append(f"{tag} {name}")
            if name in {"href", "src", "action"} and not _is_harmless(tag, value or ""):
                self.faults.append(f"{tag} {name} {value}")


def _is_harmless(tag: str, address: str) -> bool:
    if address.startswith("/"):
        return not address.startswith("//")
    schemes = ("https://", "http://", "mailto:", "#")
    return address.lower().startswith(schemes)


def faults(page: str) -> list[str]:
    judge = Judge()
    judge.feed(page)
    judge.close()
    return judge.faults


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_no_markdown_becomes_harmful(text: str) -> None:
    assert faults(render_markdown(text)) == []


@given(st.text(max_size=200))
def test_a_text_that_is_no_markdown_stays_a_text(text: str) -> None:
    assert faults(render_markdown(text, markdown=False)) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](docs/more.md)", "<p><a>x</a></p>\n"),
        ("[x](//evil.example)", "<p><a>x</a></p>\n"),
        ("[x](ftp://x.example)", "<p><a>x</a></p>\n"),
        ("[x](HTTPS://x.example)", '<p><a href="HTTPS://x.example" rel="nofollow noopener ugc">x</a></p>\n'),
        ("![x & y](http://x.example/y.png)", "<p>x &amp; y</p>\n"),
        ("![x](data:image/png;base64,AA)", "<p>x</p>\n"),
        (
            '![x & y](https://x.example/y.png?"z")',
            '<p><a href="https://x.example/y.png?%22z%22" rel="nofollow noopener ugc">x &amp; y</a></p>\n',
        ),
        (
            "![](https://x.example/y.png)",
            '<p><a href="https://x.example/y.png" rel="nofollow noopener ugc">image</a></p>\n',
        ),
        (
            "[![build](https://x.example/b.svg)](https://x.example)",
            '<p><a href="https://x.example" rel="nofollow noopener ugc">build</a></p>\n',
        ),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("# a\n\n#### b\n\n## c\n\na\n===", _HEADINGS),
        (
            "# A b!\n\n[x](#a-b) [y](#nowhere)",
            '<h3 id="readme-a-b">A b!</h3>\n<p><a href="#readme-a-b">x</a> <a>y</a></p>\n',
        ),
    ],
)
def test_texts_are_shown_so(text: str, shown: str) -> None:
    assert render_markdown(text) == shown


def test_alignment_is_a_class_since_the_policy_forbids_styles() -> None:
    shown = render_markdown("|a|b|\n|-:|:-:|\n|1|2|")
    assert '<th class="align-right">a</th>' in shown
    assert '<td class="align-center">2</td>' in shown


def test_a_text_too_long_to_be_read_as_markdown_stands_as_it_is() -> None:
    assert "<em>" in render_markdown("*x* ".ljust(LONGEST_MARKDOWN))
    assert render_markdown("*x* ".ljust(LONGEST_MARKDOWN + 1)).startswith('<pre class="written" tabindex="0">*x*')


@pytest.mark.parametrize("markup", ["[", "*a ", "&", "![", "# a\n", "|a", "a\n=\n", "<"])
def test_markdown_that_would_take_long_to_read_stands_as_it_was_written(markup: str) -> None:
    assert render_markdown(markup * MOST_MARKUP + "\n").startswith('<pre class="written"')


async def test_a_schema_that_multiplies_is_published_and_its_page_is_short(service: Service) -> None:
    hops, beside = 2_000, 9_000
    definitions: dict[str, object] = {f"d{hop}": {"$ref": f"#/$defs/d{hop + 1}"} for hop in range(hops)}
    definitions[f"d{hops}"] = {"type": "string", "description": "x" * 20_000}
    definitions["d0"] = {f"k{number}": number for number in range(beside)} | {"$ref": "#/$defs/d1"}
    properties = {f"p{number}": {"$ref": "#/$defs/d0"} for number in range(1_000)}
    schema = {"type": "object", "properties": properties, "$defs": definitions}
    await service.publish(schemas={"bucket": {"config_schema": schema}})
    page = await service.client.get("/catalog/platform/gcp/1.0.0/bucket")
    assert page.status_code == 200
    assert len(page.text) < 100_000


async def test_no_page_loads_anything_of_a_publisher(service: Service) -> None:
    icon = "https://tracker.example.com/icon.svg"
    text = f"![a]({icon}) [![b]({icon})]({icon})"
    await service.publish(
        data=a_wheel(
            metadata="Metadata-Version: 2.4\nName: pragmatiks_gcp_provider\nVersion: 1.0.0\n"
            f"Description-Content-Type: text/markdown\n\n{text}\n"
        ),
        changelog=text,
        metadata={"display_name": "Google Cloud", "description": text, "icon_url": icon},
    )
    for path in ("/", "/catalog/platform/gcp", "/catalog/platform/gcp/1.0.0"):
        answer = await service.client.get(path)
        assert (
            re.findall(r"<(?:img|picture|video|audio|source|iframe|embed|object)\b|\b(?:src|srcset)=", answer.text)
            == []
        )
        assert "img-src" not in answer.headers["content-security-policy"]
    assert (await service.client.get("/providers/platform/gcp")).json()["icon_url"] == icon


async def test_every_text_of_a_provider_is_escaped_on_every_page(service: Service) -> None:
    field: dict[str, Any] = {
        "description": EVIL,
        "title": EVIL,
        "default": EVIL,
        "enum": [EVIL],
        "pattern": "</td><script>",
    }
    schema = {"type": "object", "properties": {EVIL: field | {"format": EVIL}}, "required": [EVIL]}
    body = service.upload(
        data=a_wheel(
            metadata="Metadata-Version: 2.4\nName: pragmatiks_gcp_provider\nVersion: 1.0.0\n"
            f"Description-Content-Type: text/markdown\n\n{EVIL}\n"
        ),
        changelog=EVIL,
        entrypoint=[EVIL],
        schemas={EVIL: {"description": EVIL, "config_schema": schema}},
        metadata={"display_name": EVIL, "description": EVIL, "tags": [EVIL[:50]]},
    )
    assert (await service.post(body, **{"X-Request-ID": "harmless"})).status_code == 201
    url = "/console/providers/platform/gcp/versions/1.0.0/yank"
    await service.client.put(url, json={"reason": EVIL}, headers=service.authorised())
    paths = ["/", "/catalog/platform/gcp", "/catalog/platform/gcp/1.0.0", "/?q=%3Cscript%3E%22&tags=%22%3E%3Cscript%3E"]
    paths.append(f"/catalog/platform/gcp/1.0.0/{quote(EVIL, safe='/')}")
    for path in [*paths, "/catalog/%3Cscript%3E/x", "/catalog/platform/gcp/%3Cscript%3E"]:
        page = (await service.client.get(path)).text
        assert faults(page) == []
        assert "<script" not in page
