"""Dependents ask before an upgrade whether their own resources still work."""

import asyncio
import json
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest
from httpx import Response

from adapters.memory.schema_comparison import InMemorySchemaComparison
from domain.compatibility.coverage import Coverage, CoverageQuestion
from entrypoints.bootstrap import MemoryAdapters
from tests.entrypoints.http.conftest import Service, serving
from tests.support.waiting import WAIT_SECONDS

MARKER = "s3cr3t-marker"
REFERENCE = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("provider", "resource", "name", "field")},
    "required": ["provider", "resource", "name", "field"],
    "additionalProperties": False,
}


def or_reference(schema: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"$ref": "#/$defs/FieldReference"}], **beside}


def schemas(
    config: dict[str, Any],
    outputs: dict[str, Any] | None = None,
    *,
    required: tuple[str, ...] = (),
    closed: bool = True,
) -> dict[str, Any]:
    bucket: dict[str, Any] = {
        "config_schema": {
            "$defs": {"FieldReference": REFERENCE},
            "type": "object",
            "properties": config,
            "required": list(required),
            "additionalProperties": not closed,
        }
    }
    if not closed:
        del bucket["config_schema"]["additionalProperties"]
    if outputs is not None:
        bucket["outputs_schema"] = {
            "type": "object",
            "properties": outputs,
            "required": list(outputs),
            "additionalProperties": False,
        }
    return {"bucket": bucket}


TEXT, NUMBER, NULLABLE = {"type": "string"}, {"type": "integer"}, {"anyOf": [{"type": "string"}, {"type": "null"}]}


async def check(service: Service, target: str = "latest", /, **body: Any) -> Response:
    return await service.client.post(f"/providers/platform/gcp/versions/{target}/check", json=body)


async def checked(service: Service, target: str = "latest", /, **body: Any) -> dict[str, Any]:
    response = await check(service, target, **body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def bucket(config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resource": "bucket", "name": "assets", "config": config, **more}


async def publish(service: Service, *versions: tuple[str, dict[str, Any] | None]) -> None:
    for number, announced in versions:
        accepted = {"accept_breaking": {"reason": "Meant for this test."}}
        await service.publish(number, schemas=announced, **accepted)


class HeldCoverage(InMemorySchemaComparison):
    """Answers once it is free."""

    def __init__(self) -> None:
        self.free = threading.Event()  # the service has an event loop of its own

    async def covers(self, questions: Sequence[CoverageQuestion]) -> Sequence[Coverage]:
        await asyncio.to_thread(self.free.wait, WAIT_SECONDS)
        return await super().covers(questions)


async def test_a_config_that_the_target_takes_is_valid_and_the_target_is_safe(service: Service) -> None:
    await publish(service, ("1.0.0", schemas({"tier": TEXT})), ("1.1.0", schemas({"tier": TEXT, "size": NUMBER})))

    answer = await checked(service, "1.1.0", **{"from": "1.0.0"}, resources=[bucket({"tier": "a"})])

    assert answer == {
        "canonical": "platform/gcp",
        "from_version": "1.0.0",
        "to_version": "1.1.0",
        "breaks": False,
        "resources": [
            {
                "resource": "bucket",
                "name": "assets",
                "verdict": "valid",
                "was_invalid": False,
                "breaks": False,
                "errors": [],
                "error_count": 0,
                "is_truncated": False,
                "notes": [],
                "outputs": [],
            }
        ],
        "newest_safe": "1.1.0",
        "versions_tried": 1,
        "is_search_complete": True,
    }


async def test_a_config_that_the_target_refuses_is_invalid_and_the_newest_safe_version_is_named(
    service: Service,
) -> None:
    await publish(
        service,
        ("1.0.0", schemas({"tier": TEXT})),
        ("1.1.0", schemas({"tier": TEXT, "size": NUMBER})),
        ("2.0.0", schemas({"size": NUMBER, "region": TEXT}, required=("region",))),
    )

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"tier": MARKER})])

    [resource] = answer["resources"]
    assert (answer["breaks"], resource["verdict"], resource["was_invalid"]) == (True, "invalid", False)
    assert sorted((error["path"], error["keyword"]) for error in resource["errors"]) == [
        ("", "additionalProperties"),
        ("", "required"),
    ]
    assert (answer["to_version"], answer["newest_safe"], answer["versions_tried"]) == ("2.0.0", "1.1.0", 2)


