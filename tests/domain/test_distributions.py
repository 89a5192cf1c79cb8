"""Which files stand on a distribution's page."""

from dataclasses import replace

from domain.distributions import installable_files
from domain.versions import ProviderVersion
from tests.builders import NOW, a_version


def a_file(provider: str, filename: str) -> ProviderVersion:
    version = a_version(name=provider)
    assert version.wheel is not None
    return replace(version, wheel=replace(version.wheel, filename=filename))


def shown(*versions: ProviderVersion) -> list[tuple[str, str]]:
    return [(each.name.canonical, each.wheel.filename if each.wheel else "") for each in installable_files(versions)]


def test_no_versions_are_no_files() -> None:
    assert shown() == []


def test_a_stranger_cannot_put_a_higher_version_on_the_platforms_page() -> None:
    mine, theirs = a_file("platform/gcp", "gcp-1.0.0.whl"), a_file("evil/gcp", "gcp-99.0.0.whl")
    assert shown(mine, theirs) == [("platform/gcp", "gcp-1.0.0.whl")]
    assert shown(theirs, mine) == [("platform/gcp", "gcp-1.0.0.whl")]


def test_a_page_without_the_platform_is_of_the_first_that_published_it() -> None:
    assert shown(a_file("acme/a", "a-1.whl"), a_file("evil/a", "a-9.whl"), a_file("acme/b", "a-2.whl")) == [
        ("acme/a", "a-1.whl"),
        ("acme/b", "a-2.whl"),
    ]


def test_a_yank_does_not_hand_a_page_over() -> None:
    yanked = a_file("acme/a", "a-1.whl").yank("broken", at=NOW)
    assert shown(yanked, a_file("evil/a", "a-9.whl")) == [("acme/a", "a-1.whl")]


def test_providers_that_share_a_file_show_it_once_and_yanked_only_if_all_yanked_it() -> None:
    first, second = a_file("platform/a", "x-1.whl"), a_file("platform/b", "x-1.whl")
    assert shown(first, second) == [("platform/a", "x-1.whl")]
    assert shown(first.yank("broken", at=NOW), second) == [("platform/b", "x-1.whl")]
    assert shown(first, second.yank("broken", at=NOW)) == [("platform/a", "x-1.whl")]
    assert shown(first.yank("a", at=NOW), second.yank("b", at=NOW)) == [("platform/a", "x-1.whl")]
