"""Whatever is wrong, a command of the client ends with one JSON document and one of the documented statuses."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from entrypoints.cli.main import app
from entrypoints.client import retrying_client
from tests.builders import a_wheel
from tests.e2e.test_command_line import COMMAND, clean_environment
from tests.support.ports import free_port

PYPROJECT = b"""
[project]
name = "pragmatiks-gcp-provider"
version = "1.0.0"

[tool.pragma]
provider = "gcp"
"""
WHEEL = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
WHEEL_URL = f"https://wheels.example.com/{WHEEL}"
CONSOLE = {
    "REGISTRY_CONSOLE_CLERK_ISSUER": "https://clerk.example.com",
    "REGISTRY_CONSOLE_CLERK_SECRET_KEY": "ak_secret",
    "REGISTRY_CONSOLE_MACHINE_ID": "mch_registry",
}
UNUSABLE, REACHED_NOBODY = 2, 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_bytes(PYPROJECT)
    (tmp_path / WHEEL).write_bytes(a_wheel())
    return tmp_path


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.fixture(autouse=True)
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no second attempt at what will not change."""
    monkeypatch.setattr(retrying_client, "ATTEMPTS", 1)


def told(*arguments: str, **environment: str | None) -> tuple[int, dict[str, Any]]:
    """Return the exit status and the document of a command."""
    variables = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
    unset: dict[str, str | None] = {name: None for written in variables for name in (written, written.lower())}
    ended = CliRunner().invoke(app, [*arguments, "--json"], env={**unset, **environment})
    assert isinstance(ended.exception, SystemExit | None), ended.exception
    assert "Traceback" not in ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return ended.exit_code, document


def registering(folder: Path, *arguments: str, **environment: str | None) -> tuple[int, dict[str, Any]]:
    usual = {"REGISTRY_URL": f"http://127.0.0.1:{free_port()}", "REGISTRY_TOKEN": "mt_secret"}
    return told("register", str(folder), "--wheel-url", WHEEL_URL, *arguments, **{**usual, **environment})


PROXIES: dict[str, tuple[Mapping[str, str], int]] = {
    "a SOCKS proxy": ({"ALL_PROXY": "socks5://127.0.0.1:1080"}, UNUSABLE),
    "an unknown kind of proxy": ({"HTTP_PROXY": "ftp://127.0.0.1"}, UNUSABLE),
    "a proxy that is no URL": ({"HTTP_PROXY": "http://[::1"}, UNUSABLE),
    "a proxy without a scheme": ({"HTTP_PROXY": f"127.0.0.1:{1}"}, REACHED_NOBODY),
    "a proxy that is one word": ({"HTTP_PROXY": "proxy.invalid"}, REACHED_NOBODY),
    "exceptions of IPv6": ({"NO_PROXY": "fd00::/8,[::1],[::1]:80,::/0,[::"}, REACHED_NOBODY),
    "a proxy whose host is none": ({"HTTP_PROXY": "http://a..example.com:3128"}, UNUSABLE),
    "a SOCKS proxy with an exception": ({"ALL_PROXY": "socks5://x", "NO_PROXY": "127.0.0.0/8"}, REACHED_NOBODY),
}


@pytest.mark.parametrize(("environment", "status"), PROXIES.values(), ids=PROXIES)
def test_odd_proxies_are_reported(folder: Path, environment: Mapping[str, str], status: int) -> None:
    code, failure = registering(folder, **environment)
    assert (code, failure["exit_status"], failure["outcome"]) == (status, status, "failed")
    assert failure["code"] == {UNUSABLE: "unusable", REACHED_NOBODY: "out_of_reach"}[status]


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe"])
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REGISTRY_CA_BUNDLE"])
def test_odd_certificate_files_are_reported(folder: Path, variable: str, content: bytes | None) -> None:
    bundle = folder / "ca.pem"
    if content is not None:
        bundle.write_bytes(content)
    code, failure = registering(folder, **{variable: str(bundle)})
    assert (code, failure["code"]) == (UNUSABLE, "unusable")
    assert variable in failure["detail"]


@pytest.mark.parametrize(
    "url",
    [
        *("https://", "https:///", "registry.example.com", "ftp://registry.example.com", "https://[::1", "https://a b"),
        *("https://a:b", "https://a:99999", "https://user:s3cret@registry.example.com", "https://a/?b", "https://a\\b"),
        *("https://a\nb", "https://xn--", "https://-a", "https://a..b", "\u2603", "https://%", "https://a\u200bb"),
        f"https://{'a' * 64}.example.com",
    ],
)
@pytest.mark.parametrize("variable", ["REGISTRY_URL", "REGISTRY_CLERK_API_URL", "REGISTRY_INDEX_URL"])
def test_urls_that_are_none_are_reported(folder: Path, variable: str, url: str) -> None:
    if (variable, url.count("@")) == ("REGISTRY_INDEX_URL", 1):
        return
    code, failure = registering(folder, **{variable: url})
    assert (code, failure["code"]) == (UNUSABLE, "unusable"), failure
    assert variable in failure["detail"]
    assert "s3cret" not in failure["detail"]


ODD_PROJECTS = {
    "not UTF-8": b"\xff\xfe",
    "not TOML": b"[[[",
    "empty": b"",
    "nested without end": b"a = " + b"[" * 5000,
    "a version that is a date": PYPROJECT.replace(b'"1.0.0"', b"2026-01-01"),
    "a version that is none": PYPROJECT.replace(b"1.0.0", b"one"),
    "no name": PYPROJECT.replace(b'"pragmatiks-gcp-provider"', b'"-"'),
    "no provider": PYPROJECT.replace(b'"gcp"', b'"G C P"'),
    "schemas that are a folder": PYPROJECT + b'schemas = "."',
    "schemas that are missing": PYPROJECT + b'schemas = "missing.json"',
    "schemas at no path": PYPROJECT + b'schemas = "a\\u0000b"',
    "schemas that are the wheel": PYPROJECT + b'schemas = "%s"' % WHEEL.encode(),
}


