"""The long description of a wheel."""

import pytest

from domain.wheel.metadata import LONGEST_README, Readme, body, headers


def readme(metadata: str) -> Readme | None:
    data = metadata.encode()
    return Readme.of(headers(data, file="METADATA"), body(data))


def test_it_is_the_body_of_the_metadata() -> None:
    text = "Name: a\nDescription-Content-Type: text/markdown; charset=UTF-8\n\n# Äh\n\nTwo: lines\n"
    assert readme(text) == Readme("# Äh\n\nTwo: lines", "text/markdown")


@pytest.mark.parametrize("indent", ["        ", "       |"])
def test_older_metadata_has_it_in_a_header_with_indented_lines(indent: str) -> None:
    assert readme(f"Name: a\nDescription: Title\n{indent}=====\n{indent}  code\n") == Readme("Title\n=====\n  code")


@pytest.mark.parametrize("text", ["Name: a\n", "Name: a\n\n", "Name: a\n\n \n\t\n", "Name: a\nDescription: \n"])
def test_nothing_but_blanks_is_none(text: str) -> None:
    assert readme(text) is None


@pytest.mark.parametrize("kind", ["", "markdown", "text/<script>", "a/b" * 100])
def test_a_type_that_is_none_reads_as_the_default(kind: str) -> None:
    found = readme(f"Name: a\nDescription-Content-Type: {kind}\n\ntext")
    assert found == Readme("text", "text/x-rst")
    assert found is not None
    assert not found.is_markdown


def test_what_cannot_be_stored_is_replaced_and_what_is_too_long_cut() -> None:
    found = readme("Name: a\n\nx\x00\x1b[31m\ty" + "z" * LONGEST_README)
    assert found is not None
    assert found.text.startswith("x\ufffd\ufffd[31m\tyz")
    assert len(found.text) == LONGEST_README
