"""The shell scripts of the GitHub action and the GitLab component, against a real registry."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import clean_environment
from tests.e2e.test_register_command import PYPROJECT
from tests.support.stack import DISTRIBUTION

SCRIPT = Path("pipelines/run.sh").absolute()
SECRETS = ("REGISTRY_MACHINE_SECRET_KEY", "REGISTRY_TOKEN")


class Runner:
    """A runner of GitHub Actions, as far as a script sees it."""

    def __init__(self, folder: Path) -> None:
        self.summary, self.output = folder / "summary.md", folder / "output"
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "pyproject.toml").write_text(PYPROJECT)
        self.environment = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "PROJECT": str(self.project),
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        for written in (self.summary, self.output):
            written.unlink(missing_ok=True)
        return subprocess.run(
            [SCRIPT, sys.prefix],
            env=clean_environment(self.environment | environment),
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@contextmanager
def a_registry(stack: Stack) -> Iterator[dict[str, str]]:
    """Serve a registry; give what a pipeline would have as variables."""
    with stack.server() as process:
        stack.wait_until_ready(process)
        yield {
            "REGISTRY_URL": stack.url,
            "REGISTRY_CLERK_API_URL": stack.clerk.url,
            "REGISTRY_MACHINE_SECRET_KEY": stack.release.secret,
            "WHEEL_URL": stack.upload()["wheel_url"],
        }


def test_a_release_is_tried_registered_and_repeated_with_a_summary_each_time(stack: Stack, runner: Runner) -> None:
    with a_registry(stack) as given:
        tried = runner.run(MODE="dry-run", **given)
        summary_of_the_trial = runner.summary.read_text()
        registered = runner.run(MODE="release", **given)
        summary, outputs = runner.summary.read_text(), runner.outputs
        repeated = runner.run(**given)

    page = f"{given['REGISTRY_URL']}/catalog/platform/gcp/1.0.0"
    assert (tried.returncode, registered.returncode, repeated.returncode) == (0, 0, 0), registered.stderr
    assert "platform/gcp 1.0.0 would be registered" in summary_of_the_trial
    assert f"[platform/gcp 1.0.0]({page}) is registered" in summary
    assert outputs == {"outcome": "created", "version": "1.0.0", "page-url": page}
    assert "was registered before; nothing was written" in repeated.stdout


def test_secrets_are_masked_before_anything_else_is_said(stack: Stack, runner: Runner) -> None:
    with a_registry(stack) as given:
        said = runner.run(MODE="dry-run", **given)

    secret = given["REGISTRY_MACHINE_SECRET_KEY"]
    assert said.stdout.splitlines()[0] == f"::add-mask::{secret}"
    assert secret not in said.stdout.split("\n", 1)[1] + said.stderr + runner.summary.read_text()


def test_a_refusal_fails_the_job_with_an_annotation(stack: Stack, runner: Runner) -> None:
    with a_registry(stack) as given:
        refused = runner.run(**(given | {"WHEEL_URL": f"{given['WHEEL_URL']}?signed=1"}))

    assert refused.returncode in {1, 2}
    assert "::error title=" in refused.stdout
    assert "### The release was refused" in runner.summary.read_text()
    assert runner.outputs["page-url"] == ""


def test_a_pull_request_is_checked_without_a_secret(stack: Stack, runner: Runner) -> None:
    with a_registry(stack) as given:
        secretless = {name: value for name, value in given.items() if name not in SECRETS}
        empty = runner.run(MODE="check", **secretless)
        wheel = Path(given["WHEEL_URL"]).name
        (runner.project / "dist").mkdir()
        (runner.project / "dist" / wheel).write_bytes(a_wheel())
        first = runner.run(MODE="check", **secretless)
        first_summary = runner.summary.read_text()
        (runner.project / "dist" / wheel).write_bytes(b"no archive")
        damaged = runner.run(MODE="check", **secretless)

    assert (empty.returncode, first.returncode, damaged.returncode) == (1, 0, 1), first.stdout + first.stderr
    assert "::error title=wheel_not_found::dist: there is no wheel of pragmatiks-gcp-provider 1.0.0" in empty.stdout
    assert f"{wheel}: all checks passed" in first_summary
    assert "platform/gcp 1.0.0 would be registered, as far as is known without a secret" in first_summary
    assert "platform/gcp 1.0.0: would be refused" in runner.summary.read_text()


def test_what_a_pull_request_would_break_is_told_without_a_secret_or_an_upload(stack: Stack, runner: Runner) -> None:
    project, dist = runner.project, runner.project / "dist"
    dist.mkdir()
    (project / "pyproject.toml").write_text(f'{PYPROJECT}schemas = "schemas.json"\n')
    (project / "schemas.json").write_text(json.dumps({"bucket": {"config_schema": _config("tier", "size")}}))
    with a_registry(stack) as given:
        registered = runner.run(MODE="release", **given)
        secretless = {"REGISTRY_URL": given["REGISTRY_URL"]}
        (project / "schemas.json").write_text(json.dumps({"bucket": {"config_schema": _config("size")}}))
        (dist / Path(given["WHEEL_URL"]).name).write_bytes(a_wheel())
        between_releases = runner.run(MODE="check", **secretless)
        told = runner.summary.read_text()
        (project / "pyproject.toml").write_text(f'{PYPROJECT}schemas = "schemas.json"\n'.replace("1.0.0", "1.1.0"))
        (dist / "pragmatiks_gcp_provider-1.1.0-py3-none-any.whl").write_bytes(a_wheel(DISTRIBUTION, "1.1.0"))
        breaking = runner.run(MODE="dry-run", **secretless)
        refused = runner.summary.read_text()
        meant = runner.run(MODE="dry-run", ACCEPT_BREAKING="Nobody sets the tier.", **secretless)
        tried = runner.summary.read_text()
        absent = stack.get("/providers/platform/gcp/versions/1.1.0").status_code
        given["WHEEL_URL"] = stack.upload("1.1.0")["wheel_url"]
        released = runner.run(MODE="release", ACCEPT_BREAKING="Nobody sets the tier.", **given)
        summary = runner.summary.read_text()

    assert (registered.returncode, between_releases.returncode) == (0, 1), registered.stderr + between_releases.stderr
    assert "#### Changes of the schemas since 1.0.0" in told
    assert (breaking.returncode, meant.returncode, absent) == (1, 0, 404), meant.stdout + meant.stderr
    assert "`breaking_change`: 1.1.0 breaks users of 1.0.0" in refused
    assert "platform/gcp 1.1.0 would be registered" in tried
    assert released.returncode == 0, released.stdout + released.stderr
    assert f"[platform/gcp 1.1.0]({stack.url}/catalog/platform/gcp/1.1.0) is registered" in summary
    assert "#### Changes of the schemas since 1.0.0" in summary
    assert "| breaking | bucket.tier | 'tier' can no longer be set (`property-removed`) |" in summary


def _config(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "additionalProperties": False}


def test_a_mode_that_is_none_is_told(runner: Runner) -> None:
    ended = runner.run(MODE="publish")

    assert ended.returncode == 2
    assert "choose release, dry-run or check" in ended.stderr


def test_the_action_and_the_component_hand_the_scripts_what_these_read() -> None:
    read = set(SCRIPT.read_text().replace("${", "\n${").split())
    action = yaml.safe_load(Path("action.yml").read_text())
    install, run = action["runs"]["steps"]
    head, component = yaml.safe_load_all(Path("templates/release.yml").read_text())
    (job,) = component.values()

    assert set(action["inputs"]) == {
        value.removeprefix("${{ inputs.").removesuffix(" }}") for value in (install["env"] | run["env"]).values()
    }
    for variable in ("MODE", "PROJECT", "DIST", "WHEEL_URL", "ACCEPT_BREAKING", "WAIT"):
        assert any(variable in word for word in read)
        assert variable in run["env"]
        assert variable in job["variables"]
    assert all(shutil.which("sh") and step["shell"] == "sh" for step in (install, run))
    assert {value.removeprefix("$[[ inputs.").removesuffix(" ]]") for value in job["variables"].values()} <= set(
        head["spec"]["inputs"]
    )
    assert os.access(SCRIPT, os.X_OK)
