"""The real server, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

STOP_SECONDS = 20
POLL_SECONDS = 0.05


class ServerError(Exception):
    """The server did not come up; the message says why."""


@contextmanager
def running_server(settings: Mapping[str, str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``provider-registry serve`` with these settings, its own session and its log in a file; stop it on exit."""
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "entrypoints.cli.main", "serve"],
            env=_environment(settings),
            stdout=sink,
            stderr=sink,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the server in order
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def run_command(settings: Mapping[str, str], *arguments: str) -> None:
    """Run a command of operators.

    Raises:
        ServerError: It failed.
    """
    command = [sys.executable, "-P", "-m", "entrypoints.cli.main", *arguments]
    ended = subprocess.run(  # noqa: S603 -- our own program
        command, env=_environment(settings), capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise ServerError(f"`provider-registry {' '.join(arguments)}` failed:\n{ended.stderr}{ended.stdout}")


def _environment(settings: Mapping[str, str]) -> Mapping[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_") and name != "DATABASE_URL"
    }
    return {**inherited, **settings}


def wait_until_ok(process: subprocess.Popen[bytes], url: str, *, log: Path, seconds: float = 60) -> None:
    """Return when the server answers a URL with 200.

    Raises:
        ServerError: It ended, or does not answer so in time.
    """
    with httpx.Client(trust_env=False) as client:
        for _ in range(int(seconds / POLL_SECONDS)):
            try:
                process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if _is_ok(client, url):
                    return
            else:
                break
    raise ServerError(
        f"the server did not answer {url} as it should; its log ({log}) ends with:\n{log.read_text()[-2000:]}"
    )


def _is_ok(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
