"""Attestations from a package index through the release client, a server and PostgreSQL to those who install."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from domain.announcements import Announcement
from domain.names import ProviderName
from domain.provenance.errors import ProvenanceMissingError
from domain.registrants import Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import open_admin_use_cases
from entrypoints.development.sigstore.fake_sigstore import FakeSigstore, as_object
from entrypoints.environment import load_group
from entrypoints.settings import DatabaseSettings, WheelSettings
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.e2e.test_register_command import PAGE, Pipeline, pipeline
from tests.support.github_claims import github_claims
from tests.support.https_host import status
from tests.support.package_index import a_file, a_page
from tests.support.statements import PUBLISH_V1

__all__ = ["pipeline"]

SIGSTORE = FakeSigstore()
PROVENANCE = "/integrity/provenance"
VERSION = "/providers/platform/gcp/versions/1.0.0"


def attested(body: dict[str, Any]) -> dict[str, Any]:
    """Return an attestation object of the wheel that a body registers."""
    subject = {"name": body["wheel_url"].rpartition("/")[2], "digest": {"sha256": body["sha256"]}}
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [subject], "predicateType": PUBLISH_V1}
    return as_object(SIGSTORE.attest(json.dumps({**statement, "predicate": None}).encode(), github_claims()))


def show(pipeline: Pipeline) -> dict[str, Any]:
    """Let the index show the wheel and its provenance; return what a registration says of the wheel."""
    body = pipeline.stack.upload()
    file = a_file(body["wheel_url"], sha256=body["sha256"])
    pipeline.index.script(PAGE, a_page({**file, "provenance": PROVENANCE}))
    bundle = {"publisher": {"kind": "GitHub"}, "attestations": [attested(body)]}
    provenance = json.dumps({"version": 1, "attestation_bundles": [bundle]}, indent=1)
    pipeline.index.script(PROVENANCE, status(200, body=provenance.encode()))
    return body


@pytest.fixture
def attesting(tmp_path: Path) -> dict[str, str]:
    """Return the settings of a server that trusts the tests' own instance."""
    root = tmp_path / "trusted_root.json"
    root.write_text(SIGSTORE.trusted_root())
    return {"REGISTRY_ATTESTATIONS": "record", "REGISTRY_SIGSTORE_TRUSTED_ROOTS": str(root)}


async def test_what_an_index_names_pins_the_publisher_for_operators_too(
    pipeline: Pipeline, attesting: dict[str, str], tmp_path: Path
) -> None:
    stack = pipeline.stack
    body = show(pipeline)
    with stack.server(**attesting) as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        registered = await pipeline.run("--json")
        shown = await asyncio.to_thread(stack.get, f"{VERSION}/provenance")
        verification = await asyncio.to_thread(lambda: stack.get(f"{VERSION}/verification").json())
        mismatched = await asyncio.to_thread(stack.post, stack.upload("1.1.0", attestations=[attested(body)]))
        with pytest.raises(ProvenanceMissingError):
            await register_as_operator(stack, "1.2.0")
        published = await asyncio.to_thread(
            lambda: run("publishers", "show", "platform/gcp", "--json", **stack.settings)
        )

    assert (registered.returncode, json.loads(registered.stdout)["outcome"]) == (0, "created")
    assert registered.stderr == "… Attestations of the wheel that go along: 1\n"
    assert verification["attestations"][0]["built_by"]["repository_id"] == "772247423"
    assert (mismatched.status_code, mismatched.json()["code"]) == (422, "attestation_subject_mismatch")
    assert [each["action"] for each in json.loads(published.stdout)["history"]] == ["pinned"]

    provenance, wheel = tmp_path / "provenance.json", stack.wheels / body["wheel_url"].rpartition("/")[2]
    provenance.write_bytes(shown.content)
    asked = ("verify", str(wheel), "--provenance", str(provenance), "--repository", "https://github.com/Acme/demo/")
    trusting, embedded = run(*asked, **attesting), run(*asked)
    assert (trusting.returncode, embedded.returncode) == (0, 1), trusting.stdout + trusting.stderr
    assert "attestation_invalid" in embedded.stdout


async def register_as_operator(stack: Stack, version: str) -> None:
    """Register a wheel as a script on the registry's host does."""
    body = stack.upload(version)
    database, wheel = load_group(DatabaseSettings, stack.settings), load_group(WheelSettings, stack.settings)
    async with open_admin_use_cases(database, wheel) as admin:
        await admin.register_version.execute(
            Registration(
                registrant=Operator("operator:ann"),
                name=ProviderName.parse("platform/gcp"),
                version=SemVer.parse(version),
                announcement=Announcement(wheel_url=WheelUrl.parse(body["wheel_url"])),
            )
        )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--provenance", "absent.json"], "give --provenance and --repository together"),
        (["--repository", "https://github.com/acme/demo"], "give --provenance and --repository together"),
        (["--provenance", "absent.json", "--repository", "x"], "absent.json: No such file"),
        (["--provenance", "{wheel}", "--repository", "x"], "has no attestations"),
    ],
    ids=["no repository", "no provenance", "no such file", "no provenance object"],
)
def test_what_verify_cannot_use_is_said_in_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    wheel = tmp_path / "demo-1.0.0-py3-none-any.whl"
    wheel.write_bytes(hashlib.sha256(b"noise").digest())

    ended = run("verify", str(wheel), *(each.format(wheel=wheel) for each in arguments))

    assert ended.returncode == 2
    assert sentence in " ".join(ended.stderr.replace("│", " ").split())
