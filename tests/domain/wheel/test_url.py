"""The one canonical form of a wheel URL."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.errors import InvalidWheelUrlError
from domain.wheel.url import MAX_LENGTH, WheelUrl

_FILE = "pkg-1.0-py3-none-any.whl"
_CANONICAL = f"https://wheels.example.com/{_FILE}"
_DIGEST = "ab" * 32


def _on(host: str) -> str:
    return f"https://{host}/{_FILE}"


@pytest.mark.parametrize(
    "written",
    [
        _CANONICAL,
        f"HTTPS://Wheels.EXAMPLE.com/{_FILE}",
        f"wheels.example.com/{_FILE}",
        f"//wheels.example.com/{_FILE}",
        f"wheels.example.com:443/{_FILE}",
        f"https://wheels.example.com:/{_FILE}",
        f"https://wheels.example.com:0443/{_FILE}",
        f"https://wheels.example.com./{_FILE}",
        f"https://wheels.example.com/./a/../{_FILE}",
        f"https://wheels.example.com/%2e/a/%2E%2e/{_FILE}",
        f"https://wheels.example.com/../../{_FILE}",
        "https://wheels.example.com/%70kg%2D1.0-py3-none-any%2ewhl",
        f"{_CANONICAL}#sha256={_DIGEST}",
    ],
)
def test_spellings_of_one_resource_are_equal(written: str) -> None:
    url = WheelUrl.parse(written)

    assert str(url) == _CANONICAL
    assert url == WheelUrl.parse(_CANONICAL)
    assert hash(url) == hash(WheelUrl.parse(_CANONICAL))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (_on("bücher.example.com"), _on("xn--bcher-kva.example.com")),
        (_on("BÜCHER.example.com"), _on("xn--bcher-kva.example.com")),
        (_on("XN--BCHER-KVA.example.com"), _on("xn--bcher-kva.example.com")),
        (_on("[2001:DB8:0:0::1]:8443"), _on("[2001:db8::1]:8443")),
        (_on("192.0.2.1"), _on("192.0.2.1")),
        (_on("192.0.2.1."), _on("192.0.2.1")),
        (_on("my_host:8443"), _on("my_host:8443")),
        (f"localhost:8443/{_FILE}", _on("localhost:8443")),
        (f"https://h.example/Größe/{_FILE}", f"https://h.example/Gr%C3%B6%C3%9Fe/{_FILE}"),
        (f"https://h.example/%c3%b6/{_FILE}", f"https://h.example/%C3%B6/{_FILE}"),
        (f'https://h.example/a"b|c/{_FILE}', f"https://h.example/a%22b%7Cc/{_FILE}"),
        (f"https://h.example/group%2fproject/{_FILE}", f"https://h.example/group%2Fproject/{_FILE}"),
        (f"https://h.example/a//b@c:d/{_FILE}", f"https://h.example/a//b@c:d/{_FILE}"),
        ("https://h.example/pkg-1.0%2bcpu-py3-none-any.whl", "https://h.example/pkg-1.0%2Bcpu-py3-none-any.whl"),
    ],
)
def test_urls_are_written_one_way(written: str, canonical: str) -> None:
    assert WheelUrl.parse(written).text == canonical


@pytest.mark.parametrize(
    ("url", "host", "filename"),
    [
        (_on("[2001:db8::1]:8443"), "2001:db8::1", _FILE),
        (_on("Wheels.example.com:8443"), "wheels.example.com", _FILE),
        (
            "https://h.example/pkg-1.0%2Bcpu-py3-none-any.whl",
            "h.example",
            "pkg-1.0+cpu-py3-none-any.whl",
        ),
    ],
)
def test_the_host_and_the_file_name_are_taken_apart(url: str, host: str, filename: str) -> None:
    parsed = WheelUrl.parse(url)

    assert (parsed.host, parsed.filename.text) == (host, filename)


def test_a_sha256_fragment_is_kept_beside_the_url() -> None:
    digest = WheelUrl.parse(f"{_CANONICAL}#sha256={_DIGEST.upper()}").fragment_digest

    assert str(digest) == _DIGEST
    assert WheelUrl.parse(_CANONICAL).fragment_digest is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (f"http://h.example/{_FILE}", "scheme is 'http'"),
        (f"ftp://h.example/{_FILE}", "scheme is 'ftp'"),
        (f"file:///{_FILE}", "scheme is 'file'"),
        (f"git+https://h.example/{_FILE}", "scheme is"),
        (f"https:h.example/{_FILE}", "two slashes"),
        (f"https:/h.example/{_FILE}", "two slashes"),
        (f"https:{_FILE}", "two slashes"),
        (f"https:///{_FILE}", "host"),
        (f"https://https://h.example/{_FILE}", "scheme twice"),
        (f"https://http://h.example/{_FILE}", "scheme twice"),
        (f"HTTPS://HTTPS://h.example/{_FILE}", "scheme twice"),
        (f"https://https:443//h.example/{_FILE}", "scheme twice"),
        (f"https://https:h.example/{_FILE}", "scheme twice"),
        (f"https://https.//h.example/{_FILE}", "scheme twice"),
        (f"https://https//h.example/{_FILE}", "scheme twice"),
        (f"https//h.example/{_FILE}", "scheme twice"),
        (f"http//h.example/{_FILE}", "scheme twice"),
        (f"//https://h.example/{_FILE}", "scheme twice"),
        (f"https://h.example/https://h.example/{_FILE}", "another URL in its path"),
        (f"https://h.example/a/http://h.example/{_FILE}", "another URL in its path"),
        (f"https://h.example/https%3A%2F%2Fh.example%2F{_FILE}", "another URL in its path"),
        (f"hhttps://h.example/{_FILE}", "scheme is 'hhttps'"),
        (f"https;//h.example/{_FILE}", "host"),
        (f"javascript:alert(1)//{_FILE}", "scheme is 'javascript'"),
        (_on("user:secret@h.example"), "user or password"),
        (_on("h.example@evil.example"), "user or password"),
        (_on("@h.example"), "user or password"),
        (f"{_CANONICAL}?token=1", "query"),
        (f"{_CANONICAL}?", "query"),
        (f"https://h.example?/{_FILE}", "query"),
        (f"{_CANONICAL}#egg=pkg", "fragment"),
        (f"{_CANONICAL}#", "fragment"),
        (f"{_CANONICAL}#sha256=abc", "fragment is wrong"),
        (f"{_CANONICAL}#sha256={_DIGEST}&subdirectory=x", "fragment is wrong"),
        (f" {_CANONICAL}", "space"),
        (f"{_CANONICAL}\n", "control character"),
        (f"https://h.example/a b/{_FILE}", "space"),
        (f"https://h.example/a\tb/{_FILE}", "control character"),
        (f"https://h.example/a\x00b/{_FILE}", "control character"),
        (f"https://h.example\\{_FILE}", "backslash"),
        (f"https://h.example/a\u202eb/{_FILE}", "control character"),
        (f"https://h.example/a\ud800/{_FILE}", "control character"),
        (f"https://h.example/%00/{_FILE}", "percent-encoding"),
        (f"https://h.example/%0D%0A/{_FILE}", "percent-encoding"),
        (f"https://h.example/%5c/{_FILE}", "percent-encoding"),
        (f"https://h.example/%zz/{_FILE}", "write it as %25"),
        (f"https://h.example/%/{_FILE}", "write it as %25"),
        (_on("h.example:0"), "port"),
        (_on("h.example:65536"), "port"),
        (_on("h.example:-1"), "port"),
        (_on("h.example:443:443"), "port"),
        (_on("h.example:\u0664\u0664\u0663"), "port"),
        (_on("h.example:000443"), "port"),
        (_on("[::1]:99999"), "port"),
        (_on("[fe80::1%25eth0]"), "zone id"),
        (_on("[fe80::1%eth0]"), "zone id"),
        (_on("[::1"), "bracket"),
        (_on("[::1]x"), "bracket"),
        (_on("[]"), "IPv6"),
        (_on("[1.2.3.4]"), "IPv6"),
        (_on("[v1.a]"), "IPv6"),
        (_on("[::ffff:192.0.2.1]"), "maps an IPv4 address"),
        (_on("::1"), "host"),
        (_on(""), "host"),
        (_on("."), "host"),
        (_on("a..example"), "host"),
        (_on("h.example.."), "host"),
        (_on("-a.example"), "host"),
        (_on("a!b.example"), "host"),
        (_on("a%41.example"), "host"),
        (_on("a" * 64 + ".example"), "host"),
        (_on(".".join(["a" * 60] * 5)), "host"),
        (_on("127.1"), "number"),
        (_on("2130706433"), "number"),
        (_on("0x7f.1"), "number"),
        (_on("0x7F000001"), "number"),
        (_on("0x"), "number"),
        (_on("017700000001"), "number"),
        (_on("0177.0.0.1"), "number"),
        (_on("127.0.0.256"), "number"),
        (_on("h.example.1"), "number"),
        (_on("1.2.3.4.5"), "number"),
        (_on("\uff11\uff12\uff17.0.0.1"), "two readings"),
        (_on("127\u30020\u30020\u30021"), "two readings"),
        (_on("127\uff0e0\uff0e0\uff0e1"), "two readings"),
        (_on("127\uff610\uff610\uff611"), "two readings"),
        (_on("\u2460.example"), "two readings"),
        (_on("\u212aelvin.example"), "two readings"),
        (_on("stra\u00dfe.example"), "two readings"),
        (_on("xn--a.example"), "xn--"),
        (_on("xn--.example"), "host"),
        (_on("xn--99999999.example"), "xn--"),
        (_on("xn--abc-.example"), "host"),
        (_on("h.example.xn--0"), "xn--"),
        ("https://h.example", "wheel file name"),
        ("https://h.example/", "wheel file name"),
        ("https://h.example/pkg-1.0.tar.gz", "wheel file name"),
        (f"https://h.example/{_FILE}/", "wheel file name"),
        (f"https://h.example/{_FILE}/.", "wheel file name"),
        (f"https://h.example/{_FILE}/a/..", "wheel file name"),
        (f"https://h.example/{_FILE}/..", "wheel file name"),
        ("https://h.example/pkg-1.0-py3-none-any.WHL", "wheel file name"),
        ("https://h.example/a%2Fpkg-1.0-py3-none-any.whl", "wheel file name"),
        ("https://h.example/pkg-1.0%252Bcpu-py3-none-any.whl", "wheel file name"),
        ("https://h.example/p%C3%A4kg-1.0-py3-none-any.whl", "wheel file name"),
        ("https://h.example/%FFpkg-1.0-py3-none-any.whl", "wheel file name"),
        ("https://h.example/pkg-snapshot-py3-none-any.whl", "PEP 440"),
        ("", "host"),
        (f"https://h.example/{'a' * MAX_LENGTH}/{_FILE}", "characters long"),
        (f"https://h.example/{'ö' * 1000}/{_FILE}", "canonical URL is"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_reason(written: str, reason: str) -> None:
    with pytest.raises(InvalidWheelUrlError) as refusal:
        WheelUrl.parse(written)
    assert reason in refusal.value.detail


_SEGMENTS = st.one_of(
    st.sampled_from([".", "..", "%2e", "%2E%2e", "", "%2F", "%41", "%7e", "%c3%B6", "+", "%2b", "ö", "~", "a;b=c"]),
    st.text(string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@\"<>^`{|}[]ßé漢", max_size=6),
)
_HOSTS = st.one_of(
    st.sampled_from(
        ["h.example", "H.Example.", "localhost", "192.0.2.7", "[2001:DB8::0:1]", "bücher.example", "a_b.c"]
    ),
    st.from_regex(r"[A-Za-z0-9-]{1,8}(\.[a-zA-Z]{1,5}){1,2}\.?", fullmatch=True),
    st.text(max_size=8),
)
_PREFIXES = st.sampled_from(["https://", "HttpS://", "//", ""])
_PORTS = st.sampled_from(["", ":", ":443", ":0443", ":8443"])


@given(_PREFIXES, _HOSTS, _PORTS, st.lists(_SEGMENTS, max_size=5))
def test_the_canonical_form_of_a_canonical_form_is_itself(
    prefix: str, host: str, port: str, segments: list[str]
) -> None:
    try:
        url = WheelUrl.parse(prefix + "/".join([host + port, *segments, _FILE]))
    except InvalidWheelUrlError:
        assume(False)  # noqa: FBT003 - hypothesis has no other spelling
    again = WheelUrl.parse(url.text)

    assert (again.text, again.host, again.filename) == (url.text, url.host, url.filename)
    assert url.text.isascii()
    assert url.text.startswith("https://")
    assert not {"?", "#", "@"} & set(url.text.removeprefix("https://").partition("/")[0])
    assert not {".", ".."} & set(url.text.split("/"))


@given(st.text())
def test_any_text_is_a_url_or_is_refused(text: str) -> None:
    _parse_or_refuse(text)


@given(st.text(max_size=60))
def test_any_host_is_one_or_is_refused(host: str) -> None:
    _parse_or_refuse(_on(host))


@given(st.from_regex(r"(xn--[a-z0-9-]{0,60}\.)?xn--[A-Za-z0-9-]{0,70}", fullmatch=True))
def test_any_a_label_is_one_or_is_refused(host: str) -> None:
    _parse_or_refuse(_on(host))


@given(st.from_regex(r"\[[0-9a-fA-F:.%v]{0,40}\]?(:[0-9]{0,6})?", fullmatch=True))
def test_any_bracketed_host_is_one_or_is_refused(host: str) -> None:
    _parse_or_refuse(_on(host))


@given(st.text())
def test_any_path_is_one_or_is_refused(path: str) -> None:
    _parse_or_refuse(f"https://h.example/{path}/{_FILE}")
    _parse_or_refuse(f"https://h.example/{path}")


def _parse_or_refuse(written: str) -> None:
    try:
        url = WheelUrl.parse(written)
    except InvalidWheelUrlError as refusal:
        assert refusal.detail  # noqa: PT017 - both ways are fine; any other exception is the failure
    else:
        assert WheelUrl.parse(url.text) == url
