"""The commands of the guide for operators, as they stand there, on a host that has no systemd."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Stack

GUIDE = Path("docs/guides/operator.md").read_text()
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
UNIT = Path("docker/systemd/provider-registry.service").read_text()
SUDO = """#!/bin/sh
if [ "$1" = -u ]; then shift 2; fi
if [ "$1" != chgrp ]; then exec "$@"; fi
"""
"""There is one user here, who may do all of it; the group is not made."""


def block(beginning: str) -> str:
    (found,) = [each for each in BLOCKS if each.startswith(beginning)]
    return str(found)


@dataclass(frozen=True)
class Host:
    """A host, in a folder, with the settings of the guide and the values of a stack."""

    stack: Stack
    folder: Path

    def configure(self, database_dsn: str) -> None:
        """Write the file of settings, with every name that the guide has and no other but where Clerk is."""
        values = {**self.stack.settings, "DATABASE_URL": f"'{database_dsn}'"}
        written = block("DATABASE_URL=")
        assert "DATABASE_URL='" in written
        names = re.findall(r"^(\w+)=", written, re.MULTILINE)
        lines = [f"{name}={values.get(name, 'https://registry.example.com')}" for name in names]
        api = f"REGISTRY_CONSOLE_CLERK_API_URL={self.stack.clerk.url}"
        (self.folder / "registry.env").write_text("\n".join([*lines, api, ""]))

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        here = {
            "/etc/provider-registry": str(self.folder),
            "/opt/provider-registry/bin/": f"{sys.prefix}/bin/",
            "https://api.clerk.com": self.stack.clerk.url,
            "ak_…": self.stack.release.secret,
        }
        written = re.compile("|".join(map(re.escape, here)))
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
        command = ["sh", "-c", written.sub(lambda found: here[found[0]], script)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def host(stack: Stack, tmp_path: Path, empty_database_dsn: str) -> Host:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "sudo").write_text(SUDO)
    (folder / "sudo").chmod(0o755)
    host = Host(stack, folder)
    host.configure(empty_database_dsn)
    return host


def test_an_operator_who_pastes_every_command_gets_settings_that_hold_and_a_token_that_passes(host: Host) -> None:
    ask, start, mint = block("sudo chgrp"), block("as_registry database upgrade"), block("REGISTRY_MACHINE_SECRET_KEY=")
    as_registry = ask.replace("as_registry settings check --online\n", "")
    starting = "\n".join(re.findall(r"^ExecStartPre=(.*)$", UNIT, re.MULTILINE))

    before = host.run(ask)
    upgraded = host.run(as_registry + start.splitlines()[0])
    after = host.run(ask)
    started = host.run(f"set -ea; . {host.folder}/registry.env\n{starting}")
    inspected = host.run(as_registry + mint)

    assert (before.returncode, after.returncode) == (1, 0), before.stderr + after.stderr
    assert re.findall(r"^✗ (\w+)", before.stdout + before.stderr, re.MULTILINE) == ["database"]
    assert (host.folder / "registry.env").stat().st_mode & 0o777 == 0o640
    assert upgraded.returncode == 0, upgraded.stderr
    assert started.returncode == 0, started.stderr
    assert inspected.stdout.endswith("passes every check\n"), inspected.stderr
