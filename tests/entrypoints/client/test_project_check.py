"""Checking a project before its release, offline."""

import json
from pathlib import Path
from typing import Any

import pytest

from entrypoints.client.errors import UnusableError
from entrypoints.client.project_check import ProjectCheck, check_project
from entrypoints.settings import WheelSettings
from tests.builders import a_wheel

PYPROJECT = """
[project]
name = "pragmatiks-gcp-provider"
version = "1.0.0"

[tool.pragma]
provider = "gcp"
package = "gcp_provider"
display_name = "Google Cloud"
schemas = "schemas.json"
"""
WHEEL = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
SCHEMAS = {"bucket": {"config_schema": {"type": "object", "properties": {"zone": {"type": "string"}}}}}


class Folder:
    """A project with a wheel in ``dist``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dist = path / "dist"
        self.dist.mkdir()
        self.write()
        (self.dist / WHEEL).write_bytes(a_wheel())

    def write(self, pyproject: str = PYPROJECT, schemas: Any = SCHEMAS) -> None:
        (self.path / "pyproject.toml").write_text(pyproject)
        (self.path / "schemas.json").write_text(json.dumps(schemas))

    def check(self, version: str | None = None) -> ProjectCheck:
        return check_project(self.path, dist=self.dist, version=version, settings=WheelSettings())

    def problems(self) -> list[tuple[str, str]]:
        return [(problem.place, problem.code) for problem in self.check().problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_project_that_keeps_every_rule_passes(folder: Folder) -> None:
    checked = folder.check()

    assert (checked.passed, checked.provider, checked.version, checked.notes) == (True, "platform/gcp", "1.0.0", ())
    assert checked.schemas is not None
    assert checked.schemas.checks[0].detail == "1 schemas of draft 2020-12: valid and complete in themselves"
    assert [(Path(wheel.file).name, wheel.passed) for wheel in checked.wheels] == [(WHEEL, True)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("display_name", "displayname"), ("tool.pragma.displayname", "unknown_key")),
        (('"gcp_provider"', '"other"'), (WHEEL, "package_not_in_wheel")),
        (("schemas =", 'tags = [""]\nschemas ='), ("tool.pragma.tags", "invalid_metadata")),
        (
            ("schemas =", 'icon_url = "http://icons.example.com"\nschemas ='),
            ("tool.pragma.icon_url", "invalid_metadata"),
        ),
        (("schemas =", "entrypoint = []\nschemas ="), ("tool.pragma.entrypoint", "invalid_text")),
        (('version = "1.0.0"', 'version = "1.1.0"'), ("dist", "wheel_not_found")),
    ],
)
def test_each_mistake_is_named_with_its_place(
    folder: Folder, change: tuple[str, str], problem: tuple[str, str]
) -> None:
    folder.write(PYPROJECT.replace(*change))

    assert problem in folder.problems()


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"config_schema": {"type": "objekt"}}, ("schemas.json", "schema_invalid")),
        ({"config_schema": {"$ref": "#/$defs/no"}}, ("schemas.json", "schema_reference_unresolved")),
        ({"config_schema": "object"}, ("schemas.json", "invalid_schemas")),
        ("object", ("schemas.json", "invalid_schemas")),
        ({"description": "\0"}, ("schemas.json", "invalid_schemas")),
        ({"outputschema": {}}, ("bucket.outputschema", "unknown_key")),
    ],
)
def test_a_schema_that_the_registry_would_refuse_is_refused_here(
    folder: Folder, entry: Any, problem: tuple[str, str]
) -> None:
    folder.write(schemas={"bucket": entry})

    assert folder.problems() == [problem]


def test_a_damaged_wheel_is_refused_and_wheels_of_other_releases_are_none_of_it(folder: Folder) -> None:
    (folder.dist / "pragmatiks_gcp_provider-0.9.0-py3-none-any.whl").write_bytes(b"old")
    (folder.dist / "no-wheel.whl").write_bytes(b"")
    before = folder.check()
    (folder.dist / WHEEL).write_bytes(b"no archive")

    assert before.passed
    assert folder.problems() == [(WHEEL, "wheel_not_an_archive")]


def test_all_problems_are_told_at_once(folder: Folder) -> None:
    folder.write(PYPROJECT.replace("display_name", "displayname"), {"bucket": {"config_schema": {"type": "objekt"}}})
    (folder.dist / WHEEL).unlink()

    checked = folder.check()

    assert [problem.code for problem in checked.problems] == ["unknown_key", "schema_invalid", "wheel_not_found"]
    assert checked.notes == ("tool.pragma.display_name is not set; a provider's first version needs one",)


def test_a_version_that_the_build_backend_knows_is_that_of_the_wheel(folder: Folder) -> None:
    folder.write(PYPROJECT.replace('version = "1.0.0"', 'dynamic = ["version"]'))

    assert folder.check().version == "1.0.0"

    (folder.dist / "pragmatiks_gcp_provider-0.9.0-py3-none-any.whl").write_bytes(b"old")
    with pytest.raises(UnusableError, match="--version"):
        folder.check()
    assert folder.check("1.0.0").passed
