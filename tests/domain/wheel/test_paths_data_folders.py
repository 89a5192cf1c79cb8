"""The ``*.data`` folder of a wheel; ``tests/support/odd_layouts.py`` has what is accepted of it."""

import tracemalloc

import pytest

from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.paths import scripts_in, validate_data_folders

_DIST_INFO = "demo-1.0.dist-info"


def test_scripts_are_the_files_of_one_folder() -> None:
    paths = ["demo-1.0.data/scripts/x", "demo-1.0.data/data/scripts/y", "demo/x.data/scripts/z", "scripts/a", "a.data"]

    assert scripts_in(paths) == ["x"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("demo-1.0.data/foo/x", "is in no folder that installers know; in 'demo-1.0.data' these are data, headers,"),
        ("other-1.0.data/data/x", "is not in 'demo-1.0.data', the only top-level name that may end in .data"),
        ("demo-1.0.data/data", "is a file where installers expect a folder"),
        ("demo-1.0.data/scripts/a/b", "is in a sub-folder of the scripts"),
        ("demo-1.0.data/scripts/Python3", "would replace the interpreter"),
        ("demo-1.0.data/scripts/a b", "is not a plain file name"),
        ("demo-1.0.data/purelib/a-1.dist-info/RECORD", "could be installed as metadata"),
    ],
)
def test_the_sentence_names_the_file_and_what_is_wrong(path: str, sentence: str) -> None:
    with pytest.raises(WheelRefusedError, match=sentence) as refusal:
        validate_data_folders([path], [], dist_info=_DIST_INFO)

    assert refusal.value.problem is WheelProblem.LAYOUT_INVALID
    assert ascii(path) in refusal.value.detail


def test_both_files_of_one_path_are_named_as_they_are_in_the_wheel() -> None:
    paths = ["demo/a.py", "demo-1.0.data/purelib/demo/A.py"]

    with pytest.raises(
        WheelRefusedError, match=r"'demo-1.0.data/purelib/demo/A.py' and 'demo/a.py' would be installed"
    ):
        validate_data_folders(paths, [], dist_info=_DIST_INFO)


@pytest.mark.hostile
def test_very_deep_folders_cost_a_few_times_their_size() -> None:
    paths = [f"demo-1.0.data/data/{'ab/' * 20_000}{number}" for number in range(50)]

    tracemalloc.start()
    validate_data_folders(paths, [], dist_info=_DIST_INFO)
    assert scripts_in(paths) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * sum(map(len, paths))
