"""The embedded server runs while somebody uses it, whatever becomes of them."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.embedded_binaries import PackagedServer
from adapters.postgres.parameters import PARAMETERS
from adapters.postgres.revisions import KNOWN
from adapters.postgres.schema import current, upgrade
from application.errors import StoreUnavailableError
from tests.support.postgres import execute, fetch

USER = """
import sys
from pathlib import Path
from adapters.postgres.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.dsn, flush=True)
    sys.stdin.read()
"""

NONSENSE_VARIABLES = (
    *("LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME"),
    *("TZ", "TZDIR", "PGDATA", "PGDATESTYLE", "PGTZ", "PGGEQO", "PGCLIENTENCODING", "PGSYSCONFDIR", "PGLOCALEDIR"),
    *("XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "PG_COLOR", "PG_TEST_INITDB_EXTRA_OPTS"),
    *(parameter.variable for parameter in PARAMETERS.values() if parameter.variable),
)


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


def test_nothing_of_the_environment_keeps_the_server_from_starting(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in NONSENSE_VARIABLES:
        monkeypatch.setenv(variable, "xx_XX.m4rker")
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nonexistent"))
    monkeypatch.setenv("PGPORT", "99999")

    for _ in ("a new folder", "the same again"):
        with EmbeddedPostgres(folder) as server:
            upgrade(server.dsn)
            assert current(server.dsn) == {KNOWN[-1]}


def test_a_folder_made_under_another_locale_goes_on_working(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (folder / "data").mkdir(parents=True)
    PackagedServer(folder / "data")._library.ensure_pgdata_inited()  # as earlier releases did, in our own environment
    monkeypatch.setenv("LC_ALL", "xx_XX")

    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT DISTINCT datcollate FROM pg_database") == [("C.UTF-8",)]
        execute(server.dsn, "CREATE TABLE kept AS SELECT 1 AS one")
    with EmbeddedPostgres(folder) as server:
        assert fetch(server.dsn, "SELECT one FROM kept") == [(1,)]


def test_a_folder_whose_path_is_too_long_for_a_socket_is_served_although_the_temporary_folders_is_too(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = server_folder / ("x" * 100)
    (long / "tmp").mkdir(parents=True)
    server = PackagedServer(long / "data")
    monkeypatch.setattr(type(server._library), "runtime_path", long / "tmp")

    with EmbeddedPostgres(long) as embedded:
        assert fetch(embedded.dsn, "SELECT 1") == [(1,)]
