"""Names that mean the same file on every system."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wheel.paths import first_collision, on_any_file_system, windows_reading


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("demo/__init__.py::$DATA", "keeps ':' for streams and wildcards"),
        ("demo:x/a", "keeps ':'"),
        ("C:a", "keeps ':'"),
        ("a?", "keeps '?'"),
        ("a/b*c/d", "keeps '*'"),
        ("con", "takes 'con' for a device"),
        ("demo/NUL", "takes 'NUL' for a device"),
        ("demo/aux.py", "takes 'aux' for a device"),
        ("demo/Prn.tar.gz", "takes 'Prn' for a device"),
        ("demo/nul  .txt", "takes 'nul' for a device"),
        ("com1/a.py", "takes 'com1' for a device"),
        ("COM\u00b2.txt", "takes 'COM\u00b2' for a device"),
        ("lpt9", "takes 'lpt9' for a device"),
        ("CONIN$", "takes 'CONIN$' for a device"),
        ("conout$.x", "takes 'conout$' for a device"),
        ("PROGRA~1", "takes 'PROGRA~1' for the short form"),
        ("a/PROVID~12.PY", None),
        ("a/PROVI~12.PY", "takes 'PROVI~12.PY' for the short form"),
        ("x~1/a", "takes 'x~1' for the short form"),
        ("a.", "drops dots and spaces"),
        ("a. /b", "drops dots and spaces"),
        ("a/b ", "drops dots and spaces"),
    ],
)
def test_a_path_that_means_another_file_on_windows_is_reported(path: str, reading: str | None) -> None:
    assert (windows_reading(path) or "").startswith(reading or "")
    assert (windows_reading(path) is None) is (reading is None)


@pytest.mark.parametrize(
    "path",
    [
        "demo/__init__.py",
        "pyarrow./",
        "a /",
        "console",
        "com0",
        "com10",
        "xcon",
        "con-x",
        "nul_",
        "a.con",
        "$MFT",
        "~1",
    ],
)
def test_other_paths_mean_the_same(path: str) -> None:
    assert windows_reading(path) is None


@pytest.mark.parametrize("path", ["a~b", "long_name~1", "a.b~1", "a~1.tar.gz", "file.py~", "a~1.text", "~/a", "a~"])
def test_a_tilde_alone_makes_no_short_name(path: str) -> None:
    assert windows_reading(path) is None


@pytest.mark.parametrize(
    ("paths", "collision"),
    [
        ([], None),
        (["a", "b"], None),
        (["a/", "A/", "a./"], None),
        (["a/", "A/b", "a/c"], None),
        (["a", "A"], (1, 0)),
        (["x", "a/b", "A/B"], (2, 1)),
        (["a/b", "A"], (1, 0)),
        (["a", "a/"], (0, 1)),
        (["A./", "b", "a/", "a"], (0, 3)),
        (["ab", "a\u200db"], (0, 1)),
    ],
)
def test_the_first_two_that_one_file_system_cannot_hold_are_found(
    paths: list[str], collision: tuple[int, int] | None
) -> None:
    found = first_collision(paths)

    assert (found and set(found)) == (collision and set(collision))


@given(st.lists(st.text(alphabet="aAé/. \u200d", min_size=1, max_size=4), max_size=5, unique=True))
def test_files_collide_exactly_if_two_have_one_form_or_one_is_the_folder_of_another(paths: list[str]) -> None:
    files = [path.strip("/") or "x" for path in paths]
    forms = [on_any_file_system(path) for path in files]
    expected = any(
        second == first or second.startswith(f"{first}/")
        for place, first in enumerate(forms)
        for other, second in enumerate(forms)
        if place != other
    )

    assert (first_collision(files) is not None) is expected
