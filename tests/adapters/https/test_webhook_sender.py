"""Messages on the wire, and receivers that misbehave."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from adapters.https.address_policy import AddressPolicy
from adapters.https.webhook_sender import HttpsWebhookSender
from domain.webhooks.delivery import Answer, Reply
from domain.webhooks.receivers import ReceiverUrl
from domain.webhooks.signing import Message, signed
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import (
    HttpsHost,
    endless,
    hang,
    https_host,
    raw,
    redirect,
    reset,
    status,
)
from tests.support.https_host import (
    Reply as HostReply,
)
from tests.support.webhooks import fields_of, verified

PATH = "/hooks?team=a%20b"
OLD, NEW = (f"whsec_{letter * 32}" for letter in "AB")
SECRETS = [NEW, OLD]
BODY = '{"id":"e-1","text":"ü"}'.encode() + b" " * 60_000
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class World:
    host: HttpsHost
    sender: HttpsWebhookSender

    async def send(self, url: str | None = None, message: Message | None = None) -> Answer:
        return await self.sender.send(ReceiverUrl.parse(url or self.host.url(PATH)), message or a_message())


def a_message() -> Message:
    return signed(BODY, message_id="e-1", secrets=SECRETS, at=datetime.now(UTC))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        addresses = AddressPolicy.parse(networks=["127.0.0.1/32"], ports=[host.port])
        yield World(host, HttpsWebhookSender(addresses=addresses, tls=authority.client_context(), seconds=1.0))


@pytest.mark.parametrize("secret", SECRETS)
async def test_the_specifications_library_verifies_a_message_with_either_secret(world: World, secret: str) -> None:
    world.host.script(PATH, status(204))
    message = a_message()
    assert await world.send(message=message) == Answer(Reply.ACCEPTED, "204")
    [request] = world.host.requests
    assert request.head.startswith(f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{world.host.port}\r\n".encode())
    assert request.body == BODY
    assert verified(request, secret)["text"] == "ü"
    assert {name: value for name, value in fields_of(request).items() if name.islower()} == {
        "webhook-id": "e-1",
        "webhook-timestamp": str(message.seconds),
        "webhook-signature": message.signatures,
    }
    assert (request.fields["content-type"], request.fields["connection"]) == ("application/cloudevents+json", "close")


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (status(200, body=b"thanks"), Answer(Reply.ACCEPTED, "200")),
        (status(299), Answer(Reply.ACCEPTED, "299")),
        (status(304), Answer(Reply.FAILED, "304")),
        (status(400), Answer(Reply.FAILED, "400")),
        (status(410), Answer(Reply.GONE, "410")),
        (status(429, "Retry-After: 120"), Answer(Reply.FAILED, "429", timedelta(minutes=2))),
        (status(502), Answer(Reply.FAILED, "502")),
        (status(503, "Retry-After: soon"), Answer(Reply.FAILED, "503")),
        (status(504, f"Retry-After: {'9' * 400}"), Answer(Reply.FAILED, "504", timedelta(seconds=999_999_999))),
        (
            status(503, "Date: Mon, 30 Nov 2026 10:00:00 GMT", "Retry-After: Mon, 30 Nov 2026 10:01:00 GMT"),
            Answer(Reply.FAILED, "503", timedelta(minutes=1)),
        ),
    ],
)
async def test_an_answer_means_what_the_specification_says(world: World, reply: HostReply, answer: Answer) -> None:
    world.host.script(PATH, reply)
    assert await world.send() == answer


@pytest.mark.hostile
@pytest.mark.parametrize("location", ["https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "{self}"])
async def test_a_redirect_is_not_followed(world: World, location: str) -> None:
    world.host.script(PATH, redirect(location.replace("{self}", world.host.url("/elsewhere")), 307))
    assert await world.send() == Answer(Reply.FAILED, "307")
    assert [request.target for request in world.host.requests] == [PATH]


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (endless(HEAD, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"), Answer(Reply.ACCEPTED, "200")),
        (
            endless(b"HTTP/1.1 200 OK\r\n", b"X-Pad: " + b"x" * 1000 + b"\r\n"),
            Answer(Reply.FAILED, "answer_unreadable"),
        ),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.02), Answer(Reply.FAILED, "timeout")),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Answer(Reply.FAILED, "answer_unreadable")),
        (raw(HEAD, hold=True), Answer(Reply.ACCEPTED, "200")),
        (raw(b"220 mail.example.com ESMTP\r\n"), Answer(Reply.FAILED, "answer_unreadable")),
        (raw(b"HTTP/1.1 200 OK\r\n"), Answer(Reply.FAILED, "answer_unreadable")),
        (hang, Answer(Reply.FAILED, "timeout")),
        (reset, Answer(Reply.FAILED, "connection_broken")),
    ],
    ids=["body", "head", "drip", "interim", "silence", "protocol", "truncated", "hang", "reset"],
)
async def test_whatever_a_receiver_does_an_attempt_ends(world: World, reply: HostReply, answer: Answer) -> None:
    world.host.script(PATH, reply)
    assert await world.send() == answer


@pytest.mark.hostile
@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.0.0.2:{port}/",
        "https://[::1]:{port}/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:a9fe:a9fe]/",
        "https://localhost/",
    ],
)
async def test_addresses_that_the_policy_forbids_are_not_connected_to(world: World, url: str) -> None:
    try:
        target = ReceiverUrl.parse(url.replace("{port}", str(world.host.port)))
    except ValueError:
        return
    assert await world.sender.send(target, a_message()) in {
        Answer(Reply.FAILED, "address_forbidden"),
        Answer(Reply.FAILED, "unreachable"),
    }
    assert world.host.connections == 0


async def test_a_certificate_of_another_authority_is_refused(world: World) -> None:
    async with https_host(CertificateAuthority().server_context("127.0.0.1")) as other:
        addresses = AddressPolicy.parse(networks=["127.0.0.1/32"], ports=[other.port])
        sender = HttpsWebhookSender(addresses=addresses, tls=CertificateAuthority().client_context())
        assert await sender.send(ReceiverUrl.parse(other.url("/")), a_message()) == Answer(Reply.FAILED, "tls_failed")


async def test_nothing_listens(world: World) -> None:
    port = world.host.port
    world.host.script(PATH, status(200))
    sender = HttpsWebhookSender(addresses=AddressPolicy.parse(networks=["127.0.0.1/32"], ports=[port, 1]))
    assert await sender.send(ReceiverUrl.parse("https://127.0.0.1:1/"), a_message()) == Answer(
        Reply.FAILED, "unreachable"
    )