async def test_errors_that_were_there_before_are_not_repeated(service: Service) -> None:
    await publish(
        service,
        ("1.0.0", schemas({"tier": {**TEXT, "maxLength": 5}, "size": NUMBER})),
        ("2.0.0", schemas({"tier": {**TEXT, "maxLength": 3}, "size": TEXT})),
    )

    same = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"tier": "much too long"})])
    worse = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"tier": "much too long", "size": 1})])

    assert (same["breaks"], same["resources"][0]["verdict"], same["resources"][0]["was_invalid"]) == (
        False,
        "invalid",
        True,
    )
    assert same["resources"][0]["errors"] == []
    assert [error["path"] for error in worse["resources"][0]["errors"]] == ["size"]


def sizes(count: int) -> dict[str, int]:
    return {f"s{number:03}": number for number in range(count)}


async def test_a_new_error_is_not_lost_behind_those_that_were_there_before(service: Service) -> None:
    many = dict.fromkeys(sizes(60), TEXT)
    await publish(service, ("1.0.0", schemas({**many, "z": NUMBER})), ("2.0.0", schemas({**many, "z": TEXT})))

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({**sizes(60), "z": 1})])

    [resource] = answer["resources"]
    assert ([error["path"] for error in resource["errors"]], resource["error_count"]) == (["z"], 1)
    assert (answer["breaks"], answer["newest_safe"], resource["is_truncated"]) == (True, None, False)


async def test_of_many_new_errors_twenty_are_shown_and_all_are_counted(service: Service) -> None:
    await publish(service, ("1.0.0", schemas(dict.fromkeys(sizes(60), TEXT))))

    [resource] = (await checked(service, resources=[bucket(sizes(60))]))["resources"]

    assert (len(resource["errors"]), resource["error_count"]) == (20, 60)


async def test_with_more_errors_than_are_compared_nothing_is_safe(service: Service) -> None:
    many = schemas(dict.fromkeys(sizes(250), TEXT))
    await publish(service, ("1.0.0", many), ("1.1.0", many))

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket(sizes(250))])

    [resource] = answer["resources"]
    assert (resource["verdict"], resource["breaks"], resource["is_truncated"]) == ("invalid", False, True)
    assert answer["newest_safe"] is None


async def test_a_resource_type_that_is_gone_is_invalid(service: Service) -> None:
    await publish(service, ("1.0.0", schemas({"tier": TEXT})), ("2.0.0", {"disk": schemas({})["bucket"]}))

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"tier": "a"}, uses=["url"])])

    [resource] = answer["resources"]
    assert [error["keyword"] for error in resource["errors"]] == ["resource"]
    assert [output["state"] for output in resource["outputs"]] == ["gone"]
    assert answer["newest_safe"] is None


async def test_without_a_schema_nothing_is_known(service: Service) -> None:
    await publish(service, ("1.0.0", None))

    answer = await checked(service, resources=[bucket({"tier": "a"}, uses=["url"])])

    [resource] = answer["resources"]
    assert (resource["verdict"], resource["was_invalid"], answer["breaks"]) == ("unknown", None, False)
    assert (resource["outputs"][0]["state"], answer["newest_safe"]) == ("unknown", None)


async def test_what_is_not_refused_but_means_something_else_is_noted(service: Service) -> None:
    before = {"tier": TEXT, "size": {**NUMBER, "default": 1}, "region": TEXT, "old": TEXT, "same": {"default": None}}
    after = {
        "size": {**NUMBER, "default": 2},
        "region": or_reference(TEXT, immutable=True),
        "old": or_reference(TEXT, deprecated=True),
        "same": {},
    }
    await publish(service, ("1.0.0", schemas(before, closed=False)), ("2.0.0", schemas(after, closed=False)))

    answer = await checked(
        service, **{"from": "1.0.0"}, resources=[bucket({"tier": MARKER, "region": "eu", "old": "a"})]
    )

    [resource] = answer["resources"]
    assert (resource["verdict"], answer["breaks"]) == ("valid", False)
    assert {(note["kind"], note["path"]) for note in resource["notes"]} == {
        ("ignored", "tier"),
        ("default_changed", "size"),
        ("immutable", "region"),
        ("deprecated", "old"),
    }
    [changed] = [note for note in resource["notes"] if note["kind"] == "default_changed"]
    assert changed["message"] == "it is left out, and its default was 1 and is 2"


