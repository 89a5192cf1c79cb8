"""Lines logged on behalf of a request."""

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.builders import MACHINE_ID
from tests.entrypoints.http.conftest import Service


async def test_every_line_of_a_registration_carries_the_request_and_who_does_what(service: Service) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post(service.upload(), **{"X-Request-ID": "deploy-7"})

    (line,) = [line for line in logged if line["event"] == "request_answered"]
    assert {each.get("request_id") for each in logged} == {"deploy-7"}
    assert (line["machine_id"], line["provider"], line["version"]) == (MACHINE_ID, "platform/gcp", "1.0.0")
    assert (line["method"], line["status"]) == ("POST", 201)


async def test_a_refusal_is_logged_with_its_code_and_request(service: Service) -> None:
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.post(service.upload(sha256="0" * 64), **{"X-Request-ID": "deploy-8"})

    (line,) = [line for line in logged if line["event"] == "request_refused"]
    assert (line["request_id"], line["code"], line["status"]) == ("deploy-8", "wheel_digest_mismatch", 422)


async def test_a_defect_is_logged_with_its_request(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(service.adapters.store, "list_versions", broken)
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.client.get("/providers/platform/gcp/versions", headers={"X-Request-ID": "read-9"})

    (line,) = [line for line in logged if line["event"] == "request_failed"]
    assert (line["request_id"], line["log_level"]) == ("read-9", "error")


async def test_what_one_request_learned_is_not_said_of_the_next(service: Service) -> None:
    await service.post(service.upload())
    with capture_logs(processors=[merge_contextvars]) as logged:
        await service.client.get("/health")

    assert [line for line in logged if "machine_id" in line or "provider" in line] == []
