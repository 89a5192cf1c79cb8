"""A release is what its tag says, and its parts are pinned."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.release_notes import notes_of
from tools.site_check import complaints

CHANGELOG = (
    "# Changelog\n\n## [Unreleased]\n\n- C\n\n## [1.1.0] - 2026-12-02\n\n- B\n\n## [1.0.0] - 2026-12-01\n\n- A\n"
)
PYPROJECT = '[project]\nversion = "1.1.0"\n'


def test_the_notes_of_a_release_are_its_section_of_the_changelog() -> None:
    assert notes_of("1.1.0", CHANGELOG, PYPROJECT) == "- B\n"


@pytest.mark.parametrize(("version", "problem"), [("1.0.0", "has version 1.1.0"), ("1.1.0", "no section")])
def test_a_tag_of_another_version_is_refused(version: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        notes_of(version, CHANGELOG.replace("1.1.0", "1.2.0"), PYPROJECT)


def test_the_changelog_has_room_for_what_comes_above_the_releases() -> None:
    heads = re.findall(r"^## \[(.+?)\](.*)$", Path("CHANGELOG.md").read_text(), re.MULTILINE)

    assert heads[0] == ("Unreleased", "")
    assert all(re.fullmatch(r" - \d{4}-\d{2}-\d{2}", date) for _, date in heads[1:])
    assert ("1.0.0", " - 2026-12-01") in heads


def test_every_action_of_every_workflow_is_pinned_by_commit() -> None:
    workflows = [yaml.safe_load(path.read_text()) for path in Path(".github/workflows").glob("*.yml")]
    steps = [step for workflow in workflows for job in workflow["jobs"].values() for step in job["steps"]]

    assert len(workflows) > 1
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert all("permissions" in workflow for workflow in workflows)


def test_two_builds_of_one_commit_have_the_same_bytes(tmp_path: Path) -> None:
    built = subprocess.run(
        ["tools/build_twice.sh", sys.executable, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert built.returncode == 0, built.stderr
    assert "Both builds have the same bytes" in built.stdout
    assert {path.suffix for path in tmp_path.iterdir()} == {".whl", ".gz"}


def test_a_site_with_dead_links_or_foreign_parts_is_told_on(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<h1 id="top">x</h1><a href="#top">ok</a><a href="#gone">x</a><a href="nowhere/">x</a>'
        '<script src="https://cdn.example.com/x.js"></script><a href="https://example.com">fine</a>'
    )
    (tmp_path / "style.css").write_text("@font-face{src:url(https://fonts.example.com/x)}")

    assert complaints(tmp_path) == [
        "index.html: loads https://cdn.example.com/x.js",
        "index.html: #gone has no such anchor",
        "index.html: nowhere/ leads nowhere",
        "style.css: loads https://fonts.example.com/x",
    ]
