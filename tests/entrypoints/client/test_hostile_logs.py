"""A host that serves a log as it pleases, and what a client that verifies it makes of that."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
import stamina

from adapters import ed25519
from domain.log.checkpoints import Checkpoint
from domain.log.entries import EventType
from domain.log.merkle import leaf_hash
from domain.log.notes import SigningKey
from domain.log.proof_file import ProofFile
from domain.log.tiles import RightEdge, write_bundle
from domain.names import ProviderName
from domain.semver import SemVer
from entrypoints.client.errors import ClientError, OutOfReachError
from entrypoints.client.log_audit import LogAudit, Publication
from entrypoints.client.retrying_client import ATTEMPTS, RetryingClient, new_http_client
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, Reply, endless, file, https_host, raw, status
from tests.support.waiting import wait_until

pytestmark = pytest.mark.hostile

T = TypeVar("T")
KEY = SigningKey.of("registry.example.com/log", bytes(range(32)), ed25519.public_key)
LARGE = b"x" * 65_536
OK = b"HTTP/1.1 200 OK\r\n\r\n"
LEAVES = [b"entry %d" % number for number in range(300)]
WANTED = Publication(name=ProviderName("platform", "gcp"), version=SemVer.parse("1.0.0"))


@dataclass
class Log:
    """A host with a log, and a client that verifies it."""

    host: HttpsHost
    ca_bundle: Path

    async def audit(self, work: Callable[[LogAudit], T]) -> T:
        def run() -> T:
            with new_http_client(self.ca_bundle) as http:
                client = RetryingClient(http, lambda _: None)
                return work(LogAudit(client, self.host.url(""), [KEY.verifier], ed25519.verify))

        return await asyncio.to_thread(run)

    async def refused(self, work: Callable[[LogAudit], object]) -> str:
        with pytest.raises(ClientError) as error:
            await self.audit(work)
        return error.value.code

    def serve(self, *replies: tuple[str, Reply]) -> None:
        for path, reply in replies:
            self.host.script(path, reply)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    authority = CertificateAuthority()
    with stamina.set_testing(True, attempts=ATTEMPTS):
        async with https_host(authority.server_context("127.0.0.1")) as host:
            yield Log(host, authority.write_to(tmp_path / "ca.pem"))


def _checkpoint(leaves: Sequence[bytes]) -> Checkpoint:
    edge = RightEdge()
    edge.append([leaf_hash(leaf) for leaf in leaves])
    return Checkpoint(KEY.name, edge.size, edge.root)


def _signed(leaves: Sequence[bytes]) -> bytes:
    return str(_checkpoint(leaves).signed([KEY], ed25519.sign)).encode()


def _published(**members: object) -> bytes:
    return json.dumps({"type": EventType.VERSION_PUBLISHED, **members}).encode()


def _find_version(audit: LogAudit) -> object:
    return audit.verify_publication(WANTED, _checkpoint(LEAVES))


def _compare(audit: LogAudit) -> None:
    audit.verify_growth(_checkpoint(LEAVES[:299]), _checkpoint(LEAVES))


def _read_all(audit: LogAudit) -> object:
    return audit.verify_entries(_checkpoint(LEAVES))


async def test_a_log_of_one_tile_and_more_is_verified(log: Log) -> None:
    edge = RightEdge()
    tiles = edge.append([leaf_hash(leaf) for leaf in LEAVES])
    log.serve(
        ("/log/checkpoint", file(_signed(LEAVES))),
        ("/log/tile/entries/000", file(write_bundle(LEAVES[:256]))),
        ("/log/tile/entries/001.p/44", file(write_bundle(LEAVES[256:]))),
        *((f"/log/tile/{name.path}", file(hashes)) for name, hashes in tiles.items()),
    )

    assert (await log.audit(LogAudit.read_checkpoint))[1] == _checkpoint(LEAVES)
    await log.audit(_compare)
    assert await log.audit(_read_all) == 300


@pytest.mark.parametrize(
    ("path", "work"),
    [
        ("/log/checkpoint", LogAudit.read_checkpoint),
        ("/providers/platform/gcp/versions/1.0.0/proof", _find_version),
        ("/log/tile/0/001.p/44", _compare),
        ("/log/tile/entries/000", _read_all),
    ],
)
async def test_a_response_without_end_is_read_up_to_what_its_format_allows(
    log: Log, path: str, work: Callable[[LogAudit], object]
) -> None:
    log.serve(("/log/tile/1/000.p/1", file(bytes(32))), (path, endless(OK, LARGE)))

    assert await log.refused(work) == "response_too_large"

    [asked] = [request for request in log.host.requests if request.target == path]
    await asyncio.to_thread(wait_until, asked.is_abandoned)


async def test_the_longest_bundle_that_there_can_be_is_read(log: Log) -> None:
    longest = [bytes(65_535), bytes(65_535)]
    log.serve(("/log/tile/entries/000.p/2", file(write_bundle(longest))))

    assert await log.audit(lambda audit: audit.verify_entries(_checkpoint(longest))) == 2


@pytest.mark.parametrize("hashes", [b"", bytes(31), bytes(43 * 32), bytes(44 * 32)])
async def test_a_tile_of_other_hashes_or_of_another_length_shows_no_growth(log: Log, hashes: bytes) -> None:
    edge = RightEdge()
    tiles = edge.append([leaf_hash(leaf) for leaf in LEAVES])
    log.serve(*((f"/log/tile/{name.path}", file(right)) for name, right in tiles.items()))
    log.serve(("/log/tile/0/001.p/44", file(hashes)))

    assert await log.refused(_compare) == "log_forked"


@pytest.mark.parametrize(
    "bundle",
    [
        b"",
        write_bundle(LEAVES[:255]),
        write_bundle(LEAVES[:257]),
        write_bundle([b""] * 100_000),
        write_bundle(LEAVES[:256])[:-1],
        write_bundle([*LEAVES[:255], b"another"]),
    ],
)
async def test_a_bundle_of_other_entries_is_not_what_was_signed(log: Log, bundle: bytes) -> None:
    log.serve(
        ("/log/tile/entries/000", file(bundle)),
        ("/log/tile/entries/001.p/44", file(write_bundle(LEAVES[256:]))),
    )

    assert await log.refused(_read_all) == "log_entries_changed"


async def test_a_response_that_ends_before_its_length_is_asked_for_again(log: Log) -> None:
    log.serve(("/log/checkpoint", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")))

    with pytest.raises(OutOfReachError):
        await log.audit(LogAudit.read_checkpoint)

    assert len(log.host.requests) == ATTEMPTS


async def test_what_was_compressed_unasked_is_not_unpacked(log: Log) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    log.serve(("/log/checkpoint", status(200, "Content-Encoding: gzip", body=bomb)))

    assert await log.refused(LogAudit.read_checkpoint) == "log_checkpoint_invalid"


async def test_a_refusal_without_end_is_one(log: Log) -> None:
    log.serve(("/log/checkpoint", endless(b"HTTP/1.1 500 Oops\r\n\r\n", LARGE)))

    assert await log.refused(LogAudit.read_checkpoint) == "unexpected_answer"


@pytest.mark.parametrize(
    "checkpoint",
    [
        b"",
        b"\n\n",
        b"x" * 60_000,
        _signed(LEAVES).replace(b"300", b"301"),
        _signed(LEAVES).replace(b"registry.example.com/log\n300", b"other.example.com/log\n300"),
        str(_checkpoint([]).signed([KEY], ed25519.sign)).encode(),
    ],
)
async def test_what_the_key_did_not_sign_is_no_checkpoint(log: Log, checkpoint: bytes) -> None:
    log.serve(("/log/checkpoint", file(checkpoint)))

    assert await log.refused(LogAudit.read_checkpoint) == "log_checkpoint_invalid"


def _proof(leaves: Sequence[bytes], leaf: bytes, index: int) -> bytes:
    hashes = tuple(leaf_hash(each) for number, each in enumerate(leaves) if number != index)
    return bytes(ProofFile(index=index, hashes=hashes, checkpoint=_signed(leaves), extra=leaf))


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 60_000,
        b'{"type": ["org.provider-registry.version.published.v1"]}',
        _published(data=None),
        _published(data=[]),
        _published(data={"prefix": 1, "name": [], "version": {}, "wheel": {"sha256": "a" * 64}}),
        _published(data={"prefix": "platform", "name": "gcp", "version": "1.0.0", "wheel": None}),
        _published(data={"prefix": "platform", "name": "gcp", "version": "1.0.0", "wheel": {"sha256": 7}}),
        _published(data={"prefix": "platform", "name": "gcp", "version": "1.0.1", "wheel": {"sha256": "a" * 64}}),
    ],
)
async def test_an_entry_that_is_in_the_log_and_says_something_else_publishes_nothing(log: Log, leaf: bytes) -> None:
    leaves = [b"first", leaf]
    log.serve(("/providers/platform/gcp/versions/1.0.0/proof", file(_proof(leaves, leaf, 1))))

    assert await log.refused(lambda audit: audit.verify_publication(WANTED, _checkpoint(leaves))) == "log_proof_invalid"


async def test_an_entry_of_another_tree_that_the_key_signed_too_is_a_fork(log: Log) -> None:
    data = {"prefix": "platform", "name": "gcp", "version": "1.0.0", "wheel": {"sha256": "a" * 64}}
    shown, seen = [b"first", _published(data=data)], [b"first", b"second"]
    log.serve(("/providers/platform/gcp/versions/1.0.0/proof", file(_proof(shown, shown[1], 1))))

    assert await log.refused(lambda audit: audit.verify_publication(WANTED, _checkpoint(seen))) == "log_forked"
