"""The attestations of a release: beside its wheel, or named by the package index."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from domain.provenance.errors import InvalidAttestationsError
from entrypoints.client.attestations import attestations_beside, attestations_named, read_attestations
from entrypoints.client.errors import ClientError, RefusedError, UnusableError
from entrypoints.client.index import PackageIndex
from entrypoints.client.retrying_client import RetryingClient, new_http_client
from entrypoints.client.waiting import choose
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, Reply, https_host, status
from tests.support.package_index import a_file, a_page

WHEEL = "pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
URL = f"https://wheels.example.com/files/{WHEEL}"
PAGE, PROVENANCE = "/simple/pragmatiks-gcp-provider/", f"/integrity/{WHEEL}/provenance"
SENT = b'{ "version": 1,  "envelope": {"signature": "\\u00e9"} }'


def provenance_of(*attestations: bytes) -> bytes:
    """Return a provenance object with the attestations as they are."""
    bundles = (b'{"publisher": {"kind": "GitHub"}, "attestations": [%s]}' % each for each in attestations)
    return b'{"version": 1, "attestation_bundles": [%s], "other": 7}' % b", ".join(bundles)


def beside(folder: Path, **files: bytes) -> Sequence[bytes]:
    (folder / "dist").mkdir()
    for name, content in files.items():
        (folder / "dist" / name).write_bytes(content)
    return attestations_beside(URL, folder)


def test_what_is_named_after_the_wheel_is_sent_byte_for_byte(tmp_path: Path) -> None:
    found = beside(
        tmp_path,
        **{
            f"{WHEEL}.publish.attestation": SENT + b"\n",
            f"{WHEEL}.slsa.attestation": b"{}",
            f"{WHEEL}.sig": b"noise",
            WHEEL.replace("1.0.0", "1.0.1") + ".publish.attestation": b"noise",
        },
    )

    assert found == (SENT, b"{}")


def test_a_project_without_dist_has_none(tmp_path: Path) -> None:
    assert attestations_beside(URL, tmp_path) == ()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({f"{WHEEL}.publish.attestation": b"[]"}, "publish.attestation is no JSON object"),
        ({f"{WHEEL}.attestation": b"\xff"}, "is no JSON object"),
        ({f"{WHEEL}.attestation": b'{"a": "%s"}' % (b"x" * 65_536)}, "has 65537 bytes"),
        ({f"{WHEEL}.{number}.attestation": b'{"n": %d}' % number for number in range(9)}, "at most 8 attestations"),
    ],
    ids=["a list", "noise", "too long", "too many"],
)
def test_what_cannot_be_sent_is_named_before_anything_is_sent(
    tmp_path: Path, files: dict[str, bytes], sentence: str
) -> None:
    with pytest.raises(UnusableError, match=sentence) as refusal:
        beside(tmp_path, **files)

    assert "--no-attestations" in refusal.value.detail


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[HttpsHost]:
    authority = CertificateAuthority()
    authority.write_to(tmp_path / "ca.pem")
    async with https_host(authority.server_context("127.0.0.1")) as host:
        yield host


async def named(host: HttpsHost, ca_bundle: Path, provenance: object, *answers: Reply) -> Sequence[bytes]:
    host.script(PAGE, a_page({**a_file(URL), "provenance": provenance}))
    if answers:
        host.script(PROVENANCE, *answers)

    def ask() -> Sequence[bytes]:
        with new_http_client(ca_bundle) as http:
            index = PackageIndex(http, host.url("/simple").replace("https://", "https://ann:secret@"))
            wheel = choose(index.wheels("pragmatiks-gcp-provider", Version("1.0.0")))
            return attestations_named(index, RetryingClient(http, lambda _: None), wheel)

    return await asyncio.to_thread(ask)


async def test_what_the_index_names_is_read_with_its_user_and_sent_byte_for_byte(
    host: HttpsHost, tmp_path: Path
) -> None:
    found = await named(
        host,
        tmp_path / "ca.pem",
        PROVENANCE,
        status(503, "Retry-After: 0"),
        status(200, body=provenance_of(SENT, b"{}")),
    )

    assert found == (SENT, b"{}")
    _, first, second = (each.head for each in host.requests)
    assert first == second
    assert first.startswith(f"GET {PROVENANCE} ".encode())
    assert b"\r\nAuthorization: Basic " in first
    assert b"\r\nAccept: application/vnd.pypi.integrity.v1+json, " in first


@pytest.mark.parametrize("provenance", [None, 7, "http://elsewhere.example.com/x", "https://[/"])
async def test_what_is_no_address_to_trust_is_not_asked_for(
    host: HttpsHost, tmp_path: Path, provenance: object
) -> None:
    assert await named(host, tmp_path / "ca.pem", provenance) == ()


@pytest.mark.hostile
async def test_the_indexs_user_is_not_sent_elsewhere(host: HttpsHost, tmp_path: Path) -> None:
    authority = CertificateAuthority()
    bundle = tmp_path / "both.pem"
    other = authority.write_to(tmp_path / "other.pem").read_text()
    bundle.write_text((tmp_path / "ca.pem").read_text() + other)
    async with https_host(authority.server_context("127.0.0.1")) as elsewhere:
        elsewhere.script(PROVENANCE, status(200, body=provenance_of(SENT)))
        assert await named(host, bundle, elsewhere.url(PROVENANCE)) == (SENT,)

    assert b"authorization" not in elsewhere.requests[0].head.lower()


ANSWERS: dict[str, Reply] = {
    "not there": status(404),
    "a redirect": status(302, "Location: https://elsewhere.example.com/"),
    "noise": status(200, body=b"\xff"),
    "a list": status(200, body=b"[]"),
    "attestations of another kind": status(200, body=provenance_of(b"7")),
    "deep nesting": status(200, body=b'{"attestation_bundles": ' + b"[" * 100_000),
}


@pytest.mark.hostile
@pytest.mark.parametrize("case", ANSWERS)
async def test_attestations_that_the_index_names_and_has_not_are_not_left_out_silently(
    host: HttpsHost, tmp_path: Path, case: str
) -> None:
    with pytest.raises(RefusedError) as refusal:
        await named(host, tmp_path / "ca.pem", PROVENANCE, ANSWERS[case])

    assert refusal.value.code == "provenance_unreadable"
    assert "--no-attestations" in refusal.value.detail


async def test_more_than_can_be_sent_are_a_client_error(host: HttpsHost, tmp_path: Path) -> None:
    many: list[Any] = [json.dumps({"n": number}).encode() for number in range(9)]

    with pytest.raises(ClientError, match="at most 8 attestations"):
        await named(host, tmp_path / "ca.pem", PROVENANCE, status(200, body=provenance_of(*many)))


def test_a_file_is_a_provenance_object_or_one_attestation(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(provenance_of(SENT, b"{}"))
    several = read_attestations(path)
    path.write_bytes(SENT)

    assert (several, read_attestations(path)) == ([SENT, b"{}"], [SENT])


@pytest.mark.parametrize("content", [b"", b"[]", b"noise", provenance_of()], ids=["nothing", "a list", "noise", "none"])
def test_a_file_without_attestations_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)

    with pytest.raises(InvalidAttestationsError, match="has no attestations"):
        read_attestations(path)
