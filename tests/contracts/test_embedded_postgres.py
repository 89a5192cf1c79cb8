"""The embedded server runs while somebody uses it, whatever becomes of them."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from domain.errors import StoreUnavailableError
from tests.support.postgres import execute, fetch

USER = """
import sys
from pathlib import Path
from adapters.postgres.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.dsn, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(server_folder: Path) -> Path:
    return server_folder / "some where" / "100% database"


def another_user(folder: Path) -> subprocess.Popen[str]:
    """Start a process that uses the folder, and wait until it does."""
    user = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    assert user.stdout.readline().startswith("postgresql://")
    return user


def is_running(folder: Path) -> bool:
    return (folder / "data" / "postmaster.pid").exists()


def process_of(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def kill(process: int) -> None:
    """Kill a process that is no child of ours, and wait until it has gone, but for its number."""
    os.kill(process, signal.SIGKILL)
    with suppress(FileNotFoundError):
        while Path(f"/proc/{process}/cmdline").read_bytes():
            os.sched_yield()


def test_what_was_written_is_there_the_next_time(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        execute(server.dsn, "CREATE TABLE kept AS SELECT 1 AS one")
    assert not is_running(folder)
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT one FROM kept") == [(1,)]
    assert not is_running(folder)


def test_the_server_stays_for_those_who_still_use_it(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        user = another_user(folder)
        _, errors = user.communicate("")
        assert (user.returncode, errors) == (0, "")
        assert fetch(server.dsn, "SELECT 1") == [(1,)]
        with EmbeddedPostgres(folder):
            pass
        assert fetch(server.dsn, "SELECT 1") == [(1,)]
    assert not is_running(folder)


def test_a_killed_user_does_not_keep_the_server_for_ever(folder: Path) -> None:
    user = another_user(folder)
    user.kill()
    user.communicate()
    assert is_running(folder)
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT 1") == [(1,)]
    assert not is_running(folder)


def test_a_killed_server_recovers_under_its_next_user(folder: Path) -> None:
    user = another_user(folder)
    user.kill()
    user.communicate()
    kill(process_of(folder))
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT 1") == [(1,)]
    assert not is_running(folder)


def test_a_process_that_took_a_dead_servers_number_is_not_taken_for_it(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        leftover = (folder / "data" / "postmaster.pid").read_text()
    (folder / "data" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *leftover.splitlines()[1:]]) + "\n")
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT 1") == [(1,)]


def test_stopping_twice_is_stopping_once(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.stop()
    with server:
        server.stop()
    assert not is_running(folder)


def test_a_folder_that_cannot_be_used_is_a_store_out_of_service(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailableError, match="file"):
        EmbeddedPostgres(tmp_path / "file").start()


def test_a_folder_that_holds_no_database_is_a_store_out_of_service(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("18\n")
    with pytest.raises(StoreUnavailableError, match="log"):
        EmbeddedPostgres(folder).start()


def test_the_server_listens_on_no_network(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SHOW listen_addresses") == [("",)]