async def test_a_member_that_is_set_has_no_changed_default(service: Service) -> None:
    before, after = ({"size": {**NUMBER, "default": number}} for number in (1, 2))
    await publish(service, ("1.0.0", schemas(before)), ("2.0.0", schemas(after)))

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"size": 1})])

    assert answer["resources"][0]["notes"] == []


@pytest.mark.parametrize(
    ("before", "after", "state", "breaks"),
    [
        (TEXT, TEXT, "there", False),
        (TEXT, NULLABLE, "may_be_null", True),
        (NULLABLE, NULLABLE, "may_be_null", False),
        (NULLABLE, TEXT, "there", False),
        (TEXT, NUMBER, "type_changed", True),
        (NUMBER, {"type": "number"}, "type_changed", True),
        ({"type": "number"}, NUMBER, "there", False),
        (TEXT, None, "gone", True),
        (None, None, "gone", False),
        (None, TEXT, "there", False),
    ],
)
async def test_each_output_that_is_used_is_looked_at(
    service: Service, before: dict[str, Any] | None, after: dict[str, Any] | None, state: str, breaks: bool
) -> None:
    old, new = ({} if schema is None else {"url": schema} for schema in (before, after))
    await publish(service, ("1.0.0", schemas({}, old)), ("2.0.0", schemas({}, new)))

    answer = await checked(service, "2.0.0", **{"from": "1.0.0"}, resources=[bucket({}, uses=["outputs.url"])])

    [output] = answer["resources"][0]["outputs"]
    assert (output["field"], output["state"], output["breaks"], answer["breaks"]) == ("url", state, breaks, breaks)


async def test_an_output_that_may_be_missing_now_breaks(service: Service) -> None:
    new = schemas({}, {"url": TEXT})
    new["bucket"]["outputs_schema"]["required"] = []
    await publish(service, ("1.0.0", schemas({}, {"url": TEXT})), ("2.0.0", new))

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({}, uses=["url"])])

    assert [(each["state"], each["breaks"]) for each in answer["resources"][0]["outputs"]] == [("may_be_missing", True)]


@pytest.mark.parametrize("form", [lambda reference: reference, lambda reference: {"$ref": reference}])
@pytest.mark.parametrize("provider", ["gcp", "platform/gcp"])
async def test_a_reference_is_compared_with_the_field_that_it_feeds(service: Service, form: Any, provider: str) -> None:
    await publish(
        service,
        ("1.0.0", schemas({"source": or_reference(TEXT)}, {"url": TEXT})),
        ("2.0.0", schemas({"source": or_reference(NUMBER)}, {"url": TEXT})),
    )
    reference = form({"provider": provider, "resource": "bucket", "name": "other", "field": "outputs.url"})

    answer = await checked(service, **{"from": "1.0.0"}, resources=[bucket({"source": reference})])

    [resource] = answer["resources"]
    assert resource["verdict"] == "valid"  # the reference hides the change from validation
    assert resource["outputs"] == [
        {"resource": "bucket", "field": "url", "path": "source", "state": "there", "fits": "no", "breaks": True}
    ]
    assert answer["newest_safe"] is None


async def test_a_reference_to_another_provider_is_left_alone(service: Service) -> None:
    await publish(service, ("1.0.0", schemas({"source": or_reference(TEXT)})))
    reference = {"provider": "acme/gcp", "resource": "bucket", "name": "other", "field": "outputs.url"}

    answer = await checked(service, resources=[bucket({"source": reference})])

    assert answer["resources"][0]["outputs"] == []
    assert answer["newest_safe"] == "1.0.0"


async def test_at_most_twenty_versions_are_tried_and_the_answer_says_so(service: Service) -> None:
    await publish(service, ("1.0.0", schemas({"tier": TEXT})))
    await publish(service, *((f"2.0.{patch}", schemas({"size": NUMBER})) for patch in range(21)))

    answer = await checked(service, resources=[bucket({"tier": "a"})])

    assert (answer["newest_safe"], answer["versions_tried"], answer["is_search_complete"]) == (None, 20, False)


