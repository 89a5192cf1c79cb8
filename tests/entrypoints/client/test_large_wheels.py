"""How a release tells that its wheel is large, and waits for a registration that is done later."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from entrypoints.client import accepted
from entrypoints.client.accepted import wait_for_version
from entrypoints.client.errors import OutOfReachError, RefusedError
from entrypoints.client.retrying_client import RetryingClient
from entrypoints.client.wheel_size import LARGE, is_large

WHEEL = "https://wheels.example.com/gcp%2Bx-1.0.0-py3-none-any.whl"
REGISTRY = "https://registry.example.com"
WHERE = "/registrations/9f1c1f0e-7a43-4d0e-9d52-3a1d2b7c8e90"
FAILED = {"status": "failed", "code": "wheel_digest_mismatch", "detail": "the bytes differ"}


def a_client(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("status", "length", "large"),
    [(200, LARGE + 1, True), (200, LARGE, False), (401, LARGE + 1, False), (200, "many", False), (200, "9" * 90, True)],
)
def test_a_host_tells_how_large_a_wheel_is(tmp_path: Path, status: int, length: object, *, large: bool) -> None:
    with a_client(lambda _: httpx.Response(status, headers={"Content-Length": str(length)})) as http:
        assert is_large(http, WHEEL, tmp_path) is large


@pytest.mark.parametrize(("size", "large"), [(LARGE + 1, True), (LARGE, False)])
def test_the_file_that_was_uploaded_tells_it_without_a_request(tmp_path: Path, size: int, *, large: bool) -> None:
    (tmp_path / "dist").mkdir()
    with (tmp_path / "dist" / "gcp+x-1.0.0-py3-none-any.whl").open("wb") as file:
        file.truncate(size)
    with a_client(lambda _: pytest.fail("nothing is asked")) as http:
        assert is_large(http, WHEEL, tmp_path) is large


def test_a_host_that_does_not_answer_tells_nothing(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with a_client(refuse) as http:
        assert not is_large(http, WHEEL, tmp_path)


def waited(*answers: tuple[int, dict[str, Any]], location: str = WHERE) -> tuple[Any, list[str]]:
    """Wait for a registration that is answered so, and return the version with what was asked."""
    asked, left = [], list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        status, body = left.pop(0)
        return httpx.Response(status, json=body, headers={"Location": str(body.get("at", ""))})

    with a_client(answer) as http:
        client = RetryingClient(http, lambda _: None)
        first = httpx.Response(202, headers={"Location": location, "X-Request-ID": "req-1"})
        return wait_for_version(client, REGISTRY, first, lambda _: None), asked


def test_it_looks_again_until_the_version_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepted, "_PAUSE", 0)
    version, asked = waited((200, {"status": "building"}), (303, {"at": "/providers/a/b/versions/1"}), (200, {"v": 1}))
    assert version == {"v": 1}
    assert asked == [WHERE, WHERE, "/providers/a/b/versions/1"]


def test_a_failure_is_a_refusal_with_its_code() -> None:
    with pytest.raises(RefusedError) as refused:
        waited((200, FAILED))
    error = refused.value
    assert (error.code, error.detail, error.status) == ("wheel_digest_mismatch", "the bytes differ", 422)
    assert error.request_id == "req-1"


def test_a_conflict_has_the_status_that_it_has_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        waited((200, {**FAILED, "code": "distribution_conflict"}))
    assert refused.value.status == 409


def test_a_registry_that_gave_up_may_be_asked_again() -> None:
    with pytest.raises(OutOfReachError, match="gave up"):
        waited((200, {**FAILED, "code": "build_abandoned", "detail": "the registry gave up"}))


@pytest.mark.parametrize("location", ["", "https://elsewhere.example.com/x", "/registrations/../x", "//x"])
def test_it_looks_nowhere_else_than_at_the_registry(location: str) -> None:
    with pytest.raises(RefusedError):
        waited((200, FAILED), location=location)


@pytest.mark.parametrize("answer", [(404, {"detail": "no registration has this id"}), (303, {"at": "//elsewhere"})])
def test_an_answer_that_is_none_ends_the_wait(answer: tuple[int, dict[str, Any]]) -> None:
    with pytest.raises(RefusedError):
        waited(answer)
