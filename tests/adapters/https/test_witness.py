"""Witnesses over TLS: one that verifies what it cosigns, and hosts that misbehave."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.https.witness import HttpsWitness
from domain.log.checkpoints import Checkpoint
from domain.log.notes import Note, VerifierKey
from domain.log.witnesses import MAX_REPLY, Accepted, Declined, OtherSize, WitnessReply, cosignature_of
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, Reply, endless, hang, https_host, redirect, reset, status
from tests.support.log_vectors import log_vectors, verify
from tests.support.witness import WITNESS, a_served_witness, a_witness

LOG = VerifierKey.parse(log_vectors()["keys"]["log"]["vkey"])
OTHER_LOG = VerifierKey.parse(log_vectors()["keys"]["log_next"]["vkey"])
SMALL, LARGE = (Note.parse(log_vectors()["checkpoints"][name].encode()) for name in ("size_3", "size_5"))
BODY = log_vectors()["add_checkpoint"]["old_0"].encode()
PATH = "/w/add-checkpoint"
ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"


@dataclass
class World:
    host: HttpsHost
    witness: HttpsWitness

    async def ask(self) -> WitnessReply:
        return await self.witness.add_checkpoint(0, [], SMALL)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        yield World(host, HttpsWitness(WITNESS, host.url("/w"), authority.client_context(), seconds=1.0))


async def test_a_witness_is_posted_the_checkpoint(world: World) -> None:
    world.host.script(PATH, status(200, body=b"signatures"))

    assert await world.ask() == Accepted(b"signatures")
    [request] = world.host.requests
    assert (request.head.split(b" ")[0], request.target, request.body) == (b"POST", PATH, BODY)


async def test_a_witness_that_verifies_cosigns_what_only_grew() -> None:
    authority, remembers = CertificateAuthority(), a_witness()
    with a_served_witness(remembers, LOG, authority.server_context("127.0.0.1")) as url:
        witness = HttpsWitness(WITNESS, url, authority.client_context())
        first = await witness.add_checkpoint(0, [], SMALL)
        told = await witness.add_checkpoint(0, [], LARGE)
        unproven = await witness.add_checkpoint(3, [], LARGE)

    assert isinstance(first, Accepted)
    assert cosignature_of(WITNESS, SMALL.text, first.signatures, verify) == first.signatures
    assert told == OtherSize(3)
    assert unproven == Declined("the log does not begin with what it has")
    assert remembers.checkpoint == Checkpoint.parse(SMALL.text)


async def test_a_witness_that_does_not_know_the_logs_key_declines() -> None:
    authority = CertificateAuthority()
    with a_served_witness(a_witness(), OTHER_LOG, authority.server_context("127.0.0.1")) as url:
        asked = HttpsWitness(WITNESS, url, authority.client_context())
        assert await asked.add_checkpoint(0, [], SMALL) == Declined("it does not know the log's key")


@pytest.mark.hostile
async def test_a_certificate_that_is_not_trusted_is_no_witness() -> None:
    with a_served_witness(a_witness(), LOG, CertificateAuthority().server_context("127.0.0.1")) as url:
        asked = HttpsWitness(WITNESS, url, CertificateAuthority().client_context())
        assert await asked.add_checkpoint(0, [], SMALL) == Declined("it is unreachable (ConnectError)")


@pytest.mark.faults
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (status(409, body=b"7\n"), OtherSize(7)),
        (status(409, body=b"seven"), Declined("its answer is not a size")),
        (status(404), Declined("it does not know the log's origin")),
        (status(422), Declined("the log does not begin with what it has")),
        (status(500), Declined("it answered with 500")),
        (redirect("/elsewhere"), Declined("it answered with 302")),
        (status(200, body=b"x" * (MAX_REPLY + 1)), Declined("its answer is too long")),
        (endless(*ENDLESS), Declined("its answer is too long")),
        (hang, Declined("it did not answer within 1 seconds")),
        (reset, Declined("it is unreachable (ReadError)")),
    ],
    ids=["size", "no-size", "origin", "proof", "broken", "redirect", "long", "endless", "slow", "reset"],
)
async def test_whatever_a_witness_answers_is_a_reply(world: World, reply: Reply, expected: WitnessReply) -> None:
    world.host.script(PATH, reply)

    assert await world.ask() == expected
    assert [request.target for request in world.host.requests] == [PATH]
