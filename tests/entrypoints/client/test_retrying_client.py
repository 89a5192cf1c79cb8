"""Asking again where that is of use, and not for ever."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import stamina

from entrypoints.client.credentials import mint_token
from entrypoints.client.errors import OutOfReachError, RefusedError
from entrypoints.client.registry_api import RegistrationResult, register
from entrypoints.client.retrying_client import ATTEMPTS, RetryingClient, new_http_client
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, https_host, redirect, reset, status

T = TypeVar("T")
ROUTE = "/console/provider-versions"
ANNOUNCED = {"name": "platform/gcp", "version": "1.0.0"}
REGISTERED = {"canonical": "platform/gcp", "version": "1.0.0", "status": "published"}


@dataclass
class Asking:
    """A host, and what asking it comes to: the answer, the pauses and the notes."""

    host: HttpsHost
    ca_bundle: Path
    notes: list[str] = field(default_factory=list)
    read_timeouts: list[float] = field(default_factory=list)

    @property
    def pauses(self) -> list[float]:
        found = [re.search(r" in ([0-9.]+) s$", note) for note in self.notes]
        return [float(match[1]) for match in found if match is not None]

    async def post(self) -> httpx.Response:
        return await self.ask(
            lambda client: client.post("the registry", self.host.url("/"), bearer="mt_secret", body=b"{}")
        )

    async def register(self, *, dry_run: bool = False) -> RegistrationResult:
        return await self.ask(lambda client: register(client, self.host.url(""), "mt_x", ANNOUNCED, dry_run=dry_run))

    async def ask(self, what: Callable[[RetryingClient], T]) -> T:
        def ask() -> T:
            with new_http_client(self.ca_bundle) as http:
                http.event_hooks = {
                    "request": [lambda sent: self.read_timeouts.append(sent.extensions["timeout"]["read"])]
                }
                return what(RetryingClient(http, self.notes.append))

        return await asyncio.to_thread(ask)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        yield Asking(host, authority.write_to(tmp_path / "ca.pem"))


@pytest.mark.parametrize("code", [429, 502, 503, 504])
async def test_a_passing_answer_is_asked_again_when_it_says(asking: Asking, code: int) -> None:
    asking.host.script("/", status(code, "Retry-After: 7"), status(201))

    answer = await asking.post()

    assert (answer.status_code, asking.pauses) == (201, [7])
    assert f"the registry answered {code}" in asking.notes[0]
    assert "mt_secret" not in asking.notes[0]


async def test_without_a_word_the_pauses_grow_and_there_is_an_end(asking: Asking) -> None:
    asking.host.script("/", status(503))

    with pytest.raises(OutOfReachError, match="answered 503"):
        await asking.post()

    assert len(asking.host.requests) == ATTEMPTS
    assert asking.pauses == [0.5, 1, 2, 4, 8]


@pytest.mark.parametrize(("said", "pause"), [("86400", 60), ("9" * 400, 60), ("-1", 0.5), ("soon", 0.5), ("0", 0)])
async def test_what_a_host_says_of_its_return_is_taken_with_care(asking: Asking, said: str, pause: float) -> None:
    asking.host.script("/", status(503, f"Retry-After: {said}"), status(200))

    await asking.post()

    assert asking.pauses == [pause]


async def test_a_broken_connection_is_asked_again(asking: Asking) -> None:
    asking.host.script("/", reset, reset, status(200))

    assert (await asking.post()).status_code == 200
    assert asking.pauses == [0.5, 1]


@pytest.mark.parametrize("code", [400, 401, 403, 409, 422, 500])
async def test_a_final_answer_is_not_asked_again(asking: Asking, code: int) -> None:
    asking.host.script("/", status(code))

    assert (await asking.post()).status_code == code
    assert len(asking.host.requests) == 1


async def test_a_redirect_is_never_followed_with_a_token(asking: Asking) -> None:
    asking.host.script("/v1/m2m_tokens", redirect("/elsewhere", 307))

    with pytest.raises(RefusedError, match="307") as caught:
        await asking.ask(lambda client: mint_token(client, asking.host.url("/"), "ak_secret"))

    assert len(asking.host.requests) == 1
    assert "ak_secret" not in caught.value.detail


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "\u00e9", "\u0000", None, 1])
async def test_a_token_that_no_header_can_carry_is_not_taken(asking: Asking, token: object) -> None:
    asking.host.script("/v1/m2m_tokens", status(201, body=json.dumps({"token": token}).encode()))

    with pytest.raises(RefusedError, match="minted no token"):
        await asking.ask(lambda client: mint_token(client, asking.host.url("/"), "ak_secret"))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b'{"detail": null, "errors": 1}', b"\xff", b'{"detail": "\xff"}', b"[" * 100_000),
        *(b'{"errors": [1, {"loc": 5}]}', b'{"a": ' * 100_000, b'{"detail": "\\ud800"}'),
    ],
)
async def test_an_answer_that_is_no_registrys_is_reported_as_one(asking: Asking, body: bytes) -> None:
    asking.host.script(ROUTE, status(418, body=body))

    with pytest.raises(RefusedError, match="418") as caught:
        await asking.register()

    assert (caught.value.code, list(caught.value.errors)) == ("unexpected_answer", [])


@pytest.mark.parametrize(("code", "outcome"), [(201, "created"), (200, "unchanged")])
async def test_a_success_is_one_that_shows_the_announced_version(asking: Asking, code: int, outcome: str) -> None:
    asking.host.script(ROUTE, status(code, body=json.dumps(REGISTERED).encode()))

    assert await asking.register() == RegistrationResult(outcome=outcome, version=REGISTERED)  # type: ignore[arg-type] # one of its values


@pytest.mark.parametrize(
    "told",
    [{}, {"status": "ok"}, {**REGISTERED, "version": "2.0.0"}, {**REGISTERED, "canonical": "platform/other"}, []],
)
async def test_a_200_from_somebody_else_is_no_success(asking: Asking, told: Any) -> None:
    asking.host.script(ROUTE, status(200, body=json.dumps(told).encode()))
    asking.host.script(f"{ROUTE}?dry_run=true", status(200, body=json.dumps(told).encode()))

    for dry_run in (False, True):
        with pytest.raises(RefusedError) as caught:
            await asking.register(dry_run=dry_run)
        assert caught.value.code == "unexpected_answer"


@pytest.mark.parametrize(
    "told", [{"outcome": "created", "version": {**REGISTERED, "version": "2.0.0"}}, {"outcome": "?"}]
)
async def test_a_dry_run_that_tells_of_something_else_is_no_success(asking: Asking, told: Any) -> None:
    asking.host.script(f"{ROUTE}?dry_run=true", status(200, body=json.dumps(told).encode()))

    with pytest.raises(RefusedError, match="not as a registry would"):
        await asking.register(dry_run=True)


async def test_why_the_registry_asks_for_patience_is_reported(asking: Asking) -> None:
    problem = {"code": "wheel_host_failed", "detail": "the wheel's host wheels.example.com answered 500"}
    asking.host.script("/", status(502, body=json.dumps(problem).encode()))

    with pytest.raises(OutOfReachError, match=r"wheels\.example\.com answered 500"):
        await asking.post()

    assert problem["detail"] in asking.notes[0]


async def test_an_answer_that_cannot_be_unpacked_is_asked_again(asking: Asking) -> None:
    asking.host.script("/", status(200, "Content-Encoding: gzip", body=b"plain"), status(200))

    assert (await asking.post()).status_code == 200
    assert len(asking.host.requests) == 2


async def test_only_a_registration_may_take_minutes(asking: Asking) -> None:
    asking.host.script(ROUTE, status(201, body=json.dumps(REGISTERED).encode()))
    asking.host.script("/v1/m2m_tokens", status(201, body=b'{"token": "mt_x"}'))

    await asking.ask(lambda client: mint_token(client, asking.host.url(""), "ak_x"))
    await asking.register()

    assert asking.read_timeouts == [30, 300]
