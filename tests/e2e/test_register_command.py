"""``provider-registry register``: a release pipeline in one command, against real parts."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from entrypoints.development.clerk.responses import too_many_requests
from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, https_host, status
from tests.support.package_index import a_file, a_page
from tests.support.ports import free_port
from tests.support.stack import DISTRIBUTION

PAGE = "/simple/pragmatiks-gcp-provider/"
PYPROJECT = """
[project]
name = "pragmatiks-gcp-provider"
version = "1.0.0"

[tool.pragma]
provider = "gcp"
package = "gcp_provider"
display_name = "Google Cloud"
description = "Manages Google Cloud."
tags = ["cloud"]
"""


class Pipeline:
    """A project, an index that shows it, and the command."""

    def __init__(self, stack: Stack, index: HttpsHost, folder: Path, ca_bundle: Path) -> None:
        self.stack = stack
        self.index = index
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "pyproject.toml").write_text(PYPROJECT)
        self.environment = {
            "REGISTRY_URL": stack.url,
            "REGISTRY_CLERK_API_URL": stack.clerk.url,
            "REGISTRY_MACHINE_SECRET_KEY": stack.release.secret,
            "REGISTRY_INDEX_URL": index.url("/simple"),
            "REGISTRY_CA_BUNDLE": str(ca_bundle),
            "NO_PROXY": "127.0.0.1",
        }

    def show(self, *before: Any) -> dict[str, Any]:
        """Let the index show the release, after other answers; return what a registration of it says."""
        body = self.stack.upload()
        self.index.script(PAGE, *before, a_page(a_file(body["wheel_url"], sha256=body["sha256"])))
        return body

    async def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {**self.environment, **environment}
        return await asyncio.to_thread(lambda: run("register", str(self.project), *arguments, **given))

    async def json(self, *arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
        ended = await self.run(*arguments, "--json", **environment)
        assert ended.stdout, ended.stderr
        return ended.returncode, json.loads(ended.stdout)


@pytest.fixture
async def pipeline(stack: Stack, tmp_path: Path) -> AsyncIterator[Pipeline]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as index:
        yield Pipeline(stack, index, tmp_path, authority.write_to(tmp_path / "index-ca.pem"))


async def test_a_large_wheel_is_registered_later_with_the_same_outcome(pipeline: Pipeline) -> None:
    stack, dist = pipeline.stack, pipeline.project / "dist"
    body = pipeline.show()
    dist.mkdir()
    with (dist / body["wheel_url"].rpartition("/")[2]).open("wb") as file:
        file.truncate(50_000_001)  # what counts is the size
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        status, shown = await pipeline.json()
        again, repeated = await pipeline.json()
    accepted = [json.loads(line) for line in stack.log.read_text().splitlines() if '"accepted"' in line]
    assert (status, shown["outcome"], shown["version"]["status"]) == (0, "created", "published")
    assert (again, repeated["outcome"]) == (0, "unchanged")
    assert [line["outcome"] for line in accepted] == ["accepted"]


async def test_a_large_wheel_that_is_refused_later_is_refused_alike(pipeline: Pipeline) -> None:
    stack, dist = pipeline.stack, pipeline.project / "dist"
    body = pipeline.show()
    dist.mkdir()
    with (dist / body["wheel_url"].rpartition("/")[2]).open("wb") as file:
        file.truncate(50_000_001)
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        status, problem = await pipeline.json("--sha256", "0" * 64)
    assert (status, problem["code"], problem["status"]) == (1, "wheel_digest_mismatch", 422)


async def test_a_release_is_registered_once_it_is_visible_and_again_without_harm(pipeline: Pipeline) -> None:
    stack = pipeline.stack
    body = pipeline.show(status(404), status(404))
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)

        first = await pipeline.run()
        again = await pipeline.run()
        stored = stack.get("/providers/platform/gcp/versions/1.0.0").json()

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    page = f"  {stack.url}/catalog/platform/gcp/1.0.0"
    assert first.stdout.splitlines() == ["✓ platform/gcp 1.0.0 registered", page]
    assert again.stdout.splitlines() == ["✓ platform/gcp 1.0.0 was registered already; nothing was written", page]
    assert first.stderr.splitlines() == [
        "Waiting for pragmatiks-gcp-provider 1.0.0: the package index does not show it (for up to 300 s)"
    ]
    assert len(pipeline.index.requests) == 4
    assert (stored["wheel_url"], stored["wheel_sha256"]) == (body["wheel_url"], body["sha256"])
    assert stored["package_name"] == "gcp_provider"
    assert stack.release.secret not in first.stdout + first.stderr


async def test_what_a_release_breaks_is_told_before_it_is_one(pipeline: Pipeline) -> None:
    stack, project = pipeline.stack, pipeline.project
    (project / "pyproject.toml").write_text(f'{PYPROJECT}schemas = "schemas.json"\n')
    (project / "schemas.json").write_text(json.dumps({"bucket": {"config_schema": _config("tier", "size")}}))
    pipeline.show()
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        registered = await pipeline.run()
        (project / "schemas.json").write_text(json.dumps({"bucket": {"config_schema": _config("size")}}))
        compared = await asyncio.to_thread(lambda: run("compare", str(project), "1.0.0", **pipeline.environment))
        body = stack.upload("1.1.0")
        pipeline.index.script(PAGE, *[a_page(a_file(body["wheel_url"], sha256=body["sha256"]))] * 3)
        refused = await pipeline.run("--version", "1.1.0")
        reason = ("--version", "1.1.0", "--accept-breaking", "Nobody sets the tier.")
        tried = await pipeline.run(*reason, "--dry-run")
        wheel = ("--wheel", str(stack.wheels / body["wheel_url"].rpartition("/")[2]), "--version", "1.1.0", "--dry-run")
        refused_here = await pipeline.run(*wheel, REGISTRY_MACHINE_SECRET_KEY="")
        tried_here = await pipeline.run(*wheel, *reason[2:], REGISTRY_MACHINE_SECRET_KEY="")
        accepted = await pipeline.run(*reason)

    assert registered.returncode == 0, registered.stderr
    assert (compared.returncode, compared.stderr) == (1, "")
    assert compared.stdout.startswith("✗ bucket config tier: `tier` can no longer be set")
    assert compared.stdout.endswith("Since 1.0.0: 1 breaking, 0 unknown, 0 compatible. A major release is due.\n")
    assert refused.returncode == 1
    assert "breaking_change: 1.1.0 breaks users of 1.0.0" in refused.stderr
    assert tried.stdout.splitlines()[0] == "✓ platform/gcp 1.1.0 would be registered"
    assert tried.stdout.endswith("A major release is due.\n")
    assert refused.stderr.splitlines()[0] == refused_here.stderr.splitlines()[-1]
    assert (refused_here.returncode, tried_here.stdout) == (1, tried.stdout)
    assert accepted.returncode == 0, accepted.stderr


def _config(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "additionalProperties": False}


async def test_a_dry_run_tells_and_writes_nothing_and_a_conflict_ends_with_1(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    stack = pipeline.stack
    pipeline.show()
    notes = tmp_path / "CHANGES.md"
    notes.write_text("Faster.")
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)

        tried = await pipeline.json("--dry-run")
        absent = stack.get("/providers/platform/gcp/versions").status_code
        created = await pipeline.json()
        repeated = await pipeline.json("--dry-run")
        tried_other = await pipeline.json("--dry-run", "--changelog", str(notes))
        other = await pipeline.json("--changelog", str(notes))

    assert (tried[0], tried[1]["outcome"], tried[1]["dry_run"], absent) == (0, "created", True, 404)
    assert tried[1]["verification"]["passed"] is True
    assert (created[0], created[1]["outcome"]) == (0, "created")
    assert (repeated[0], repeated[1]["outcome"]) == (0, "unchanged")
    assert (tried_other[0], tried_other[1]["outcome"], tried_other[1]["differences"]) == (1, "conflict", ["changelog"])
    assert (other[0], other[1]["code"], other[1]["status"]) == (1, "version_conflict", 409)


async def test_a_wheel_that_was_not_uploaded_is_dry_run_without_a_secret(pipeline: Pipeline, tmp_path: Path) -> None:
    stack, dist = pipeline.stack, pipeline.project / "dist"
    body = pipeline.show()
    dist.mkdir()
    wheel = dist / body["wheel_url"].rpartition("/")[2]
    wheel.write_bytes(a_wheel(DISTRIBUTION))
    here = ("--dry-run", "--wheel", str(wheel))
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        served = len(pipeline.index.requests)
        new = await pipeline.json(*here, REGISTRY_MACHINE_SECRET_KEY="")
        asked = len(pipeline.index.requests) - served
        absent = stack.get("/providers/platform/gcp").status_code
        created = await pipeline.json()
        same = await pipeline.json("--dry-run", "--wheel", str(dist), REGISTRY_MACHINE_SECRET_KEY="")
        other_digest = await pipeline.json(*here, "--sha256", "0" * 64, REGISTRY_MACHINE_SECRET_KEY="")
        wheel.write_bytes(a_wheel(DISTRIBUTION, files={"gcp_provider/more.py": b""}))
        (tmp_path / "notes.md").write_text("Faster.")
        other = await pipeline.json(*here, "--changelog", str(tmp_path / "notes.md"), REGISTRY_MACHINE_SECRET_KEY="")
        on_the_server = await pipeline.json("--dry-run", "--changelog", str(tmp_path / "notes.md"))
        damaged = await pipeline.json(*here, "--version", "1.0.1", REGISTRY_MACHINE_SECRET_KEY="")

    assert (new[0], new[1]["outcome"], new[1]["dry_run"]) == (0, "created", True), new
    assert (new[1]["version"]["wheel_sha256"], new[1]["verification"]["passed"]) == (body["sha256"], True)
    assert (asked, absent, created[1]["outcome"]) == (0, 404, "created")
    assert (same[0], same[1]["outcome"]) == (0, "unchanged"), same
    assert (other_digest[1]["outcome"], other_digest[1]["differences"]) == ("conflict", ["sha256"])
    assert (other[0], other[1]["outcome"], other[1]["differences"]) == (1, "conflict", ["sha256", "changelog"]), other
    assert on_the_server[1]["differences"] == ["changelog"]
    assert (damaged[0], damaged[1]["code"]) == (1, "wheel_version_mismatch")


async def test_options_of_a_wheel_that_was_not_uploaded_are_explained(pipeline: Pipeline) -> None:
    wheel = ("--wheel", "dist")
    for_real = await pipeline.json(*wheel)
    twice = await pipeline.json(*wheel, "--dry-run", "--wheel-url", "https://wheels.example.com/a-1-py3-none-any.whl")
    absent = await pipeline.json("--dry-run", "--wheel", str(pipeline.project))
    here = pipeline.project / "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
    here.write_bytes(a_wheel(DISTRIBUTION))
    no_registry = await pipeline.json("--dry-run", "--wheel", str(here), REGISTRY_URL=pipeline.index.url(""))

    assert [(status, told["code"]) for status, told in (for_real, twice, absent)] == [(2, "unusable")] * 3
    assert "upload the wheel and leave --wheel out" in for_real[1]["detail"]
    assert "not both" in twice[1]["detail"]
    assert (no_registry[0], no_registry[1]["code"]) == (1, "unexpected_answer")
    assert "there is no wheel of pragmatiks-gcp-provider 1.0.0" in absent[1]["detail"]


async def test_refusals_are_reported_with_code_sentence_and_fields(pipeline: Pipeline) -> None:
    stack = pipeline.stack
    pipeline.show()
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)

        wrong_digest = await pipeline.run("--sha256", "0" * 64)
        wrong_fields = await pipeline.run("--sha256", "x", "--wheel-url", "http://wheels.example.com/x.whl")
        wrong_field = await pipeline.run("--wheel-url", "http://wheels.example.com/x.whl")
        stranger = await pipeline.run(REGISTRY_TOKEN="mt_made_up")
        wrong_secret = await pipeline.run(REGISTRY_MACHINE_SECRET_KEY="ak_made_up")

    assert [ended.returncode for ended in (wrong_digest, wrong_fields, stranger, wrong_secret)] == [1, 1, 1, 1]
    assert "wheel_digest_mismatch: " in wrong_digest.stderr
    assert "invalid_request: " in wrong_fields.stderr
    assert "body.sha256: " in wrong_fields.stderr
    assert "body.wheel_url: " in wrong_fields.stderr
    assert wrong_field.stderr.count("only https:// is accepted") == 1
    assert "not_authenticated: Not authenticated: this token does not say when it expires" in stranger.stderr
    assert "token_not_minted: " in wrong_secret.stderr
    told = "".join(ended.stdout + ended.stderr for ended in (wrong_digest, stranger, wrong_secret))
    assert "made_up" not in told
    assert "Traceback" not in told


async def test_a_name_without_its_realm_and_a_token_that_expired_say_what_to_do(pipeline: Pipeline) -> None:
    stack, project = pipeline.stack, pipeline.project / "pyproject.toml"
    pipeline.show()
    expired = stack.clerk.mint(stack.release, format="jwt", seconds=-60)
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        late = await pipeline.run(REGISTRY_TOKEN=expired)
        key = await pipeline.run(REGISTRY_TOKEN="ak_of_a_customer")
        project.write_text(PYPROJECT.replace('"gcp"', '"acme/gcp"'))
        elsewhere = await pipeline.run(REGISTRY_TOKEN="ak_of_a_customer")

    assert re.search(rf"subject {stack.release.id}\) expired [0-9]+ (s|min) ago; ", late.stderr), late.stderr
    assert "set REGISTRY_MACHINE_SECRET_KEY" in late.stderr
    assert 'write provider = "ORGANISATION/gcp"' in key.stderr
    assert "this registry has no realm for customers" in elsewhere.stderr
    assert expired not in late.stderr


async def test_clerk_is_asked_again_when_it_is_busy(pipeline: Pipeline) -> None:
    stack = pipeline.stack
    pipeline.show()
    with stack.server() as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        stack.clerk.faults.next(too_many_requests("0"))

        ended = await pipeline.run()

    assert ended.returncode == 0, ended.stderr
    host = stack.clerk.url.removeprefix("http://")
    assert f"Clerk at {host} (REGISTRY_CLERK_API_URL) answered 429; attempt 2 of 6 in 0 s" in ended.stderr


async def test_a_release_that_never_shows_ends_with_3_and_a_missing_setting_with_2(pipeline: Pipeline) -> None:
    invisible = await pipeline.json("--wait", "0")
    no_index = await pipeline.run(REGISTRY_INDEX_URL="", UV_DEFAULT_INDEX="", UV_INDEX_URL="", PIP_INDEX_URL="")
    no_secret = await pipeline.run(REGISTRY_MACHINE_SECRET_KEY="")
    no_registry = await pipeline.run(REGISTRY_URL="")
    no_registry_for_programs = await pipeline.json(REGISTRY_URL="")

    assert (invisible[0], invisible[1]["code"]) == (3, "release_not_visible")
    assert [ended.returncode for ended in (no_index, no_secret, no_registry)] == [2, 2, 2]
    assert "--wheel-url" in no_index.stderr
    assert "REGISTRY_MACHINE_SECRET_KEY" in no_secret.stderr
    assert "REGISTRY_URL: is required" in no_registry.stderr
    assert (no_registry_for_programs[0], no_registry_for_programs[1]["code"]) == (2, "unusable")
    assert "REGISTRY_URL: is required" in no_registry_for_programs[1]["detail"]


async def test_the_index_of_pip_and_uv_counts(pipeline: Pipeline) -> None:
    for variable in ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        named = "mine=" if variable == "UV_DEFAULT_INDEX" else ""
        own = {"REGISTRY_INDEX_URL": "", variable: named + pipeline.index.url("/simple")}

        assert (await pipeline.json("--wait", "0", **own))[0] == 3, variable

    assert len(pipeline.index.requests) == 3


async def test_a_registry_that_is_down_for_a_moment_is_asked_again(pipeline: Pipeline, tmp_path: Path) -> None:
    body = pipeline.show()
    pipeline.index.script(
        "/console/provider-versions",
        status(503, "Retry-After: 0"),
        status(201, body=json.dumps({"canonical": body["name"], "version": "1.0.0"}).encode()),
    )

    ended = await pipeline.run(REGISTRY_URL=pipeline.index.url(""), REGISTRY_TOKEN="mt_any")

    assert ended.returncode == 0, ended.stderr
    assert "the registry answered 503; attempt 2 of 6 in 0 s" in ended.stderr
    assert f"Bearer {'mt_any'}" in pipeline.index.requests[-1].head.decode()
    assert "mt_any" not in ended.stdout + ended.stderr


async def test_a_registry_that_is_gone_ends_with_4(pipeline: Pipeline) -> None:
    pipeline.show()

    code, told = await pipeline.json(REGISTRY_URL=f"http://127.0.0.1:{free_port()}", REGISTRY_TOKEN="mt_any")

    assert (code, told["code"]) == (4, "out_of_reach")
