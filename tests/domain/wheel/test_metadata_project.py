"""What a wheel says of its project: read for people, bounded, and with links that are safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wheel.metadata import (
    MAX_AUTHOR,
    MAX_DEPENDENCIES,
    MAX_DEPENDENCY,
    MAX_LABEL,
    MAX_LICENSE,
    MAX_LINKS,
    MAX_URL,
    ProjectLink,
    ProjectMetadata,
    headers,
)


def project(text: str) -> ProjectMetadata:
    return ProjectMetadata.of(headers(f"Name: a\n{text}\n".encode(), file="METADATA"))


def test_a_wheel_says_its_license_author_links_and_dependencies() -> None:
    text = (
        "License-Expression: MIT OR Apache-2.0\nLicense: other\nAuthor-email: Ada L. <ada@example.com>, b@example.com\n"
        "Home-page: https://example.com/\nProject-URL: Source, https://git.example.com/a\n"
        "Requires-Dist: httpx>=0.28\nRequires-Dist: rich; extra == 'cli'"
    )
    assert project(text) == ProjectMetadata(
        license="MIT OR Apache-2.0",
        author="Ada L., b@example.com",
        links=(ProjectLink("Homepage", "https://example.com/"), ProjectLink("Source", "https://git.example.com/a")),
        dependencies=("httpx>=0.28", "rich; extra == 'cli'"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("License: BSD", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("Classifier: Topic :: X", None),
    ],
)
def test_older_metadata_tells_its_license_otherwise(text: str, expected: str | None) -> None:
    assert project(text).license == expected


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com", "javascript:alert(1)", "//example.com", "https://", "https://u@example.com", "", "x"),
        *('https://example.com/"onload=x', "https://example.com/<b>", "https://[", f"https://example.com/{'x' * 500}"),
    ],
)
def test_a_link_that_is_not_plain_https_is_left_out(url: str) -> None:
    assert project(f"Home-page: {url}\nProject-URL: Source, {url}").links == ()


@pytest.mark.hostile
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["License", "Author", "Author-email", "Project-URL", "Requires-Dist", "Home-page"]),
            st.text(),
        ),
        max_size=20,
    ),
    st.integers(1, 3_000),
)
def test_whatever_it_says_is_bounded(fields: list[tuple[str, str]], times: int) -> None:
    lines = [f"{name}: {value}".replace("\n", " ").replace("\r", " ") for name, value in fields]
    lines += [f"Project-URL: {number}{'l' * 99}, https://example.com/{number}" for number in range(times)]
    lines += [f"Requires-Dist: {'d' * times}"] * 200
    found = project("\n".join(lines))
    assert len(found.license or "") <= MAX_LICENSE
    assert len(found.author or "") <= MAX_AUTHOR
    assert len(found.links) <= MAX_LINKS
    assert all(len(link.label) <= MAX_LABEL and len(link.url) <= MAX_URL for link in found.links)
    assert len(found.dependencies) <= MAX_DEPENDENCIES
    assert all(len(each) <= MAX_DEPENDENCY for each in found.dependencies)


@pytest.mark.hostile
@pytest.mark.parametrize("value", ["a:" * 290, "(" * 590, "(" * 299 + ")" * 299, "<@" * 290, '"' * 590, "a:b"])
def test_addresses_that_nest_without_end_are_no_author(value: str) -> None:
    found = project(f"Author-email: {value}\n" * 1_000 + "Maintainer-email: Ada <ada@example.com>")
    assert len(found.author or "") <= MAX_AUTHOR


def test_of_many_fields_the_first_are_read() -> None:
    found = project(
        "Author-email: a@example.com\n" * 1_000 + "Requires-Dist: UNKNOWN\n" * 1_000 + "Requires-Dist: late"
    )
    assert (found.author or "").count("@") == 20
    assert found.dependencies == ()