@pytest.mark.parametrize("content", ODD_PROJECTS.values(), ids=ODD_PROJECTS)
def test_odd_projects_are_reported(folder: Path, content: bytes) -> None:
    (folder / "pyproject.toml").write_bytes(content)
    code, failure = registering(folder)
    assert (code, failure["code"]) == (UNUSABLE, "unusable")


@pytest.mark.parametrize(
    "content", [b'{"a": "\xff"}', b"[" * 100_000, b'{"a": {"config_schema": {"maximum": 1e999}}}', b'{"a": "\\ud800"}']
)
def test_odd_schemas_are_reported(folder: Path, content: bytes) -> None:
    (folder / "pyproject.toml").write_bytes(PYPROJECT + b'schemas = "schemas.json"')
    (folder / "schemas.json").write_bytes(content)
    code, failure = registering(folder)
    assert (code, failure["code"]) == (UNUSABLE, "unusable")


def test_files_that_cannot_be_read_are_reported(folder: Path) -> None:
    (folder / "binary").write_bytes(b"\xff")
    for path in (folder, folder / "missing", folder / "binary"):
        code, failure = registering(folder, "--changelog", str(path))
        assert (code, failure["code"]) == (UNUSABLE, "unusable")
        assert str(path) in failure["detail"]
    code, failure = registering(folder / "missing")
    assert (code, failure["code"]) == (UNUSABLE, "unusable")


def test_why_an_index_cannot_be_reached_is_reported(folder: Path) -> None:
    index = f"http://127.0.0.1:{free_port()}/simple"
    code, failure = registering(folder, "--wheel-url", "", "--wait", "0", REGISTRY_INDEX_URL=index)
    assert (code, failure["code"]) == (3, "release_not_visible")
    assert "Connection refused" in failure["detail"]
    assert f"the package index {index} could not be reached" in failure["detail"]


def test_bytes_on_the_command_line_that_are_not_utf8_are_reported(folder: Path) -> None:
    code, failure = registering(folder, "--sha256", "\udcff")
    assert (code, failure["code"]) == (UNUSABLE, "unusable")


@pytest.mark.parametrize("source", ["missing.whl", ".", "https://", f"ftp://x/{WHEEL}", "\udcff.whl"])
def test_a_wheel_that_cannot_be_looked_at_is_reported(folder: Path, source: str) -> None:
    code, failure = told("verify", source if "://" in source else str(folder / source))
    assert (code, failure["outcome"], failure["exit_status"]) == (UNUSABLE, "failed", UNUSABLE)


def test_a_wheel_host_that_does_not_resolve_is_reported(folder: Path) -> None:
    code, failure = told("verify", f"https://wheels.invalid/{WHEEL}")
    assert (code, failure["code"]) == (REACHED_NOBODY, "wheel_host_failed")


@pytest.mark.parametrize("sent", [b"\xff\xfe\x00", b"", b"\xed\xa0\x80", b"a" * 3_000_000])
def test_what_is_no_token_is_looked_into_all_the_same(sent: bytes) -> None:
    ended = CliRunner().invoke(app, ["tokens", "inspect", "--json"], input=sent, env=CONSOLE)
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["failed_check"]


def _heed_interruptions() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell without job control ignores it for what it starts


def test_a_command_that_is_interrupted_ends_with_130(folder: Path) -> None:
    environment = clean_environment({**CONSOLE, "PYTHONUNBUFFERED": "1"})
    command = [*COMMAND, "tokens", "inspect", "--json"]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=_heed_interruptions,  # noqa: PLW1509 -- this test starts no thread
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"x" * 100_000)  # more than a pipe holds: returns once the command reads
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(stdout)["code"] == "interrupted"


@pytest.mark.parametrize("stdout", ["/dev/full", "a closed pipe"])
def test_an_outcome_that_cannot_be_written_changes_no_exit_status(folder: Path, stdout: str) -> None:
    for arguments in (("verify", str(folder / WHEEL)), ("verify", str(folder / WHEEL), "--json")):
        if stdout == "/dev/full":
            out = os.open(stdout, os.O_WRONLY)
        else:
            reading, out = os.pipe()
            os.close(reading)
        try:
            ended = subprocess.run(
                [*COMMAND, *arguments], env=clean_environment({}), stdout=out, stderr=subprocess.PIPE, check=False
            )
        finally:
            os.close(out)
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr.decode().startswith("standard output could not be written: ")
        assert len(ended.stderr.splitlines()) == 1


def test_a_terminal_that_knows_no_more_than_ascii_is_enough(folder: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "verify", str(folder / WHEEL)],
        env=clean_environment({"PYTHONIOENCODING": "ascii"}),
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"The registry would accept this wheel." in ended.stdout


def test_a_clerk_that_cannot_be_reached_is_named_with_its_variable(folder: Path) -> None:
    clerk = f"127.0.0.1:{free_port()}"
    secret = {"REGISTRY_TOKEN": None, "REGISTRY_MACHINE_SECRET_KEY": "ak_secret"}
    code, failure = registering(folder, **secret, REGISTRY_CLERK_API_URL=f"http://{clerk}")
    assert (code, failure["code"]) == (REACHED_NOBODY, "out_of_reach")
    assert f"Clerk at {clerk} (REGISTRY_CLERK_API_URL) could not be reached" in failure["detail"]