async def test_yanked_versions_and_pre_releases_are_not_recommended(service: Service) -> None:
    await publish(service, ("1.0.0", schemas({"tier": TEXT})), ("1.1.0", schemas({"tier": TEXT})))
    await service.publish("1.2.0rc1", version="1.2.0-rc.1", schemas=schemas({"tier": TEXT}))
    yanked = await service.client.put(
        "/console/providers/platform/gcp/versions/1.1.0/yank", json={"reason": "Broken."}, headers=service.authorised()
    )
    assert yanked.status_code == 200

    answer = await checked(service, "1.0.0", resources=[bucket({"tier": "a"})])

    assert answer["newest_safe"] == "1.0.0"


async def test_no_value_of_a_config_is_shown_or_logged(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    after = {
        "text": {"type": "string", "enum": ["a"], "pattern": "^a$", "maxLength": 1, "format": "uri"},
        "number": NUMBER,
        "list": {"type": "array", "items": NUMBER, "uniqueItems": True, "contains": {"const": 1}},
        "nested": or_reference({"type": "object", "properties": {"text": NUMBER}, "not": {"required": ["text"]}}),
        "names": {"type": "object", "propertyNames": {"maxLength": 1}},
    }
    await publish(service, ("1.0.0", schemas({})), ("2.0.0", schemas(after)))
    config = {
        "text": MARKER,
        "number": MARKER,
        "list": [MARKER, MARKER],
        "nested": {"text": MARKER},
        "names": {MARKER: MARKER},
    }

    texts = [
        (await check(service, resources=[bucket(config)])).text,
        (await check(service, resources=[{**bucket(config), "uses": 5}])).text,
        (await check(service, resources=[{**bucket({}), "config": MARKER}])).text,
        (await check(service, "9.9.9", resources=[bucket(config)])).text,
    ]

    assert json.loads(texts[0])["resources"][0]["errors"]
    assert MARKER not in "".join(texts)
    assert MARKER not in caplog.text
    assert MARKER not in "".join(capfd.readouterr())


async def test_a_seventeenth_check_at_once_is_503_and_the_others_are_answered() -> None:
    opinion = HeldCoverage()
    async with serving(adapters=MemoryAdapters(upgrade_coverage=opinion)) as service:
        await publish(service, ("1.0.0", schemas({"source": or_reference(TEXT)}, {"url": TEXT})))
        reference = {"provider": "gcp", "resource": "bucket", "name": "other", "field": "outputs.url"}
        body = {"resources": [bucket({"source": reference})]}
        with ThreadPoolExecutor(17) as threads:  # the client holds up its thread until it is answered
            asked = [threads.submit(asyncio.run, check(service, **body)) for _ in range(17)]
            first = next(as_completed(asked, timeout=WAIT_SECONDS)).result()
            opinion.free.set()
            statuses = [each.result().status_code for each in asked]

    assert (first.status_code, first.json()["code"]) == (503, "check_busy")
    assert first.headers["retry-after"]
    assert sorted(statuses) == [*[200] * 16, 503]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resources": []},
        {"resources": [{"resource": "bucket"}]},
        {"resources": [{"resource": "bucket", "config": []}]},
        {"from": "one", "resources": [bucket({})]},
        {"resources": [bucket({})] * 101},
    ],
)
async def test_a_body_that_asks_nothing_is_422(service: Service, body: dict[str, Any]) -> None:
    await publish(service, ("1.0.0", schemas({})))

    response = await check(service, **body)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_a_body_of_more_than_256_kib_is_413(service: Service) -> None:
    response = await check(service, resources=[bucket({"a": "a" * 256 * 1024})])

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(("target", "before"), [("9.9.9", None), ("1.0.0", "9.9.9"), ("one", None)])
async def test_versions_that_are_not_there_are_404(service: Service, target: str, before: str | None) -> None:
    await publish(service, ("1.0.0", schemas({})))

    response = await check(service, target, resources=[bucket({})], **({} if before is None else {"from": before}))

    assert (response.status_code, response.json()["code"]) == (404, "version_not_found")
