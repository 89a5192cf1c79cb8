"""Entry points of a wheel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.entry_points import validate_entry_points


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("", 0),
        ("[console_scripts]\nrun = pkg:main\nstop = pkg:main\n[gui_scripts]\nwin = pkg:gui [extra]\n", 3),
        ("[other.group]\na/b = pkg:main\nhttp://x = pkg:main\n", 0),
        ("  [console_scripts]\n  run = pkg:main\n  [other]\n  more = pkg:main\n", 1),
        ("[console_scripts]\n# ../a = a comment to all\nrun = pkg:main\n", 1),
        ("; see https://example.com/a/b\n[console_scripts]\nrun.exe-2 = pkg:main\n", 1),
        ("[console_scripts]\nrun = pkg:main\n[gui_scripts]\nrun = pkg:main\n", 2),
    ],
)
def test_scripts_with_plain_names_are_counted(text: str, scripts: int) -> None:
    assert validate_entry_points(text.encode()) == scripts


def test_a_script_that_the_wheel_has_as_a_file_is_no_second_one() -> None:
    assert validate_entry_points(b"[console_scripts]\nrun = pkg:main\n", files=["run", "stop"]) == 1


@pytest.mark.hostile
def test_thousands_of_scripts_and_groups_are_read() -> None:
    scripts = "".join(f"run-{number} = pkg:main\n" for number in range(20_000))
    groups = "".join(f"[group.{number}]\nx = y\n" for number in range(20_000))

    assert validate_entry_points(f"[console_scripts]\n{scripts}{groups}".encode()) == 20_000


@pytest.mark.parametrize(
    "data",
    [
        b"[console_scripts]\n../evil = pkg:main\n",
        b"[console_scripts]\n/bin/sh = pkg:main\n",
        b"[gui_scripts]\na\\b = pkg:main\n",
        b"[console_scripts]\n.. = pkg:main\n",
        b"[console_scripts]\na\x00b = pkg:main\n",
        b"[console_scripts]\nC:evil = pkg:main\n",
        b"no section = x\n",
        b"[console_scripts\n",
        b"\xff",
    ],
)
def test_a_name_that_leads_elsewhere_or_a_file_that_cannot_be_parsed_is_refused(data: bytes) -> None:
    with pytest.raises(WheelRefusedError) as refusal:
        validate_entry_points(data)
    assert refusal.value.problem is WheelProblem.ENTRY_POINTS_INVALID


@pytest.mark.parametrize(
    "text",
    [
        "[[console_scripts]]\n../evil = pkg:main\n",  # all brackets are stripped by some
        "[other]\n[console_scripts] = x\n../evil = pkg:main\n",  # a section to some, an entry to others
        "[console_scripts] ; scripts\n../evil = pkg:main\n",
        "[console_scripts]\na = b\n  [other]\n../evil = pkg:main\n",  # the indented line continues a value for some
        "[console_scripts]\na = b\n  ../evil : pkg:main\n",  # a continued line to some, an entry to others
        "[console_scripts]\n;/../../evil = pkg:main\n",  # a comment to some, an entry to others
        "[other]\n../evil = pkg:main\n",
        "[other]\n\\evil = pkg:main\n",
        "[other]\na/..\\evil = pkg:main\n",
        "[console_scripts]\n../evil\x0b# = pkg:main\n",  # one line to some, two to others
    ],
)
def test_a_name_that_only_some_installers_see_is_refused(text: str) -> None:
    with pytest.raises(WheelRefusedError) as refusal:
        validate_entry_points(text.encode())
    assert refusal.value.problem is WheelProblem.ENTRY_POINTS_INVALID


def outcome(data: bytes) -> WheelProblem | None:
    try:
        validate_entry_points(data)
    except WheelRefusedError as refusal:
        return refusal.problem
    return None


@given(st.binary(max_size=200) | st.text(alphabet="[]=:\n\t a;#%", max_size=60).map(str.encode))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    assert outcome(data) in {None, WheelProblem.ENTRY_POINTS_INVALID}
