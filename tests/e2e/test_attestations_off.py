"""A registry without attestations: switched off, or installed without the extra."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.builders import a_wheel
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run

OF_THE_EXTRA = {"sigstore", "sigstore_models", "tuf", "securesystemslib", "rfc3161_client", "rfc8785"}
HIDING = """
import sys

class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {"sigstore", "pyasn1"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden)
"""


@pytest.fixture
def without_the_extra(tmp_path: Path) -> dict[str, str]:
    """Return what makes a Python process find nothing of the extra."""
    folder = tmp_path / "hiding"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HIDING)
    return {"PYTHONPATH": str(folder)}


async def test_a_server_with_attestations_off_imports_nothing_of_the_extra(stack: Stack) -> None:
    with stack.server(REGISTRY_ATTESTATIONS="off", PYTHONPROFILEIMPORTTIME="1") as process:
        await asyncio.to_thread(stack.wait_until_ready, process)
        registered = await asyncio.to_thread(stack.post, stack.upload(attestations=[{"version": 1}]))
    imported = set(re.findall(r"^import time:.*\| +(\S+)$", stack.log.read_text(errors="replace"), re.MULTILINE))

    assert registered.status_code == 201
    assert "entrypoints.http.app" in imported
    assert {name for name in imported if name.partition(".")[0] in OF_THE_EXTRA} == set()
    assert not any(name.startswith("adapters.sigstore") for name in imported)


def test_a_server_that_lacks_the_extra_says_what_to_install(without_the_extra: dict[str, str]) -> None:
    ended = run("serve", REGISTRY_ATTESTATIONS="record", **without_the_extra)

    assert ended.returncode == 2
    assert "REGISTRY_ATTESTATIONS: needs an extra; pip install 'provider-registry[provenance]'" in ended.stderr


def test_a_client_that_lacks_the_extra_says_what_to_install(without_the_extra: dict[str, str], tmp_path: Path) -> None:
    wheel, provenance = tmp_path / "demo-1.0.0-py3-none-any.whl", tmp_path / "provenance.json"
    wheel.write_bytes(a_wheel("demo", "1.0.0"))
    provenance.write_text('{"version": 1}')
    asked = ("verify", str(wheel), "--provenance", str(provenance), "--repository", "https://github.com/acme/demo")

    ended, alone = run(*asked, **without_the_extra), run("verify", str(wheel), **without_the_extra)

    assert ended.returncode == 2
    assert "pip install 'provider-registry[provenance]'" in " ".join(ended.stderr.replace("│", " ").split())
    assert "Traceback" not in ended.stderr
    assert alone.returncode == 0
