"""``provider-registry yank`` and ``restore``: a pipeline takes its own release back, in both realms."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from entrypoints.development.clerk.fake_clerk import FakeClerk
from tests.e2e.conftest import Stack
from tests.e2e.test_command_line import run
from tests.support.ports import free_port

GCP = ("platform/gcp", "1.0.0")
ACME = ("acme/gcp", "1.0.0")


@pytest.fixture
def customers() -> Iterator[FakeClerk]:
    with FakeClerk() as realm:
        yield realm


@contextmanager
def a_registry(stack: Stack, **settings: str) -> Iterator[dict[str, str]]:
    with stack.server(**settings) as process:
        stack.wait_until_ready(process)
        yield {
            "REGISTRY_URL": stack.url,
            "REGISTRY_CLERK_API_URL": stack.clerk.url,
            "REGISTRY_MACHINE_SECRET_KEY": stack.release.secret,
            "NO_PROXY": "127.0.0.1",
        }


def as_json(*arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    ended = run(*arguments, "--json", **environment)
    return ended.returncode, json.loads(ended.stdout)


def test_a_release_is_yanked_and_restored_and_each_repeat_says_so(stack: Stack) -> None:
    with a_registry(stack) as given:
        stack.post(stack.upload())
        yanked = run("yank", "gcp", "1.0.0", "--reason", "Deletes buckets", **given)
        again = run("yank", *GCP, "--reason", "Another reason.", **given)
        latest = stack.get("/providers/platform/gcp/versions/latest").status_code
        restored = run("restore", *GCP, **given)
        twice = run("restore", *GCP, **given)
        history = stack.get("/providers/platform/gcp/versions/1.0.0/history").json()

    assert [ended.returncode for ended in (yanked, again, restored, twice)] == [0, 0, 0, 0], yanked.stderr
    assert yanked.stdout.startswith("✓ platform/gcp 1.0.0 is yanked: Deletes buckets. It left 'latest'")
    assert again.stdout == "✓ platform/gcp 1.0.0 was yanked already, and the first reason stays: Deletes buckets\n"
    assert restored.stdout == "✓ platform/gcp 1.0.0 is published again\n"
    assert twice.stdout == "✓ platform/gcp 1.0.0 was not yanked; nothing was written\n"
    assert (latest, [event["action"] for event in history]) == (404, ["published", "yanked", "restored"])


def test_a_customer_yanks_and_restores_its_own_and_nothing_else(stack: Stack, customers: FakeClerk) -> None:
    key = customers.create_api_key(customers.add_organization(slug="acme").id)
    other = customers.create_api_key(customers.add_organization(slug="globex").id)
    realm = {
        "REGISTRY_CUSTOMER_CLERK_ISSUER": customers.issuer,
        "REGISTRY_CUSTOMER_CLERK_API_URL": customers.url,
        "REGISTRY_CUSTOMER_CLERK_SECRET_KEY": customers.secret_key,
    }
    with a_registry(stack, **realm) as given:
        stack.post(stack.upload())
        customer = given | {"REGISTRY_TOKEN": key}
        wheel = stack.upload(name="acme/gcp", distribution="acme_gcp")["wheel_url"]
        project = stack.wheels.parent / "pyproject.toml"
        project.write_text(
            '[project]\nname = "acme-gcp"\nversion = "1.0.0"\n[tool.pragma]\nprovider = "acme/gcp"\n'
            'display_name = "GCP"\n'
        )
        registered = run("register", str(project.parent), "--wheel-url", wheel, **customer)
        foreign = as_json("yank", *ACME, "--reason", "No.", **given | {"REGISTRY_TOKEN": other})
        yanked = as_json("yank", *ACME, "--reason", "Loses keys.", **customer)
        repeated = as_json("yank", *ACME, "--reason", "Loses keys.", **customer)
        restored = as_json("restore", *ACME, **customer)
        platforms = as_json("yank", *GCP, "--reason", "No.", **customer)

    assert registered.returncode == 0, registered.stderr
    assert (foreign[0], foreign[1]["code"], foreign[1]["status"]) == (1, "namespace_forbidden", 403)
    assert (yanked[0], yanked[1]["outcome"], yanked[1]["version"]["yanked_reason"]) == (0, "yanked", "Loses keys.")
    assert (repeated[0], repeated[1]["outcome"]) == (0, "unchanged")
    assert (restored[0], restored[1]["outcome"], restored[1]["version"]["status"]) == (0, "restored", "published")
    assert (platforms[0], platforms[1]["code"]) == (1, "not_authenticated")
    assert key not in json.dumps([foreign, yanked, repeated, restored, platforms])


def test_what_is_wrong_here_ends_with_2_and_what_is_not_there_with_1(stack: Stack) -> None:
    with a_registry(stack) as given:
        stack.post(stack.upload())
        blank = as_json("yank", *GCP, "--reason", " ", **given)
        latest = as_json("yank", "platform/gcp", "latest", "--reason", "x", **given)
        misnamed = as_json("restore", "platform/G CP", "1.0.0", **given)
        absent = as_json("yank", "platform/gcp", "9.9.9", "--reason", "x", **given)
        tokenless = run("yank", *GCP, "--reason", "x", **given | {"REGISTRY_MACHINE_SECRET_KEY": ""})
    gone = as_json("yank", *GCP, "--reason", "x", **given | {"REGISTRY_URL": f"http://127.0.0.1:{free_port()}"})

    assert [(status, told["code"]) for status, told in (blank, latest, misnamed)] == [(2, "unusable")] * 3
    assert "--reason: " in blank[1]["detail"]
    assert "say which version" in latest[1]["detail"]
    assert (absent[0], absent[1]["code"]) == (1, "version_not_found")
    assert (tokenless.returncode, "REGISTRY_MACHINE_SECRET_KEY" in tokenless.stderr) == (2, True)
    assert (gone[0], gone[1]["code"]) == (4, "out_of_reach")
