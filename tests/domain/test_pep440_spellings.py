"""Versions as PEP 440 spells them: which Semantic Version to send instead, or why there is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from domain.errors import InvalidVersionError
from domain.semver import SemVer, semver_spelling


def refusal(written: str) -> str:
    with pytest.raises(InvalidVersionError) as refused:
        SemVer.parse(written)
    return refused.value.detail


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("1.0.0rc1", "1.0.0-rc.1"),
        ("1.0.0RC1", "1.0.0-rc.1"),
        ("1.0.0c1", "1.0.0-rc.1"),
        ("1.0.0.pre2", "1.0.0-rc.2"),
        ("1.0.0a1", "1.0.0-alpha.1"),
        ("1.0.0alpha", "1.0.0-alpha.0"),
        ("1.0.0b12", "1.0.0-beta.12"),
        ("1.0.0_b12", "1.0.0-beta.12"),
        ("1.0.0.dev1", "1.0.0-dev.1"),
        ("1.0.0rc1+Ubuntu_1", "1.0.0-rc.1+ubuntu.1"),
        ("1.0", "1.0.0"),
        ("1", "1.0.0"),
        ("1.2rc3", "1.2.0-rc.3"),
        ("1.0.0.0", "1.0.0"),
        ("v1.0.0", "1.0.0"),
        ("V1.0.0", "1.0.0"),
        ("01.0.0", "1.0.0"),
        ("1.02.3", "1.2.3"),
        (" 1.0.0\n", "1.0.0"),
        ("0!1.0.0", "1.0.0"),
    ],
)
def test_the_refusal_has_the_exact_spelling_to_send(written: str, sent: str) -> None:
    assert refusal(written) == f"not a SemVer 2.0.0 version; send {sent}"
    assert SemVer.parse(sent).pep440 == Version(written)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1.0.0.post1", "post-releases"),
        ("1.0-1", "post-releases"),
        ("1.0.0rc1.post2", "post-releases"),
        ("1!1.0", "epochs"),
        ("1.0.0.1", "three numbers"),
        ("1.2.3.4.5rc1", "three numbers"),
        ("1.0.0rc1.dev2", "development release of a pre-release"),
    ],
)
def test_the_refusal_says_why_no_spelling_will_do(written: str, reason: str) -> None:
    assert "none stands for it" in refusal(written)
    assert reason in refusal(written)
    assert semver_spelling(written) is None


@pytest.mark.parametrize(
    "written", ["", "latest", "1.0.0-", "1.x", "1.0.0 rc 1 x", "1..0", "\N{ARABIC-INDIC DIGIT ONE}.0.0"]
)
def test_what_is_no_version_at_all_gets_the_form(written: str) -> None:
    assert refusal(written) == "not a SemVer 2.0.0 version; send MAJOR.MINOR.PATCH, such as 1.4.0 or 2.0.0-rc.1"


@given(
    st.from_regex(
        re.compile(
            r"[vV]?(\d!)?\d{1,3}(\.\d{1,2}){0,4}([-_.]?(a|b|rc|c|pre)[-_.]?\d?)?(\.post\d)?(\.dev\d)?(\+[a-z0-9]{1,3})?",
            re.ASCII,
        ),
        fullmatch=True,
    )
)
def test_whatever_pep_440_admits_is_given_its_equal_or_a_reason(written: str) -> None:
    spelled = semver_spelling(written)

    if spelled is not None:
        assert SemVer.parse(spelled).pep440 == Version(written)
