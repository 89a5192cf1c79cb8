"""``provider-registry settings``: what the registry would start with."""

import json

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
