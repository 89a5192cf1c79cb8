"""A real wheel and its real attestations, from the release client through a server and PostgreSQL to a second opinion.

The server reaches no one but the fakes: its proxy for everything else does not answer, and its home cannot be written.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Stack, stack
from tests.e2e.test_command_line import run

__all__ = ["stack"]

FOLDER = Path(os.environ["ATTESTATIONS_FOLDER"])
WHEEL = FOLDER / "circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl"
STAGED = FOLDER / "rfc8785-0.1.2-py3-none-any.whl"
ATTESTATION, STAGED_ATTESTATION = (Path(f"{wheel}.publish.attestation").read_bytes() for wheel in (WHEEL, STAGED))
REPOSITORY = "https://github.com/CircleCI-Public/sign-and-publish-examples"
PROJECT, DEFINITION = "fdd9283f-e619-46af-8f9c-851f7d3e8b2b", "8e4f8ab2-8d7c-4827-9f15-de076d6d647f"
VERSION = "/providers/platform/example/versions/0.0.1-dev.137"
BUILT_BY = f"built by repository {REPOSITORY}, in workflow pipeline-definitions/{DEFINITION}"
PYPROJECT = """
[project]
name = "circleci-sign-publish-example"
version = "0.0.1.dev137"

[tool.pragma]
provider = "example"
display_name = "Example"
description = "Built and attested by a real pipeline."
"""
NOWHERE = "http://127.0.0.1:1"
ALONE = {
    "HOME": "/nonexistent",
    "XDG_CACHE_HOME": "/nonexistent",
    "HTTPS_PROXY": NOWHERE,
    "HTTP_PROXY": NOWHERE,
    "REGISTRY_ATTESTATIONS": "require",
}


def second_opinion(provenance: Path, wheel: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "pypi_attestations", "verify", "pypi", "--offline"]
    return subprocess.run(
        [*command, "--provenance-file", str(provenance), *arguments, str(wheel)],
        env={"PATH": os.environ["PATH"], "HOME": str(provenance.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_a_real_release_is_registered_offline_and_its_builder_is_shown(stack: Stack, tmp_path: Path) -> None:
    project, dist = tmp_path / "project", tmp_path / "project" / "dist"
    dist.mkdir(parents=True)
    (project / "pyproject.toml").write_text(PYPROJECT)
    for folder in (dist, stack.wheels):
        (folder / WHEEL.name).write_bytes(WHEEL.read_bytes())
    (dist / f"{WHEEL.name}.publish.attestation").write_bytes(ATTESTATION)
    url, secret = f"{stack.host.url}/{WHEEL.name}", stack.release.secret
    client = {
        "REGISTRY_URL": stack.url,
        "REGISTRY_CLERK_API_URL": stack.clerk.url,
        "REGISTRY_MACHINE_SECRET_KEY": secret,
        "NO_PROXY": "127.0.0.1,localhost",
    }

    with stack.server(**ALONE, REGISTRY_PUBLIC_URL="https://registry.example.com") as process:
        await asyncio.to_thread(stack.wait_until_ready, process)

        def register(*arguments: str) -> subprocess.CompletedProcess[str]:
            return run("register", str(project), "--wheel-url", url, *arguments, "--json", **client)

        without = await asyncio.to_thread(register, "--no-attestations")
        registered = await asyncio.to_thread(register)
        repeated = await asyncio.to_thread(register)
        shown, install, verification = (
            stack.get(f"{VERSION}/{part}") for part in ("provenance", "install", "verification")
        )
        index = stack.get("/simple/circleci-sign-publish-example/").text
        page = stack.get("/catalog/platform/example/0.0.1-dev.137").text

    assert (without.returncode, json.loads(without.stdout)["code"]) == (1, "provenance_missing")
    assert registered.returncode == 0, registered.stdout + registered.stderr
    assert json.loads(repeated.stdout)["outcome"] == "unchanged"
    assert ATTESTATION.strip() in shown.content
    assert verification.json()["checks"][-1]["detail"] == BUILT_BY
    assert len(verification.json()["attestations"]) == 1
    assert install.json()["provenance"]["built_by"]["repository"] == REPOSITORY
    assert f'data-provenance="https://registry.example.com{VERSION}/provenance"' in index
    assert "Built by repository" in page
    assert f'href="{REPOSITORY}"' in page

    provenance = tmp_path / "provenance.json"
    provenance.write_bytes(shown.content)
    named = ("--circleci-project-id", PROJECT, "--circleci-pipeline-definition-id", DEFINITION)
    agrees, differs = second_opinion(provenance, WHEEL, *named), second_opinion(provenance, STAGED, *named)
    assert (agrees.returncode, differs.returncode) == (0, 1), agrees.stderr
    ours = ("verify", str(WHEEL), "--provenance", str(provenance), "--repository")
    built, other = run(*ours, REPOSITORY), run(*ours, "https://github.com/acme/demo")
    assert (built.returncode, other.returncode) == (0, 1), built.stdout + built.stderr
    assert BUILT_BY in " ".join(built.stdout.split())
    assert "publisher_mismatch" in other.stdout


async def test_what_the_staging_instance_signed_is_refused(stack: Stack) -> None:
    (stack.wheels / STAGED.name).write_bytes(STAGED.read_bytes())
    body = {
        "name": "platform/example",
        "version": "0.1.2",
        "wheel_url": f"{stack.host.url}/{STAGED.name}",
        "metadata": {"display_name": "Example", "description": "Signed with the staging instance."},
        "attestations": [json.loads(STAGED_ATTESTATION)],
    }

    with stack.server(**ALONE) as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        refused = await asyncio.to_thread(stack.post, body)
        found = stack.get("/providers/platform/example/versions/0.1.2")

    assert (refused.status_code, refused.json()["code"]) == (422, "attestation_invalid")
    assert "was not issued by a trusted instance" in refused.json()["detail"]
    assert found.status_code == 404


@pytest.mark.parametrize("what", ["circleci", "staging"])
def test_a_wheel_at_hand_is_verified_without_a_registry(what: str) -> None:
    wheel = WHEEL if what == "circleci" else STAGED
    provenance = Path(f"{WHEEL}.provenance") if what == "circleci" else Path(f"{STAGED}.publish.attestation")

    ended = run("verify", str(wheel), "--provenance", str(provenance), "--repository", REPOSITORY, "--json")

    shown = json.loads(ended.stdout)
    expected = (0, None) if what == "circleci" else (1, "attestation_invalid")
    assert (ended.returncode, shown["code"]) == expected
