"""Development mode: a registry with something in it after one command."""

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx
import psutil
import pytest

from adapters.sigstore.verifier import SigstoreAttestationVerifier
from tests.e2e.test_command_line import COMMAND, clean_environment, run
from tests.support.ports import free_port
from tests.support.waiting import wait_until

FORGE = "https://forge.example.com"


def dev_arguments(data: Path) -> list[str]:
    return ["dev", "--data", str(data), "--port", str(free_port()), "--wheel-port", str(free_port())]


def read_until_it_serves(output: IO[str]) -> str:
    shown = ""
    while "Ctrl-C stops" not in shown:
        line = output.readline()
        assert line, shown
        shown += line
    return shown


@contextmanager
def development_mode(*arguments: str) -> Iterator[str]:
    """Run what ``make run`` runs until it serves, give what it showed, and interrupt it in the end."""
    command = [*COMMAND, "dev", *arguments]
    with subprocess.Popen(command, env=clean_environment({}), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield read_until_it_serves(process.stdout)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def test_development_mode_registers_a_demo_finds_it_again_and_goes_on_when_the_wheel_host_moved(tmp_path: Path) -> None:
    arguments = [*dev_arguments(tmp_path / "data"), "--once"]

    first, second = run(*arguments), run(*arguments)
    moved = run(*arguments[:-2], str(free_port()), "--once")

    told = first.stdout + second.stdout + moved.stdout
    assert (first.returncode, second.returncode, moved.returncode) == (0, 0, 0), told
    for release in ("platform/hello 2.0.0", "platform/storage 1.1.1", "acme/queue 0.1.1"):
        assert f"201: {release} registered" in first.stdout
        assert f"200: {release} was already registered" in second.stdout
        assert f"409: {release} is there" in moved.stdout
    assert "platform/storage 1.1.0 registered, and is yanked" in first.stdout
    assert "make clean" in moved.stdout
    assert verified_with_one_root(tmp_path / "data" / "sigstore")
    assert str(tmp_path / "data") in first.stdout.replace("│\n│ ", "")


def verified_with_one_root(folder: Path) -> bool:
    """Tell whether all attestations that are kept verify against the root that is kept."""
    verifier = SigstoreAttestationVerifier([folder / "trusted_root.json"])
    kept = [verifier.verify(each.read_bytes()) for each in folder.glob("*.attestation")]
    return len(kept) == 3 and {each.claims.repository for each in kept} == {f"{FORGE}/platform/storage"}


def test_development_mode_takes_other_ports_when_the_usual_ones_are_taken_and_says_what_a_shell_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # as from an installed package, not from a checkout
    with ExitStack() as taken:
        for port in (8000, 8443, 8701, 8702):
            with suppress(OSError):  # it is taken already
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
        with development_mode() as shown:
            (api,) = re.findall(r"^export REGISTRY_URL=(\S+)$", (tmp_path / ".data/acme.env").read_text(), re.MULTILINE)
            catalog = httpx.get(f"{api}/providers", trust_env=False).json()
            breaking = httpx.get(f"{api}/providers/platform/hello/compare/1.1.0...2.0.0", trust_env=False).json()
            changes = httpx.get(f"{api}/changes", trust_env=False).json()
            storage = f"{api}/providers/platform/storage/versions"
            built = [httpx.get(f"{storage}/{each}/verification", trust_env=False).json() for each in ("1.0.0", "1.1.1")]
            copy = httpx.get(f"{storage}/1.1.1/install", trust_env=False).json()["mirror_url"]
            copied = httpx.get(copy, trust_env=False)
            for name in ("register", "acme"):
                provider = "acme/queue 0.1.1" if name == "acme" else "hello 1.1.0"
                script = f". {tmp_path}/.data/{name}.env && {shlex.join(COMMAND)} restore {provider}"
                environment = clean_environment({"NO_PROXY": "127.0.0.1"})
                restored = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, check=False)
                assert restored.returncode == 0, restored.stderr

    assert not api.endswith(":8000")
    assert {each["canonical"] for each in catalog["items"]} == {"platform/hello", "platform/storage", "acme/queue"}
    assert breaking["report"]["breaking"] > 0
    assert len(changes["items"]) >= 9
    assert {each["attestations"][0]["built_by"]["repository"] for each in built} == {f"{FORGE}/platform/storage"}
    assert (copy.startswith(f"{api}/files/"), copied.status_code) == (True, 200)
    assert "ak_local_acme" in shown


@pytest.mark.parametrize(
    "ports", [("--port", "65536"), ("--port", "0"), ("--wheel-port", "-1"), ("--port", "8453", "--wheel-port", "8453")]
)
def test_ports_that_cannot_be_are_refused_in_one_sentence(tmp_path: Path, ports: tuple[str, ...]) -> None:
    ended = run("dev", "--once", "--data", str(tmp_path / "data"), *ports)

    assert ended.returncode in {1, 2}
    assert "port" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert not (tmp_path / "data").exists()


IN_THE_BACKGROUND = ("sh", "-c", """trap '' INT; exec "$@" """, "sh")
"""How a script's shell starts what it does not wait for."""


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("started_by", "stop"),
    [((), signal.SIGINT), ((), signal.SIGTERM), (IN_THE_BACKGROUND, signal.SIGINT)],
    ids=["interrupted", "terminated", "interrupted in the background"],
)
def test_development_mode_stops_cleanly_and_leaves_no_process(
    tmp_path: Path, started_by: tuple[str, ...], stop: signal.Signals
) -> None:
    arguments = [*started_by, *COMMAND, *dev_arguments(tmp_path / "data")]
    with subprocess.Popen(arguments, env=clean_environment({}), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "curl" in read_until_it_serves(process.stdout)
        started = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(stop)
        try:
            assert process.wait(30) == 0
        finally:
            process.kill()  # leaving the context would wait for ever
        assert "Stopped" in process.stdout.read()

    assert started
    wait_until(lambda: not any(map(_is_alive, started)))  # PostgreSQL says that it has stopped just before it ends
    assert not [
        each for each in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(each.info["cmdline"] or [])
    ]
