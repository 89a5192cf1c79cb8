"""PostgreSQL out of a Python package, for those who bring no database of their own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from types import TracebackType
from typing import Self
from urllib.parse import quote

from adapters.postgres.embedded_binaries import PackagedServer
from adapters.postgres.targets import self_contained
from application.errors import StoreUnavailableError


class EmbeddedPostgres:
    """Runs a PostgreSQL server on a folder while at least one process on this machine uses it.

    The server listens on a Unix socket only. It outlives a killed user; the next user of the folder finds it, or, if
    it died as well, starts it again and lets it recover. Who uses the folder is known by file locks, which the kernel
    releases whatever becomes of their holder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._server = PackagedServer(self._folder / "data")
        self._users: int | None = None

    @property
    def dsn(self) -> str:
        """Where to connect, while the server runs."""
        folder, port = self._server.address()
        # The server asks for no password, but where there is none the driver looks for one.
        return self_contained(f"postgresql://postgres:none@/postgres?host={quote(str(folder))}&port={port}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Initialise the folder if it is new, and start the server unless it runs. Takes half a second.

        Raises:
            StoreUnavailableError: The folder is not usable, or the server does not start.
        """
        try:
            self._server.data.mkdir(parents=True, exist_ok=True)
            with self._turn():
                self._users = self._join()
        except (OSError, RuntimeError, ValueError, AssertionError, SubprocessError) as error:
            raise StoreUnavailableError(
                f"the embedded PostgreSQL does not start on {self._folder}; its log is {self._server.log}"
            ) from error

    def stop(self) -> None:
        """Stop using the server; its last user stops it. Idempotent."""
        if self._users is None:
            return
        with self._turn():
            users, self._users = self._users, None
            try:
                if _is_free(users):
                    self._server.stop()
            finally:
                os.close(users)

    def _join(self) -> int:
        users = _open(self._folder / "users.lock")
        try:
            self._server.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        except BaseException:
            os.close(users)
            raise
        return users

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep others from starting or stopping the server meanwhile."""
        turn = _open(self._folder / "turn.lock")
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)


def _open(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)


def _is_free(users: int) -> bool:
    """Try to turn our lock, if we hold one, into one for ourselves alone."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
