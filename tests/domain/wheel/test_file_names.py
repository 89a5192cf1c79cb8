"""Names of wheel files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import parse_wheel_filename

from domain.errors import InvalidWheelFilenameError
from domain.wheel.file import WheelFilename


@pytest.mark.parametrize(
    "text",
    [
        "pkg-1.0-py3-none-any.whl",
        "pragmatiks_gcp_provider-1.2.3rc1-py3-none-any.whl",
        "pkg-1.0-1build-py3-none-any.whl",
        "pkg-1.0-12-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "Django-5.0-py3-none-any.whl",
        "zope.interface-6.1-cp312-cp312-win_amd64.whl",
        "pkg-1.0+cpu.1-py2.py3-none-any.whl",
        "pkg-1!2.0.post1.dev3-py3-none-any.whl",
        "a-0-py3-none-any.whl",
    ],
)
def test_normal_names_are_read_as_packaging_reads_them(text: str) -> None:
    name, version, build, tags = parse_wheel_filename(text)
    parsed = WheelFilename.parse(text)

    assert (parsed.distribution, parsed.version, str(parsed)) == (name, version, text)
    assert parsed.build == ("".join(map(str, build)) or None)
    assert all(part in str(sorted(map(str, tags))) for part in parsed.tag.replace(".", "-").split("-") if part)


def test_an_escaped_hyphen_in_the_version_is_tolerated() -> None:
    assert str(WheelFilename.parse("pkg-1.0_1-py3-none-any.whl").version) == "1.0.post1"


@pytest.mark.parametrize(
    "text",
    [
        "", ".whl", "pkg.whl", "pkg-1.0.whl", "pkg-1.0-py3-none.whl", "pkg-1.0-py3-none-any.zip",
        "pkg-1.0-py3-none-any.whl\n", "pkg\n-1.0-py3-none-any.whl", "pkg_-1.0-py3-none-any.whl",
        "_pkg-1.0-py3-none-any.whl", "-1.0-py3-none-any.whl", "p\u00e4kg-1.0-py3-none-any.whl",
        "pkg-\u0661.0-py3-none-any.whl", "pkg-1.0-.-none-any.whl", "pkg-1.0-py3.-none-any.whl",
        "pkg-1.0-py2..py3-none-any.whl",
        "pkg-snapshot-py3-none-any.whl", "pkg-1.0-build-py3-none-any.whl",
        "pkg-1.0--py3-none-any.whl", "pkg-1.0-1-2-py3-none-any.whl", "../pkg-1.0-py3-none-any.whl",
        "a/pkg-1.0-py3-none-any.whl", "pkg-1.0-py3-none-any.whl ", "pkg-1.0-py3-none-any.WHL",
        "pkg-1.0-py3-none-an\x00y.whl",
    ],
)  # fmt: skip
def test_what_is_no_wheel_file_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidWheelFilenameError):
        WheelFilename.parse(text)


def test_a_version_with_more_digits_than_python_reads_is_refused() -> None:
    with pytest.raises(InvalidWheelFilenameError):
        WheelFilename.parse(f"pkg-{'9' * 5000}-py3-none-any.whl")


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("foo_bar-1.0.0-py3-none-any.whl", "foo_bar-1.0.0-py3-none-any.whl"),
        ("Foo_Bar-1.0.0-py3-none-any.whl", "foo_bar-1.0.0-py3-none-any.whl"),
        ("foo.bar-1.0.0-py3-none-any.whl", "foo_bar-1.0.0-py3-none-any.whl"),
        ("foo__bar-1.0.0-py3-none-any.whl", "foo_bar-1.0.0-py3-none-any.whl"),
        ("a-1-py3-none-any.whl", "a-1.0.0-py3-none-any.whl"),
        ("a-1.0-py3-none-any.whl", "a-1.0.0-py3-none-any.whl"),
        ("a-1.0.0.0-py3-none-any.whl", "a-1.0.0-py3-none-any.whl"),
        ("a-1.0.0.1-py3-none-any.whl", "a-1.0.0.1-py3-none-any.whl"),
        ("a-v1.0.0-py3-none-any.whl", "a-1.0.0-py3-none-any.whl"),
        ("a-01.0.0-py3-none-any.whl", "a-1.0.0-py3-none-any.whl"),
        ("a-1.0.0rc1-py3-none-any.whl", "a-1.0.0rc1-py3-none-any.whl"),
        ("a-1.0.0.RC.1-py3-none-any.whl", "a-1.0.0rc1-py3-none-any.whl"),
        ("a-1.0.0_preview1-py3-none-any.whl", "a-1.0.0rc1-py3-none-any.whl"),
        ("a-1.0.0_alpha-py3-none-any.whl", "a-1.0.0a0-py3-none-any.whl"),
        ("a-1.0.0_1-py3-none-any.whl", "a-1.0.0.post1-py3-none-any.whl"),
        ("a-1!1.0.post1.dev2-py3-none-any.whl", "a-1!1.0.0.post1.dev2-py3-none-any.whl"),
        ("a-1.0.0+Ubuntu_1-py3-none-any.whl", "a-1.0.0+ubuntu.1-py3-none-any.whl"),
        ("a-1.0.0-01Build-py3-none-any.whl", "a-1.0.0-1build-py3-none-any.whl"),
        ("a-1.0.0-00-py3-none-any.whl", "a-1.0.0-0-py3-none-any.whl"),
        ("a-1.0.0-py3.py2-none-any.whl", "a-1.0.0-py2.py3-none-any.whl"),
        ("a-1.0.0-PY3-None-ANY.whl", "a-1.0.0-py3-none-any.whl"),
        (
            "a-1.0.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "a-1.0.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        ),
    ],
)
def test_file_names_that_installers_cannot_tell_apart_have_one_normalised_form(text: str, normalised: str) -> None:
    assert WheelFilename.parse(text).normalised == normalised


@pytest.mark.parametrize(
    "other",
    [
        "foo_baz-1.0.0-py3-none-any.whl",
        "foo_bar-1.0.1-py3-none-any.whl",
        "foo_bar-1.0.0rc1-py3-none-any.whl",
        "foo_bar-1.0.0+a-py3-none-any.whl",
        "foo_bar-1.0.0.post0-py3-none-any.whl",
        "foo_bar-1.0.0-1-py3-none-any.whl",
        "foo_bar-1.0.0-py2-none-any.whl",
        "foo_bar-1.0.0-py2.py3-none-any.whl",
        "foo_bar-1!1.0.0-py3-none-any.whl",
    ],
)
def test_file_names_that_installers_tell_apart_stay_apart(other: str) -> None:
    assert WheelFilename.parse(other).normalised != "foo_bar-1.0.0-py3-none-any.whl"


@given(st.text())
def test_any_text_is_a_file_name_or_is_refused(text: str) -> None:
    _parse_or_refuse(text)
    _parse_or_refuse(f"{text}-1.0-py3-none-any.whl")
    _parse_or_refuse(f"pkg-{text}-py3-none-any.whl")


@given(st.from_regex(r"[A-Za-z0-9._]+-[A-Za-z0-9_.!+]+(-[0-9][a-z0-9]*)?-[a-z0-9.]+-[a-z]+-[a-z_0-9]+\.whl"))
def test_anything_shaped_like_a_file_name_is_one_or_is_refused(text: str) -> None:
    _parse_or_refuse(text)


def _parse_or_refuse(text: str) -> None:
    try:
        parsed = WheelFilename.parse(text)
    except InvalidWheelFilenameError:
        return
    assert parsed.text == text
    assert text.isascii()
    again = WheelFilename.parse(parsed.normalised)
    assert again.normalised == parsed.normalised
    assert (again.distribution, again.version) == (parsed.distribution, parsed.version)
