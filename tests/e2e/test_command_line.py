"""The command line, as operators and newcomers meet it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.conftest import Stack
from tests.support.ports import free_port

COMMAND = [sys.executable, "-m", "entrypoints.cli.main"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=clean_environment(environment), capture_output=True, text=True, check=False
    )


def clean_environment(changes: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_", "DATABASE_"))}
    return {**inherited, "COLUMNS": "120", **changes}


def test_a_server_without_settings_names_every_missing_one_and_exits_2() -> None:
    ended = run("serve")

    assert ended.returncode == 2
    for variable in ("CONSOLE_CLERK_ISSUER", "CONSOLE_CLERK_SECRET_KEY", "CONSOLE_MACHINE_ID"):
        assert f"REGISTRY_{variable}: is required" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_is_not_ready_until_the_database_is_upgraded(stack: Stack, empty_database_dsn: str) -> None:
    with stack.server(DATABASE_URL=empty_database_dsn) as process:
        stack.wait_until_listening(process)
        before = stack.get("/health/ready")
        upgraded = run("database", "upgrade", DATABASE_URL=empty_database_dsn)
        after = stack.get("/health/ready")

    assert (before.status_code, before.json()["code"]) == (503, "database_unavailable")
    assert "database upgrade" in before.json()["detail"]
    assert upgraded.returncode == 0, upgraded.stderr
    assert after.status_code == 200


def test_the_schema_can_be_taken_down_and_up_again(empty_database_dsn: str) -> None:
    steps = [
        (("check",), 1),
        (("upgrade",), 0),
        (("check",), 0),
        (("downgrade", "base"), 0),
        (("current",), 0),
        (("check",), 1),
    ]

    assert [run("database", *step, DATABASE_URL=empty_database_dsn).returncode for step, _ in steps] == [
        status for _, status in steps
    ]


def test_programs_read_where_the_schema_stands(empty_database_dsn: str) -> None:
    def told(*step: str) -> tuple[int, dict[str, object]]:
        ended = run("database", *step, "--json", DATABASE_URL=empty_database_dsn)
        return ended.returncode, json.loads(ended.stdout)

    behind, current = told("check"), told("current")
    upgraded, checked = told("upgrade"), told("check")

    assert behind == (1, {"revision": "base", "suffices": False})
    assert current == (0, {"revision": "base"})
    assert upgraded[0] == 0
    assert checked == (0, {**upgraded[1], "suffices": True})


def test_a_revision_that_migrations_do_not_lead_down_to_is_refused_in_one_sentence(empty_database_dsn: str) -> None:
    for revision in ("nowhere", "0001"):
        ended = run("database", "downgrade", revision, DATABASE_URL=empty_database_dsn)

        assert ended.returncode == 2
        assert f"no migrations lead down to '{revision}'" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_only_an_upgrade_makes_an_embedded_database(tmp_path: Path) -> None:
    for step in (("check",), ("current",), ("downgrade", "base")):
        ended = run("database", *step, "--json", REGISTRY_DATA_DIR=str(tmp_path))

        assert (ended.returncode, json.loads(ended.stdout)["code"]) == (2, "unusable")
        assert "REGISTRY_DATA_DIR: holds no database" in ended.stdout
    assert list(tmp_path.iterdir()) == []

    upgraded = run("database", "upgrade", REGISTRY_DATA_DIR=str(tmp_path))
    assert upgraded.returncode == 0, upgraded.stderr
    assert run("database", "check", REGISTRY_DATA_DIR=str(tmp_path)).returncode == 0


def test_an_unreachable_database_is_reported_in_one_sentence() -> None:
    ended = run("database", "current", DATABASE_URL=f"postgresql://u@127.0.0.1:{free_port()}/db")

    assert ended.returncode == 4
    assert "out of service" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_that_is_not_there_is_reported_as_a_wrong_setting(postgres_dsn: str) -> None:
    wrong = urlsplit(postgres_dsn)._replace(path="/nonexistent").geturl()

    for arguments in (("database", "check"), ("database", "upgrade"), ("versions", "list", "platform/gcp")):
        ended = run(*arguments, DATABASE_URL=wrong)

        assert ended.returncode == 2
        assert "database_misconfigured: there is no database of that name" in ended.stderr
        assert "again" not in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_server_starts_with_odd_values_in_an_odd_environment(stack: Stack, server_folder: Path) -> None:
    odd = {
        "DATABASE_URL": "",
        "REGISTRY_DATA_DIR": str(server_folder / "m4rker é 'x' [%zz] #"),
        "REGISTRY_HOST": "localhost",
        "REGISTRY_PLATFORM_NAME": "m4rker <b>é😀</b> %zz [::1",
        "REGISTRY_RUNTIME_VERSION": "m4rker #/?@",
    }
    environment = {
        "LC_ALL": "xx_XX.UTF-8",
        "LANG": "xx",
        "TZ": "x",
        "HOME": "/nonexistent",
        "PGHOST": "x",
        "PGPORT": "x",
    }
    with stack.server(**odd, **environment) as process:
        stack.wait_until_ready(process)
        registered = stack.post(stack.upload())
        found = stack.get("/providers/platform/gcp")

    assert registered.status_code == 201
    assert found.json()["author"]["display_name"] == odd["REGISTRY_PLATFORM_NAME"]
    assert "m4rker" not in stack.log.read_text()


def test_a_host_that_leads_to_no_address_is_refused_at_the_start(stack: Stack) -> None:
    ended = run("serve", **{**stack.settings, "REGISTRY_HOST": "m4rker.invalid"})

    assert ended.returncode == 2
    assert "REGISTRY_HOST: leads to no address" in ended.stderr
    assert "m4rker" not in ended.stderr


def test_a_taken_port_is_named_with_a_way_out(stack: Stack, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        development = run("dev", "--once", "--data", str(tmp_path / "data"), "--port", str(port))
        served = run("serve", **{**stack.settings, "REGISTRY_PORT": str(port)})

    for ended, way_out in ((development, "--port"), (served, "REGISTRY_PORT")):
        assert ended.returncode == 1
        assert str(port) in ended.stdout + ended.stderr
        assert way_out in ended.stdout + ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr


def test_the_version_is_printed_for_programs() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").stdout)
