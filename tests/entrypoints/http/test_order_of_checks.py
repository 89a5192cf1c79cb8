"""What is wrong first is said first: the order of checks that the contract promises."""

import json
from typing import Any

from httpx import Response

from application.errors import WheelHostFailedError
from domain.registrants import ConsoleMachine
from domain.wheel.url import WheelUrl
from tests.entrypoints.http.conftest import METADATA, Service

VERSION_OF_ANOTHER_WHEEL = "9.9.9"


async def test_whoever_mends_one_thing_at_a_time_meets_the_refusals_in_the_order_of_the_contract(
    service: Service,
) -> None:
    published = service.upload()
    await service.post(published)
    stranger = service.adapters.verifier.issue(ConsoleMachine("mch_stranger"))
    plain, as_json = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}
    other: dict[str, Any] = {**published, "version": VERSION_OF_ANOTHER_WHEEL, "metadata": None}
    attempts = [
        (b"{", {"Authorization": "Bearer forged", **plain}),
        (b"{", {"Authorization": f"Bearer {stranger}", **plain}),
        (b"{", plain),
        (b"{", as_json),
        (_json({**other, "name": "acme/gcp", "changelog": 7}), as_json),
        (_json({**other, "name": "acme/gcp"}), as_json),
        (_json({**published, "changelog": "other", "metadata": None}), as_json),
        (_json({**other, "name": "platform/new"}), as_json),
        (_json({**other, "name": "platform/new", "metadata": METADATA}), as_json),
        (_json({**published, "name": "platform/new"}), as_json),
    ]

    answers = [await service.post_raw(content, **headers) for content, headers in attempts]

    assert [_outcome(answer) for answer in answers] == [
        (401, "not_authenticated"),
        (403, "machine_not_allowed"),
        (415, "unsupported_media_type"),
        (400, "malformed_body"),
        (422, "invalid_request"),
        (403, "namespace_forbidden"),
        (409, "version_conflict"),
        (422, "metadata_required"),
        (422, "wheel_version_mismatch"),
        (201, None),
    ]


async def test_what_is_stored_is_looked_at_before_the_wheel(service: Service) -> None:
    body = service.upload()
    await service.post(body)
    service.adapters.fetcher.fail_with(WheelUrl.parse(body["wheel_url"]), WheelHostFailedError("the host is down"))

    again = await service.post({**body, "metadata": None})
    other = await service.post({**body, "changelog": "other"})

    assert (again.status_code, other.status_code) == (200, 409)


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


def _outcome(answer: Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")
