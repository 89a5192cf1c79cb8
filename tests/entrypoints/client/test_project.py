"""Reading a provider's project."""

import json
from pathlib import Path

import pytest

from entrypoints.client.errors import UnusableError
from entrypoints.client.project import read_project
from entrypoints.client.versions import registered_version

PROJECT = """
[project]
name = "pragmatiks-gcp-provider"
version = "1.4.0"
description = "Manages Google Cloud resources."
"""
PRAGMA = """
[tool.pragma]
provider = "gcp"
package = "gcp_provider"
display_name = "Google Cloud"
icon_url = "https://icons.example.com/gcp.svg"
tags = ["cloud"]
entrypoint = ["python", "-m", "gcp_provider"]
schemas = "schemas.json"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_everything_that_a_project_says_is_announced(tmp_path: Path) -> None:
    (tmp_path / "schemas.json").write_text(json.dumps({"bucket": {"description": "A bucket."}}))

    project = read_project(write(tmp_path, PROJECT + PRAGMA))

    assert project.name.canonical == "platform/gcp"
    assert (project.distribution, project.version) == ("pragmatiks-gcp-provider", "1.4.0")
    assert project.announced == {
        "package_name": "gcp_provider",
        "entrypoint": ["python", "-m", "gcp_provider"],
        "metadata": {
            "display_name": "Google Cloud",
            "description": "Manages Google Cloud resources.",
            "tags": ["cloud"],
            "icon_url": "https://icons.example.com/gcp.svg",
        },
        "schemas": {"bucket": {"description": "A bucket."}},
    }


def test_a_project_may_say_hardly_anything(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, '[project]\nname = "x"\n[tool.pragma]\nprovider = "acme/gcp"\n'))

    assert (project.name.canonical, project.version, project.announced) == ("acme/gcp", None, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PROJECT, r"no table \[tool.pragma\]"),
        (PROJECT + "[tool]\npragma = 'gcp'\n", "tool.pragma"),
        (PROJECT.replace("pragmatiks-gcp-provider", "../gcp") + PRAGMA, "../gcp"),
        (PROJECT + "[tool.pragma]\n", "provider"),
        (PROJECT + "[tool.pragma]\nprovider = 'No Name'\n", "tool.pragma.provider"),
        (PROJECT + "[tool.pragma]\nprovider = 'gcp'\ntags = [1]\n", "tool.pragma.tags"),
        (PROJECT + PRAGMA, "schemas.json"),
        ("[project", "pyproject.toml"),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnusableError, match=told):
        read_project(write(tmp_path, text))


def test_a_key_that_nothing_reads_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "schemas.json").write_text(json.dumps({"bucket": {"configschema": {}}, "key": {"description": ""}}))

    project = read_project(write(tmp_path, PROJECT + PRAGMA.replace("display_name", "displayname") + "colour = 1\n"))

    assert project.unread == (
        ("tool.pragma.displayname", "nothing reads it; did you mean display_name?"),
        ("tool.pragma.colour", "nothing reads it"),
        ("bucket.configschema", "nothing reads it; did you mean config_schema?"),
    )


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="cannot read"):
        read_project(tmp_path)


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        ("1.4.0", "1.4.0"),
        ("1.4.0-rc.1", "1.4.0-rc.1"),
        ("1.4", "1.4.0"),
        ("1.4.0a2", "1.4.0-alpha.2"),
        ("1.4.0b1", "1.4.0-beta.1"),
        ("1.4.0rc1", "1.4.0-rc.1"),
        ("1.4.0.dev3", "1.4.0-dev.3"),
    ],
)
def test_a_version_is_registered_as_the_semantic_one_that_equals_it(written: str, registered: str) -> None:
    assert registered_version(written).text == registered


@pytest.mark.parametrize("written", [None, "1.4.0.post1", "1!1.0.0", "1.2.3.4", "1.0.0rc1.dev2", "one", ""])
def test_a_version_without_an_equal_is_refused(written: str | None) -> None:
    with pytest.raises(UnusableError, match="version"):
        registered_version(written)
