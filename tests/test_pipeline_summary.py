"""What a pipeline's summary says, whatever others wrote into names and messages."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines import summary

REPORT = {
    "required_bump": "major",
    "changes": [
        {"verdict": "breaking", "rule": "property-removed", "resource": "bucket", "path": "zone", "message": "a | b"}
    ],
}


def told(folder: Path, mode: str, **results: dict[str, Any]) -> None:
    for name, result in results.items():
        (folder / f"{name}.json").write_text(json.dumps(result))
    summary.main(mode, folder)


@pytest.fixture(autouse=True)
def _on_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REGISTRY_URL", "https://registry.example.com/")


def test_what_changed_is_a_table_with_the_bump_that_is_due(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(tmp_path, "check", compare={"from_version": "1.0.0", "report": REPORT})

    said = capsys.readouterr().out
    assert r"| breaking | bucket.zone | a \| b (`property-removed`) |" in said
    assert "A release must raise at least: major." in said


def test_what_is_wrong_with_a_project_is_a_list_and_an_annotation_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    problem = {"place": "tool.pragma.x", "code": "unknown_key", "detail": "nothing reads it"}
    checked = {"provider": "platform/gcp", "version": "1.0.0", "passed": False, "problems": [problem], "wheels": []}
    told(tmp_path, "check", check={**checked, "notes": ["a note"]})

    said = capsys.readouterr().out
    assert "### platform/gcp 1.0.0: would be refused\n" in said
    assert "- `tool.pragma.x`: nothing reads it (`unknown_key`)\n- Note: a note\n" in said
    assert "::error title=unknown_key::tool.pragma.x: nothing reads it\n" in said


def test_a_message_begins_no_workflow_command_and_no_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    told(tmp_path, "release", register={"outcome": "failed", "code": "x,y:z", "detail": "a\n::warning::<b>`c`[d](e)"})

    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("::")] == ["::error title=x%2Cy%3Az::a%0A::warning::<b>`c`[d](e)"]
    assert any(r"&lt;b>'c'\[d\](e)" in line for line in lines)


def test_a_version_that_would_be_registered_has_no_page_to_link_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = {"canonical": "platform/gcp", "version": "1.0.0", "wheel_sha256": "ab"}
    told(tmp_path, "dry-run", register={"outcome": "created", "version": version})

    assert "### platform/gcp 1.0.0 would be registered" in capsys.readouterr().out


def test_a_command_that_said_nothing_is_a_failure_to_look_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "register.json").write_text("")
    summary.main("release", tmp_path)

    assert "`unusable`: see the log" in capsys.readouterr().out
