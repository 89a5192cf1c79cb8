"""Semantic Versions: their order, and the PEP 440 versions that equal them."""

from contextlib import suppress
from itertools import pairwise

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from domain.errors import InvalidVersionError, UnmatchableVersionError
from domain.semver import SemVer

_NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**30)).map(str)
_WORDS = st.from_regex(r"[0-9]{0,2}[A-Za-z-][0-9A-Za-z-]{0,3}", fullmatch=True)
_BUILD = st.from_regex(r"[0-9A-Za-z-]{1,3}(\.[0-9A-Za-z-]{1,3}){0,2}", fullmatch=True)
_PRERELEASES = st.lists(st.one_of(_NUMBERS, _WORDS), min_size=1, max_size=4).map(".".join)


@st.composite
def _versions(draw: st.DrawFn) -> SemVer:
    text = ".".join(draw(st.tuples(_NUMBERS, _NUMBERS, _NUMBERS)))
    if draw(st.booleans()):
        text += "-" + draw(_PRERELEASES)
    if draw(st.booleans()):
        text += "+" + draw(_BUILD)
    return SemVer.parse(text)


# Source: Semantic Versioning 2.0.0, section 11.
_CHAINS = [
    ["1.0.0", "2.0.0", "2.1.0", "2.1.1"],
    [
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
        "1.0.0-rc.1", "1.0.0",
    ],
]  # fmt: skip


@pytest.mark.parametrize("chain", _CHAINS)
def test_the_specifications_own_examples_are_in_order(chain: list[str]) -> None:
    versions = [SemVer.parse(text) for text in chain]

    assert all(lower < higher for lower, higher in pairwise(versions))
    assert [str(version) for version in sorted(set(versions))] == chain


@given(_versions(), _versions())
def test_the_order_is_the_semver_librarys(one: SemVer, other: SemVer) -> None:
    expected = semver.Version.parse(one.text).compare(other.text)

    if expected:
        assert (one > other) is (expected > 0)
        assert (one.sort_key > other.sort_key) is (expected > 0)


# Few identifiers, so that lists of them often share a beginning.
_SIMILAR = st.lists(st.sampled_from(["0", "1", "9", "10", "a", "a-", "A", "-", "1a", "a1"]), max_size=4)


@given(_SIMILAR, _SIMILAR)
def test_the_order_is_the_semver_librarys_among_similar_prereleases(one: list[str], other: list[str]) -> None:
    texts = ["1.0.0" + ("-" + ".".join(identifiers) if identifiers else "") for identifiers in (one, other)]
    expected = semver.Version.parse(texts[0]).compare(texts[1])
    left, right = map(SemVer.parse, texts)

    assert (left > right) - (left < right) == expected


@given(_versions(), _versions())
def test_the_order_is_total_and_agrees_with_equality_and_hashes(one: SemVer, other: SemVer) -> None:
    assert (one < other) + (one == other) + (one > other) == 1
    assert (one == other) is (one.text == other.text) is (one.sort_key == other.sort_key)
    assert one != other or hash(one) == hash(other)
    assert one.sort_key.isascii()


@given(st.lists(_versions(), max_size=6))
def test_sort_keys_sort_as_versions_do(versions: list[SemVer]) -> None:
    assert sorted(versions) == sorted(versions, key=lambda version: version.sort_key)


def test_build_metadata_breaks_ties_and_nothing_else() -> None:
    texts = ["1.0.0-rc.1+z", "1.0.0-rc.1.1", "1.0.0", "1.0.0+a", "1.0.0+b", "1.0.1-0"]

    assert [str(version) for version in sorted(map(SemVer.parse, reversed(texts)))] == texts


def test_a_version_is_no_text() -> None:
    assert SemVer.parse("1.0.0") != "1.0.0"
    with pytest.raises(TypeError):
        assert SemVer.parse("1.0.0") < "2.0.0"


@pytest.mark.parametrize(("text", "expected"), [("1.0.0", False), ("1.0.0+rc.1", False), ("1.0.0-0", True)])
def test_only_identifiers_after_a_hyphen_make_a_prerelease(text: str, expected: bool) -> None:
    assert SemVer.parse(text).is_prerelease is expected


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0-a..b", "1.0.0+", "1.0.0rc1",
        "latest", "1.0.0\n", " 1.0.0", "1.0.0 ", "1.0.0\x00", "\u0661.0.0", "1.0.0-1\u0661", "1.0.0-ä", "1.0.\uff10",
        "1.0.0-a+b+c", "-1.0.0", "1" * 129, "1.0.0-" + "a" * 123,
    ],
)  # fmt: skip
def test_what_is_no_semantic_version_is_refused(text: str) -> None:
    with pytest.raises(InvalidVersionError):
        SemVer.parse(text)


def test_a_version_has_at_most_128_characters_however_they_are_spent() -> None:
    for text in ("9" * 124 + ".0.0", "1.0.0-" + "9" * 122, "1.0.0-" + "a" * 122, "1.0.0+" + "0" * 122):
        assert len(text) == 128
        assert str(SemVer.parse(text)) == text


@given(st.text())
def test_any_text_is_a_version_or_is_refused(text: str) -> None:
    with suppress(InvalidVersionError):
        assert SemVer.parse(text).text == text


@given(_versions())
def test_a_version_has_a_pep_440_equal_or_is_refused(version: SemVer) -> None:
    try:
        equal = version.pep440
    except UnmatchableVersionError:
        return
    assert equal.release[:3] == tuple(int(part) for part in version.text.partition("-")[0].partition("+")[0].split("."))


@pytest.mark.parametrize(
    ("text", "equal"),
    [
        ("1.0.0", "1.0.0"), ("1.0.0-rc.1", "1.0.0rc1"), ("1.0.0-rc1", "1.0.0rc1"), ("1.0.0-RC.1", "1.0.0rc1"),
        ("1.0.0-alpha", "1.0.0a0"), ("1.0.0-alpha.2", "1.0.0a2"), ("1.0.0-beta.3", "1.0.0b3"),
        ("1.0.0-dev.4", "1.0.0.dev4"), ("1.0.0-rc.1.dev.2", "1.0.0rc1.dev2"), ("1.0.0+cpu.1", "1.0.0+cpu.1"),
        ("1.0.0-preview.1", "1.0.0rc1"), ("1.0.0-rc.1.post.2", "1.0.0rc1.post2"),
    ],
)  # fmt: skip
def test_a_version_equals_the_one_that_wheels_carry(text: str, equal: str) -> None:
    assert SemVer.parse(text).pep440 == Version(equal)


@pytest.mark.parametrize("text", ["1.0.0-rc.1.2", "1.0.0-alpha.beta", "1.0.0-snapshot", "1.0.0+-", "1.0.0-x.7.z.92"])
def test_a_version_that_no_wheel_can_carry_is_refused(text: str) -> None:
    with pytest.raises(UnmatchableVersionError, match="no PEP 440 equal"):
        _ = SemVer.parse(text).pep440


@pytest.mark.parametrize(
    "text", ["1.0.0-1", "1.0.0-0", "1.0.0-post.1", "1.0.0-rev.1", "1.0.0-r1", "1.0.0-post.1.dev.1"]
)
def test_a_prerelease_that_wheels_read_as_a_post_release_is_refused(text: str) -> None:
    with pytest.raises(UnmatchableVersionError, match="post-release"):
        _ = SemVer.parse(text).pep440
