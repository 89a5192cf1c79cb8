"""``provider-registry settings``: what the registry would start with."""

import json
from pathlib import Path

from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.e2e.test_command_line import run
from tests.entrypoints.test_settings import GOOD


def test_usable_settings_are_reported_with_status_0() -> None:
    for arguments in ((), ("--json",)):
        assert run("settings", "check", *arguments, **GOOD).returncode == 0


def test_all_that_is_wrong_is_named_with_status_1() -> None:
    wrong = {**GOOD, "REGISTRY_PORT": "70000", "DATABASE_URL": "mysql://u:hunter2@host/db"}

    people, programs = run("settings", "check", **wrong), run("settings", "check", "--json", **wrong)

    assert (people.returncode, programs.returncode) == (1, 1)
    assert "REGISTRY_PORT: " in people.stderr
    told = json.loads(programs.stdout)
    assert told["usable"] is False
    assert {problem["variable"] for problem in told["problems"]} == {"REGISTRY_PORT", "DATABASE_URL"}
    assert "hunter2" not in people.stderr + programs.stdout


def test_every_setting_is_shown_with_its_source_and_no_secret() -> None:
    given = {
        **GOOD,
        "DATABASE_URL": "postgresql://u:hunter2@host/db",
        "REGISTRY_PORT": "9000",
        "REGISTRY_CUSTOMER_CLERK_ISSUER": "https://me:hunter2@clerk.example.com",
    }

    people, programs = run("settings", "show", **given), run("settings", "show", "--json", **given)

    shown = {setting["variable"]: setting for setting in json.loads(programs.stdout)}
    assert shown["REGISTRY_PORT"] == {"variable": "REGISTRY_PORT", "value": "9000", "source": "environment"}
    assert shown["REGISTRY_HOST"]["source"] == "default"
    assert shown["REGISTRY_WHEEL_CA_BUNDLE"] == {
        "variable": "REGISTRY_WHEEL_CA_BUNDLE",
        "value": None,
        "source": "unset",
    }
    assert shown["DATABASE_URL"]["value"] == "postgresql://u:********@host/db"
    assert shown["REGISTRY_CUSTOMER_CLERK_ISSUER"]["value"] == "********"
    assert all(variable in people.stdout for variable in shown)
    for secret in ("hunter2", GOOD["REGISTRY_CONSOLE_CLERK_SECRET_KEY"]):
        assert secret not in people.stdout + programs.stdout


def test_a_variable_that_nothing_reads_is_a_warning_with_the_nearest_setting() -> None:
    odd = {**GOOD, "REGISTRY_WORKRES": "2", "REGISTRY_MOOD": "good"}

    people, programs = run("settings", "check", **odd), run("settings", "check", "--json", **odd)

    assert people.returncode == 0
    assert "warning: REGISTRY_WORKRES: is no setting; did you mean REGISTRY_WORKERS?" in people.stderr
    assert "warning: REGISTRY_MOOD: is no setting; nothing reads it" in people.stderr
    assert [each["variable"] for each in json.loads(programs.stdout)["warnings"]] == [
        "REGISTRY_MOOD",
        "REGISTRY_WORKRES",
    ]


def test_a_value_of_the_wrong_kind_is_told_in_words_of_people() -> None:
    told = run("settings", "check", **GOOD, REGISTRY_WORKERS="many").stderr

    assert "a whole number" in told
    assert "int" not in told.replace("point", "")


def test_what_the_settings_name_is_asked(tmp_path: Path) -> None:
    with FakeClerk() as clerk:
        machine = clerk.add_machine()
        good = {
            "REGISTRY_CONSOLE_CLERK_ISSUER": clerk.issuer,
            "REGISTRY_CONSOLE_CLERK_API_URL": clerk.url,
            "REGISTRY_CONSOLE_CLERK_SECRET_KEY": machine.secret,
            "REGISTRY_CONSOLE_MACHINE_ID": machine.id,
            "REGISTRY_MIRROR": "required",
            "REGISTRY_MIRROR_URL": (tmp_path / "mirror").as_uri(),
            "REGISTRY_WHEEL_SPOOL_DIR": str(tmp_path),
        }
        wrong = {
            "REGISTRY_CONSOLE_CLERK_SECRET_KEY": "ak_of_another",
            "DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/registry",
        }
        passed = run("settings", "check", "--online", **good)
        failed = run("settings", "check", "--online", "--json", **(good | wrong))
        told = run("settings", "check", "--online", **(good | wrong))

    assert passed.returncode == 0, passed.stderr
    for subject in ("keys of the Console realm", "secret of the Console realm", "database", "spool", "mirror"):
        assert f"✓ {subject}" in passed.stdout
    assert failed.returncode == 1
    assert {each["variable"] for each in json.loads(failed.stdout)["problems"]} == set(wrong)
    assert told.stdout.endswith(f"The settings are valid, but {len(wrong)} of 5 checks failed.\n")
    assert "The settings are usable." in passed.stdout
    assert "hunter2" not in failed.stdout + failed.stderr
