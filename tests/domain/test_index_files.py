"""Which files stand on a page of a package index."""

from domain.distributions import IndexFile, installable_files
from tests.builders import NOW


def a_file(filename: str, sha256: str = "a", *, url: str = "u", is_yanked: bool = False) -> IndexFile:
    return IndexFile(
        filename=filename,
        url=url,
        sha256=sha256,
        size=1,
        requires_python=None,
        published_at=NOW,
        is_yanked=is_yanked,
    )


def shown(*files: IndexFile) -> list[tuple[str, str, str]]:
    return [(file.filename, file.sha256, file.url) for file in installable_files(files)]


def test_no_files_are_shown_where_there_are_none() -> None:
    assert shown() == []


def test_files_keep_their_order() -> None:
    assert shown(a_file("x-2"), a_file("x-1")) == [("x-2", "a", "u"), ("x-1", "a", "u")]


def test_versions_that_share_a_file_show_it_once_and_yanked_only_if_all_are() -> None:
    first, second = a_file("x-1", url="1"), a_file("x-1", url="2")
    yanked_first, yanked_second = a_file("x-1", url="1", is_yanked=True), a_file("x-1", url="2", is_yanked=True)
    assert shown(first, second) == [("x-1", "a", "1")]
    assert shown(yanked_first, second) == [("x-1", "a", "2")]
    assert shown(first, yanked_second) == [("x-1", "a", "1")]
    assert [file.is_yanked for file in installable_files([yanked_first, yanked_second])] == [True]


def test_two_digests_under_one_name_are_both_shown_whichever_is_yanked() -> None:
    for is_yanked in (False, True):
        first, second = a_file("x-1", "a", is_yanked=is_yanked), a_file("x-1", "b")
        assert shown(first, second) == [("x-1", "a", "u"), ("x-1", "b", "u")]
