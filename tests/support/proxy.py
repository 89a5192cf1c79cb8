"""The compose file's proxy in a real nginx, in front of servers on this host."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.name_service import a_name_service


@contextmanager
def a_proxy(
    folder: Path, upstreams: Sequence[str], *, inside: int, outside: int, log: Path, changes: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run it on the port ``outside``, in front of the replicas at these addresses, which share the port ``inside``."""
    with a_name_service("registry", upstreams) as names:
        configuration = _moved(folder, names, inside, outside, changes)
        with _nginx(configuration, log) as process:
            yield process


def _moved(folder: Path, names: int, inside: int, outside: int, changes: Mapping[str, str]) -> Path:
    """Return the configuration as it is, but for where others are and what a test changes."""
    text = Path("docker/nginx.conf").read_text()
    for written, moved in (
        ("resolver 127.0.0.11 ", f"resolver 127.0.0.1:{names} "),
        ("registry:8000;", f"registry:{inside};"),
        ("listen 8080;", f"listen 127.0.0.1:{outside};"),
        ("/tmp/", f"{folder}/"),
        *changes.items(),
    ):
        assert written in text
        text = text.replace(written, moved)
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


@contextmanager
def _nginx(configuration: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.exit("nginx is absent, so its configuration cannot be tried: apt-get install nginx", returncode=1)
    options = ["-c", str(configuration), "-g", "daemon off; user root;"]  # pytest's folders are closed to others
    with log.open("ab") as sink, subprocess.Popen([program, *options], stdout=sink, stderr=sink) as process:
        try:
            yield process
        finally:
            process.terminate()
