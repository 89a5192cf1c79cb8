"""``provider-registry providers`` and ``versions``: what operators do on the host, without a realm and without HTTP."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.announcements import Announcement
from domain.catalog import CatalogMetadata
from domain.errors import WheelRefusedError
from domain.names import ProviderName
from domain.registrants import Operator
from domain.registration import Registration
from domain.semver import SemVer
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from entrypoints.bootstrap import open_registry
from entrypoints.environment import load_settings
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.ports import free_port
from tests.support.postgres import TABLES, fetch

WHEEL = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"


@pytest.fixture
def registered(stack: Stack) -> Stack:
    """Version 1.0.0 of platform/gcp is there, with its wheel on the host."""
    register(stack, stack.upload())
    return stack


def register(stack: Stack, body: Mapping[str, Any]) -> None:
    registration = Registration(
        registrant=Operator("operator:seed"),
        name=ProviderName.parse(body["name"]),
        version=SemVer.parse(body["version"]),
        announcement=Announcement(
            wheel_url=WheelUrl.parse(body["wheel_url"]), sha256=Sha256Digest(body["sha256"]), changelog="First."
        ),
        metadata=CatalogMetadata(**body["metadata"], tags=("cloud",)),
    )

    async def execute() -> None:
        async with open_registry(load_settings(stack.settings)) as registry:
            await registry.register_version.execute(registration)

    asyncio.run(execute())


def settings(stack: Stack) -> dict[str, str]:
    """Everything but the realm: operators need none."""
    return {name: value for name, value in stack.settings.items() if "CLERK" not in name and "MACHINE" not in name}


def told(stack: Stack, *arguments: str) -> tuple[int, Any]:
    ended = run(*arguments, "--json", **settings(stack))
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def shown(stack: Stack, *arguments: str) -> str:
    ended = run(*arguments, **settings(stack))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_providers_are_found_by_words_and_tags(registered: Stack) -> None:
    everything = told(registered, "providers", "list")[1]
    by_words = told(registered, "providers", "list", "goog", "--tag", "cloud")[1]
    by_another_tag = told(registered, "providers", "list", "--tag", "other")[1]

    assert [provider["canonical"] for provider in everything["items"]] == ["platform/gcp"]
    assert by_words == everything
    assert by_another_tag["total"] == 0
    assert "platform/gcp  1.0.0" in shown(registered, "providers", "list")


def test_a_provider_is_shown_as_over_http(registered: Stack) -> None:
    status, provider = told(registered, "providers", "show", "platform/gcp")

    assert (status, provider["canonical"], provider["latest_version"]) == (0, "platform/gcp", "1.0.0")
    assert "Manages Google Cloud." in shown(registered, "providers", "show", "platform/gcp")


def test_versions_are_listed_and_shown_as_over_http(registered: Stack) -> None:
    listed = told(registered, "versions", "list", "platform/gcp")[1]
    one = told(registered, "versions", "show", "platform/gcp", "1.0.0")[1]

    assert [version["version"] for version in listed] == ["1.0.0"]
    assert (one["registered_by"], one["changelog"]) == ("operator:seed", "First.")
    assert told(registered, "versions", "show", "platform/gcp")[1] == one
    assert "1.0.0" in shown(registered, "versions", "list", "platform/gcp")
    assert one["wheel_sha256"] in shown(registered, "versions", "show", "platform/gcp")


def test_a_failed_version_is_shown_to_operators_with_its_reason_and_its_history(registered: Stack) -> None:
    with pytest.raises(WheelRefusedError):
        register(registered, {**registered.upload("1.1.0"), "sha256": "0" * 64})

    status, version = told(registered, "versions", "show", "platform/gcp", "1.1.0")
    events = told(registered, "versions", "history", "platform/gcp", "1.1.0")[1]

    assert (status, version["status"]) == (0, "failed")
    assert version["error_message"] == events[0]["reason"]
    piped = shown(registered, "versions", "show", "platform/gcp", "1.1.0")
    assert f"wheel_digest_mismatch: {version['error_message']}\n" in piped  # in one line, however long
    listed = told(registered, "versions", "list", "platform/gcp")[1]
    assert [(each["version"], each["status"]) for each in listed] == [("1.1.0", "failed"), ("1.0.0", "published")]
    table = shown(registered, "versions", "list", "platform/gcp")
    assert "1.1.0    failed" in table
    assert "wheel_digest_mismatch" in table


def test_a_yank_and_its_undoing_are_recorded_under_the_operators_name(registered: Stack) -> None:
    name = ("platform/gcp", "1.0.0")

    yanked = told(registered, "versions", "yank", *name, "--reason", "Deletes buckets.", "--as", "ada")
    again = told(registered, "versions", "yank", *name, "--reason", "Other.", "--as", "bob")
    gone = told(registered, "versions", "show", "platform/gcp", "latest")
    restored = told(registered, "versions", "restore", *name, "--as", "bob")
    history = told(registered, "versions", "history", *name)[1]

    assert (yanked[0], yanked[1]["status"], yanked[1]["yanked_reason"]) == (0, "yanked", "Deletes buckets.")
    assert again == yanked
    assert (gone[0], gone[1]["code"]) == (1, "version_not_found")
    assert (restored[0], restored[1]["status"]) == (0, "published")
    assert [(event["action"], event["actor"], event["reason"]) for event in history] == [
        ("published", "operator:seed", None),
        ("yanked", "operator:ada", "Deletes buckets."),
        ("restored", "operator:bob", None),
    ]
    assert "operator:ada" in shown(registered, "versions", "history", *name)


def test_who_yanks_is_the_one_who_is_logged_in_unless_told_otherwise(registered: Stack) -> None:
    order = ("versions", "yank", "platform/gcp", "1.0.0", "--reason", "Broken.")
    ended = run(*order, **settings(registered), LOGNAME="grace")

    assert "platform/gcp 1.0.0 is yanked: Broken." in ended.stdout
    assert told(registered, "versions", "history", "platform/gcp", "1.0.0")[1][-1]["actor"] == "operator:grace"


def test_a_wheel_that_is_still_served_passes_and_nothing_is_written(registered: Stack) -> None:
    before = everything_stored(registered)

    status, verdict = told(registered, "versions", "verify", "platform/gcp", "1.0.0")
    people = shown(registered, "versions", "verify", "platform/gcp", "latest")

    assert (status, verdict["code"], verdict["verification"]["passed"]) == (0, None, True)
    assert "still serves platform/gcp 1.0.0" in people
    assert everything_stored(registered) == before


def test_other_bytes_at_the_registered_url_end_with_1_and_change_nothing(registered: Stack) -> None:
    before = everything_stored(registered)
    (registered.wheels / WHEEL).write_bytes(b"other bytes")

    status, verdict = told(registered, "versions", "verify", "platform/gcp", "1.0.0")
    people = run("versions", "verify", "platform/gcp", "1.0.0", **settings(registered))

    assert (status, verdict["code"], verdict["status"]) == (1, "wheel_digest_mismatch", "published")
    assert [check["name"] for check in verdict["verification"]["checks"]] == ["file_name", "download", "digest"]
    assert people.returncode == 1
    assert "today: wheel_digest_mismatch" in people.stdout
    assert everything_stored(registered) == before


def test_a_wheel_that_is_gone_ends_with_1_and_a_host_that_cannot_be_spoken_to_with_4(registered: Stack) -> None:
    order = ("versions", "verify", "platform/gcp", "1.0.0")
    distrusting = {**settings(registered), "REGISTRY_WHEEL_CA_BUNDLE": ""}

    (registered.wheels / WHEEL).unlink()
    gone = told(registered, *order)
    unreachable = run(*order, "--json", **distrusting)

    assert (gone[0], gone[1]["code"]) == (1, "wheel_not_found")
    assert (unreachable.returncode, json.loads(unreachable.stdout)["code"]) == (4, "wheel_host_failed")


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("providers", "show", "platform/none"), 1, "provider_not_found"),
        (("versions", "list", "platform/none"), 1, "provider_not_found"),
        (("versions", "show", "platform/gcp", "9.9.9"), 1, "version_not_found"),
        (("versions", "history", "platform/none"), 1, "version_not_found"),
        (("versions", "availability", "platform/none"), 1, "version_not_found"),
        (("versions", "yank", "platform/gcp", "9.9.9", "--reason", "x"), 1, "version_not_found"),
        (("versions", "restore", "platform/gcp", "9.9.9"), 1, "version_not_found"),
        (("versions", "verify", "platform/gcp", "9.9.9"), 1, "version_not_found"),
        (("versions", "show", "gcp"), 2, "invalid_provider_name"),
        (("versions", "show", "platform/gcp", "v1"), 2, "invalid_version"),
        (("versions", "yank", "platform/gcp", "1.0.0", "--reason", " "), 2, "invalid_text"),
        (("versions", "yank", "platform/gcp", "1.0.0", "--reason", "x", "--as", "a\nb"), 2, "invalid_text"),
    ],
)
def test_what_cannot_be_done_is_reported_with_its_code(
    database_dsn: str, arguments: tuple[str, ...], status: int, code: str
) -> None:
    ended = run(*arguments, "--json", DATABASE_URL=database_dsn)
    document = json.loads(ended.stdout)

    assert (ended.returncode, document["exit_status"]) == (status, status)
    assert (document["outcome"], document["code"]) == ("failed", code)


def test_people_read_one_sentence(database_dsn: str) -> None:
    ended = run("providers", "show", "platform/none", DATABASE_URL=database_dsn)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("provider_not_found: platform/none has no published version")
    assert ended.stderr.count("\n") == 1


def test_a_step_that_history_keeps_names_its_version(database_dsn: str) -> None:
    for order in (("yank", "platform/gcp", "latest", "--reason", "x"), ("restore", "platform/gcp", "latest")):
        ended = run("versions", *order, DATABASE_URL=database_dsn)

        assert ended.returncode == 2
        assert "which version" in ended.stderr


def test_a_database_out_of_reach_ends_with_4() -> None:
    nowhere = f"postgresql://u@127.0.0.1:{free_port()}/db"
    for order in (("providers", "list"), ("versions", "show", "platform/gcp")):
        ended = run(*order, "--json", DATABASE_URL=nowhere)

        assert (ended.returncode, json.loads(ended.stdout)["code"]) == (4, "database_unavailable")
        assert "Traceback" not in ended.stderr


def test_a_database_of_another_schema_is_reported_with_the_way_out(empty_database_dsn: str) -> None:
    ended = run("providers", "list", DATABASE_URL=empty_database_dsn)

    assert ended.returncode == 4
    assert "database upgrade" in ended.stderr


def test_where_there_is_no_embedded_database_none_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    ended = run("providers", "list", REGISTRY_DATA_DIR=str(folder))

    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert not folder.exists()


def test_the_embedded_database_is_shared_with_a_server_that_runs_on_it(stack: Stack, server_folder: Path) -> None:
    embedded = {**stack.settings, "DATABASE_URL": "", "REGISTRY_DATA_DIR": str(server_folder)}
    with stack.server(**embedded) as process:
        stack.wait_until_ready(process)
        stack.post(stack.upload())
        meanwhile = run("versions", "yank", "platform/gcp", "1.0.0", "--reason", "Broken.", **embedded)
        served = stack.get("/providers/platform/gcp/versions/1.0.0").json()
    afterwards = run("versions", "show", "platform/gcp", "1.0.0", "--json", **embedded)

    assert (meanwhile.returncode, afterwards.returncode) == (0, 0), meanwhile.stderr + afterwards.stderr
    assert "embedded database" in meanwhile.stderr
    assert served["status"] == "yanked"
    assert json.loads(afterwards.stdout) == served


def test_a_distribution_is_shown_handed_over_and_told_of_in_a_history(registered: Stack) -> None:
    name = "pragmatiks-gcp-provider"
    owner = {"name": name, "prefix": "platform", "organization_id": None}
    new_owner = {"name": name, "prefix": "acme", "organization_id": "org_acme"}
    transfer = ("distributions", "transfer", "Pragmatiks_GCP.provider", "--to", "acme", "--organization", "org_acme")

    before = told(registered, "distributions", "list")
    transferred = told(registered, *transfer, "--as", "ann", "--reason", "Sold.")
    repeated = told(registered, *transfer, "--as", "eve")
    inspected = told(registered, "distributions", "show", name)[1]

    assert before == (0, [owner])
    assert transferred == (0, {"distribution": new_owner, "before": owner})
    assert repeated == (0, {"distribution": new_owner, "before": new_owner})
    assert inspected["distribution"] == new_owner
    assert [(event["action"], event["actor"], event["reason"]) for event in inspected["history"]] == [
        ("claimed", "operator:seed", None),
        ("transferred", "operator:ann", "Sold."),
    ]
    assert told(registered, "distributions", "list", "--namespace", "platform") == (0, [])
    assert "Sold." in shown(registered, "distributions", "show", name)
    assert f"{name}  acme" in shown(registered, "distributions", "list", "--namespace", "acme")
    assert "acme" in shown(registered, *transfer)


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("show", "unknown"), 1, "distribution_not_found"),
        (("show", "a b"), 2, "invalid_distribution_name"),
        (("transfer", "a", "--to", "Acme"), 2, "invalid_provider_name"),
        (("transfer", "a", "--to", "acme", "--reason", " "), 2, "invalid_text"),
    ],
)
def test_a_distribution_that_cannot_be_shown_or_handed_over_is_refused(
    registered: Stack, arguments: tuple[str, ...], status: int, code: str
) -> None:
    refused = told(registered, "distributions", *arguments)

    assert (refused[0], refused[1]["code"]) == (status, code)


def everything_stored(stack: Stack) -> list[list[tuple[Any, ...]]]:
    return [fetch(stack.settings["DATABASE_URL"], f"SELECT * FROM {table}") for table in TABLES]
