"""Reads as nobody would send them, to a real server: never a 500, and answered before others notice."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.e2e.conftest import Stack

LONG = 60_000
GCP = "/providers/platform/gcp"
WORDS = [
    *("%00", "%ff", "%ED%A0%80", "%F4%90%80%80", "%", "%zz", "+", "'", '"', "\\", "%25%5f", "a" * 500, "a" * 501),
    *("a" * 10_000, quote("ﷺ" * 500), quote("İ" * 500), quote("\u0300" * 500), quote("a\u200d" * 250)),
    *(quote("💥" * 500), quote("'); DROP TABLE providers; --"), quote(" & | ! ( ) :* <-> "), quote("a:b " * 125)),
    *("1e400", "NaN", quote("\u202egcp"), quote("\u0085\u2028"), "&q=a&q=b"),
]
SEARCHES = [
    *(f"{path}?q={word}" for path in ("/providers", "/resource-types", "/") for word in WORDS),
    *(f"/providers?tags={word}" for word in WORDS),
    *(f"/providers?{'&'.join(['tags=a'] * count)}" for count in (50, 51, 1_000)),
    *(f"/providers?tags={','.join(['a'] * count)}" for count in (50, 1_000, 5_000)),
    f"/providers?tags={','.join(f't{number}' for number in range(5_000))}",
    *(
        f"/providers?{name}={value}"
        for name in ("limit", "offset")
        for value in ("-1", "0", "1e3", "9" * 400, "", "%00")
    ),
    *("/providers?limit=100&offset=2147483647", "/providers?limit=1&limit=2", "/providers?" + "a=b&" * 5_000),
]
NAMES = [
    *(
        "%00",
        "%ff",
        "..",
        "%2e%2e",
        "%2F",
        "-",
        "_",
        "a" * 10_000,
        "-" * 10_000,
        "a" + "-_." * 3_000 + "b",
        "a%0d%0ab: c",
    ),
    *(
        quote("ä" * 500),
        "%C4%B1",
        quote("K"),
        quote("gcp\u0000"),
        "%0a",
        "%20",
        "pragmatiks-gcp-provider%0a",
        "a;b",
        "{}",
    ),
]
PAGES = [f"/simple/{name}{end}" for name in NAMES for end in ("", "/", "//", "/x")]
PATHS = [
    f"/providers/{name}{end}" for name in NAMES for end in ("", "/gcp", "/gcp/versions", "/gcp/versions/1.0.0/schemas")
]
RESOURCES = [
    *(f"/catalog/platform/gcp/{version}/{name}" for name in [*NAMES, *WORDS] for version in ("1.0.0", "latest")),
    *(f"/catalog/platform/gcp/versions?version=1.0.0&resource={name}" for name in [*NAMES, *WORDS]),
    *(f"/catalog/platform/gcp/versions?version={name}&resource=bucket" for name in [*NAMES, *WORDS]),
    *("/catalog/platform/gcp/1.0.0/bucket/", "/catalog/platform/gcp/1.0.0//bucket", "/catalog/platform/gcp/versions"),
    *(f"/sitemap.xml?page={page}" for page in ("-1", "999", "1000", "9" * 400, "", "%00", "0&page=1", "1e3")),
    *("/robots.txt?%00", "/robots.txt/", "/sitemap.xml/"),
]
VALUES = {
    "If-None-Match": [
        '"',
        '""',
        "W/",
        'W/"',
        "*" * LONG,
        '"' * LONG,
        'W/"' * (LONG // 3),
        '"a",' * (LONG // 4),
        "\xff",
        ",",
    ],
    "Accept-Encoding": [
        *(
            "gzip;" * (LONG // 5),
            "gzip" + " " * LONG + ";",
            "x" + " " * LONG + "x",
            "gzip;q=0" + "0" * LONG,
            "gzip;q=0." + "0" * LONG + "1",
        ),
        *("," * LONG, "gzip," * (LONG // 5), "*;q=" * (LONG // 4), "gzip;q=\xff", "\xff"),
    ],
    "Accept": [
        *(
            "*",
            "/",
            "*/*;q=",
            "*/*;q=x",
            "text/html;q=nan",
            "text/html;q=1e999",
            "text/html;q=-1",
            "\xff",
            ";",
            "," * LONG,
        ),
        *(
            "text/html;" * (LONG // 10),
            "a/b," * (LONG // 4),
            "text/html;q=0." + "9" * LONG,
            "a/b;" + "c=d;" * (LONG // 4),
        ),
        *(
            "/" * LONG,
            '"' * LONG,
            "text/html;a=" + '"\\' * (LONG // 2),
            "x" + " " * LONG + "x",
            "text/html" + " " * LONG + "x",
        ),
    ],
}


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with stack.server() as process:
        stack.wait_until_ready(process)
        assert stack.post(stack.upload(schemas={"bucket": {"description": "x" * 5_000}})).status_code == 201
        with httpx.Client(base_url=stack.url, trust_env=False, timeout=30, follow_redirects=False) as client:
            yield client


@pytest.mark.parametrize("paths", [SEARCHES, PAGES, PATHS, RESOURCES], ids=["searches", "pages", "paths", "resources"])
def test_whatever_is_asked_for_is_answered_and_never_with_a_500(client: httpx.Client, paths: list[str]) -> None:
    answers = [(path[:200], client.get(path).status_code) for path in paths]

    assert [answer for answer in answers if not 200 <= answer[1] < 500] == []


@pytest.mark.parametrize("name", VALUES)
def test_whatever_a_header_says_is_answered_and_never_with_a_500(client: httpx.Client, name: str) -> None:
    answers = [
        (path, value[:200], client.get(path, headers=[(name.encode(), value.encode("latin-1"))]).status_code)
        for path in ("/simple/", "/simple/pragmatiks-gcp-provider/", f"{GCP}/versions/1.0.0", "/providers")
        for value in VALUES[name]
    ]

    assert [answer for answer in answers if not 200 <= answer[2] < 500] == []
