"""The image's file: what it calls exists, and what it copies is enough. No engine is needed to know that."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import get_args, get_type_hints
from zipfile import ZipFile

import pytest
from packaging.specifiers import SpecifierSet

from entrypoints.http.routes.health import ready
from entrypoints.settings import Settings, variable_of
from tests.e2e.test_command_line import run
from tests.support.serving import serving

DOCKERFILE = Path("docker/Dockerfile").read_text()
BUILT, FINAL = DOCKERFILE.partition("FROM ${PYTHON_IMAGE} AS build")[2].split("FROM ${PYTHON_IMAGE}")
PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]
COPIES = [line.split() for line in re.findall(r"^COPY (?!--from)(.*)", DOCKERFILE, re.MULTILINE)]
(SPOOL,) = re.findall(r"REGISTRY_WHEEL_SPOOL_DIR=(\S+)", FINAL)
GROUPS = [next(iter(get_args(hint)), hint) for hint in get_type_hints(Settings).values()]
VARIABLES = {variable_of(group, field) for group in GROUPS for field in group.__struct_fields__}


def words(instruction: str) -> list[str]:
    """Return what follows an instruction, which has to be a list."""
    (found,) = re.findall(rf"^{instruction} (\[.*\])$", FINAL, re.MULTILINE)
    listed: list[str] = json.loads(found)
    return listed


def test_the_entry_point_is_the_command_that_the_wheel_installs_and_what_it_is_given_exists() -> None:
    assert words("ENTRYPOINT") == list(PROJECT["scripts"])
    assert run(*words("CMD"), "--help").returncode == 0


def test_every_variable_is_a_setting() -> None:
    named = set(re.findall(r"\bREGISTRY_[A-Z_]+", DOCKERFILE))

    assert len(named) == 3
    assert named <= VARIABLES


def test_it_listens_where_other_containers_reach_it_on_the_port_that_is_exposed() -> None:
    (exposed,) = re.findall(r"^EXPOSE (\d+)", FINAL, re.MULTILINE)

    assert "REGISTRY_HOST=0.0.0.0" in FINAL
    assert f"REGISTRY_PORT={exposed}" in FINAL
    assert f"'127.0.0.1', {exposed}" in FINAL


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Answer with this status whoever asks for readiness; give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if {self.path} == ready.paths else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the signature is the library's
            """Stay silent."""

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


@pytest.mark.parametrize(("status", "ended"), [(200, 0), (503, 1)])
def test_the_health_check_passes_if_the_registry_is_ready_and_fails_if_not(status: int, ended: int) -> None:
    program = words(r"HEALTHCHECK .*\\\n  CMD")
    with answering(status) as port:
        here = [part.replace("8000", str(port)) for part in program[1:]]
        checked = subprocess.run([sys.executable, *here], capture_output=True, timeout=30, check=False)

    assert program[0] == "python"
    assert (checked.returncode, checked.stderr) == (ended, b"")


def test_the_health_check_is_given_longer_than_it_waits() -> None:
    (given,) = re.findall(r"HEALTHCHECK .*--timeout=(\d+)s", FINAL)
    (waited,) = re.findall(r"8000, timeout=(\d+)\)", FINAL)

    assert int(given) > int(waited)


def test_what_is_copied_is_not_ignored_and_enough_to_build_a_wheel_without_the_fakes_of_development(
    tmp_path: Path,
) -> None:
    kept = tuple(re.findall(r"^!(.*)", Path(".dockerignore").read_text(), re.MULTILINE))
    (build,) = re.findall(r"/opt/tools/bin/python (-m hatchling build .*) \\$", BUILT, re.MULTILINE)
    for source, target in ((source, tmp_path / target) for *sources, target in COPIES for source in sources):
        assert source.startswith(kept)
        copy(Path(source), target)
    subprocess.run([sys.executable, *build.split()], cwd=tmp_path, capture_output=True, check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    modules = {str(path.relative_to("src")) for path in Path("src").rglob("*.py")}
    of_development = {module for module in modules if module.startswith("entrypoints/development/")}
    built = {name for name in ZipFile(wheel).namelist() if name.endswith(".py")}

    assert of_development
    assert built == modules - of_development
    assert [lock for lock in re.findall(r"-r (\S+)", DOCKERFILE) if not (tmp_path / lock).is_file()] == []


def copy(source: Path, target: Path) -> None:
    """Copy as COPY does: a folder's contents, or a file into a folder; without what is ignored."""
    if source.is_dir():
        ignored = {Path(line).name for line in Path(".dockerignore").read_text().splitlines() if line[0] not in "!*"}
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", *ignored))
    else:
        target.mkdir(exist_ok=True)
        shutil.copy(source, target)


def test_what_is_built_is_where_the_final_stage_takes_it_from_and_looks_for_it() -> None:
    (made,) = re.findall(r"venv --without-pip (\S+)", BUILT)

    assert f"COPY --from=build {made} {made}\n" in FINAL
    assert f"ENV PATH={made}/bin:$PATH" in FINAL
    assert set(re.findall(r"pip --python (\S+)", BUILT)) == {f"{made}/bin/python"}


def test_the_image_runs_without_root_and_without_what_could_install_anything() -> None:
    assert set(re.findall(r"(?:--uid|--gid|--owner|--group) (\d+)", FINAL)) == {"10001"}
    assert "\nUSER 10001:10001\n" in FINAL
    assert "/opt/tools" not in FINAL
    assert "pip install" not in FINAL
    assert "pip uninstall" in FINAL


def test_whatever_is_installed_has_a_hash_or_was_built_here() -> None:
    installs = re.findall(r"install --no-cache-dir (\S+)", DOCKERFILE)

    assert installs == ["--require-hashes", "--require-hashes", "--no-deps"]


def test_the_base_runs_the_registry_can_be_pinned_by_digest_and_is_the_same_for_both_stages() -> None:
    (python,) = re.findall(r"^ARG PYTHON_IMAGE=python:([\d.]+)-slim$", DOCKERFILE, re.MULTILINE)

    assert python in SpecifierSet(PROJECT["requires-python"])
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_the_final_image_knows_nothing_of_the_package_index_that_it_was_built_with() -> None:
    assert "PIP_" not in FINAL


def test_no_other_image_than_the_base_is_needed_to_build_it() -> None:
    assert "# syntax=" not in DOCKERFILE


def test_the_folder_for_wheels_is_there_and_belongs_to_the_registry() -> None:
    assert re.search(rf"install --directory --owner 10001 .* {SPOOL}$", FINAL, re.MULTILINE)
