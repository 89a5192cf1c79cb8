"""``provider-registry verify``: what a release engineer runs before uploading."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run

NAME = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(a_wheel())
    return path


def test_a_good_wheel_passes_every_check_with_status_0(wheel: Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()

    ended = run(
        *("verify", str(wheel), "--name", "Pragmatiks.GCP_provider", "--version", "1.0.0", "--sha256", digest),
        *("--package", "gcp_provider"),
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "would accept" in ended.stdout
    assert "record" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--sha256", "0" * 64], "wheel_digest_mismatch"),
        (["--version", "1.0.1"], "wheel_version_mismatch"),
        (["--name", "other"], "wheel_name_mismatch"),
        (["--package", "other"], "package_not_in_wheel"),
    ],
)
def test_a_wheel_that_is_not_as_claimed_is_refused_with_status_1(wheel: Path, arguments: list[str], code: str) -> None:
    ended = run("verify", str(wheel), *arguments)

    assert ended.returncode == 1
    assert code in ended.stdout


def test_json_is_for_programs(wheel: Path) -> None:
    wheel.write_bytes(b"no archive")

    ended = run("verify", str(wheel), "--json")
    verdict = json.loads(ended.stdout)

    assert ended.returncode == 1
    assert (verdict["passed"], verdict["code"]) == (False, "wheel_not_an_archive")
    assert verdict["verification"]["checks"][-1]["passed"] is False


def test_what_cannot_be_understood_is_reported_without_a_traceback(wheel: Path) -> None:
    for arguments in (["missing.whl"], [str(wheel), "--sha256", "x"], ["http://wheels.example.com/a.whl"]):
        ended = run("verify", *arguments)

        assert ended.returncode in {1, 2}
        assert "Traceback" not in ended.stderr
        assert ended.stderr


def test_a_url_is_fetched_as_the_registry_would_fetch_it(stack: Stack) -> None:
    body = stack.upload()
    fetching = {name: value for name, value in stack.settings.items() if name.startswith("REGISTRY_WHEEL_")}

    allowed = run("verify", body["wheel_url"], **fetching)
    forbidden = run("verify", body["wheel_url"])

    assert allowed.returncode == 0, allowed.stdout + allowed.stderr
    assert forbidden.returncode == 1
    assert "wheel_address_forbidden" in forbidden.stdout
