"""The storage of a mirror, in memory and in a local folder. ``tests/stores`` has servers of the S3 API."""

import json
import socket
from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.memory.wheel_mirror import InMemoryWheelMirror
from adapters.object_storage.folder_mirror import FolderMirror
from adapters.object_storage.wheel_mirror import ObjectStorageMirror
from application.errors import MirrorUnavailableError
from application.ports.wheel_mirror import WheelMirror
from domain.mirror import MirrorPart
from provider_registry_testing.wheel_mirror import WheelMirrorContract, bytes_of, digest_of


class TestWheelMirrors(WheelMirrorContract):
    @pytest.fixture(params=["memory", "folder"])
    def mirror(self, request: pytest.FixtureRequest, tmp_path: Path) -> WheelMirror:
        return InMemoryWheelMirror() if request.param == "memory" else FolderMirror(tmp_path / "a folder" / "é")


async def test_files_lie_under_their_digest_and_foreign_ones_are_left_out(tmp_path: Path) -> None:
    mirror, digest = FolderMirror(tmp_path), digest_of(b"wheel")
    await mirror.put(digest, MirrorPart.WHEEL, b"wheel")
    foreign = ["README", f"sha256/aa/bb/{digest}", f"sha256/{digest}", f"sha256/{digest.hex[:2]}/{digest.hex[2:4]}/x"]
    for name in foreign:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    path = tmp_path / "sha256" / digest.hex[:2] / digest.hex[2:4] / digest.hex
    assert path.read_bytes() == b"wheel"
    assert [stored.sha256 async for stored in mirror.list_wheels()] == [digest]


@pytest.mark.faults
async def test_a_storage_that_does_not_answer_is_named_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "s3cret-id",
        "AWS_SECRET_ACCESS_KEY": "s3cret-key",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    mirror = ObjectStorageMirror.open("s3://s3cret-bucket/prefix", allow_http=True)
    digest = digest_of(b"wheel")
    with structlog.testing.capture_logs() as logs:
        for work in (
            mirror.find(digest, MirrorPart.WHEEL),
            mirror.put(digest, MirrorPart.WHEEL, b"wheel"),
            mirror.read(digest, MirrorPart.WHEEL),
            mirror.delete(digest),
        ):
            with pytest.raises(MirrorUnavailableError) as failure:
                await work
            assert "s3cret" not in failure.value.detail
        with pytest.raises(MirrorUnavailableError):
            [stored async for stored in mirror.list_wheels()]
    assert {line["event"] for line in logs} == {"mirror_failed"}
    assert "s3cret" not in str(logs)
    assert "127.0.0.1" not in str(logs)


@pytest.mark.faults
async def test_a_storage_that_accepts_connections_and_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        mirror, digest = ObjectStorageMirror.open("s3://bucket", allow_http=True, wait=0.1), digest_of(b"wheel")
        for work in (
            mirror.find(digest, MirrorPart.WHEEL),
            mirror.read(digest, MirrorPart.WHEEL),
            mirror.delete(digest),
            anext(mirror.list_wheels()),
        ):
            with pytest.raises(MirrorUnavailableError):
                await work


def a_service_account() -> str:
    """Return the key of an account of Google's that does not exist."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps(
        {
            "type": "service_account",
            "private_key": pem,
            "private_key_id": "s3cret-key-id",
            "client_email": "registry@project.iam.gserviceaccount.com",
            "disable_oauth": False,
        }
    )


@pytest.mark.parametrize(
    ("url", "public_endpoint", "begins"),
    [
        ("s3://wheels/prefix", None, "https://internal.example.com/wheels/prefix/sha256/"),
        ("s3://wheels/prefix", "https://cdn.example.com", "https://cdn.example.com/wheels/prefix/sha256/"),
        ("az://wheels/prefix", None, "https://account.blob.core.windows.net/wheels/prefix/sha256/"),
        ("gs://wheels/prefix", None, "https://storage.googleapis.com/wheels/prefix/sha256/"),
    ],
)
async def test_a_bucket_signs_links_where_clients_are_sent_to_it(
    monkeypatch: pytest.MonkeyPatch, url: str, public_endpoint: str | None, begins: str
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "https://internal.example.com",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "s3cret-key",
        "AWS_REGION": "us-east-1",
        "AZURE_STORAGE_ACCOUNT_NAME": "account",
        "AZURE_STORAGE_ACCOUNT_KEY": "czNjcmV0LWtleQ==",
        "GOOGLE_SERVICE_ACCOUNT_KEY": a_service_account(),
    }.items():
        monkeypatch.setenv(name, value)
    digest = digest_of(b"wheel")
    mirror = ObjectStorageMirror.open(url, redirects=True, public_endpoint=public_endpoint)
    link = await mirror.link(digest, MirrorPart.WHEEL)
    assert link is not None
    assert link.startswith(begins)
    assert digest.hex in link
    assert "s3cret" not in link
    assert await ObjectStorageMirror.open(url).link(digest, MirrorPart.WHEEL) is None


async def test_a_folder_has_no_links(tmp_path: Path) -> None:
    assert await FolderMirror(tmp_path).link(digest_of(b"wheel"), MirrorPart.WHEEL) is None


async def test_a_file_that_shrinks_has_another_size(tmp_path: Path) -> None:
    mirror, digest = FolderMirror(tmp_path), digest_of(b"wheel")
    await mirror.put(digest, MirrorPart.WHEEL, b"wheel")
    (tmp_path / "sha256" / digest.hex[:2] / digest.hex[2:4] / digest.hex).write_bytes(b"whe")
    stored = await mirror.read(digest, MirrorPart.WHEEL, start=0, end=5)
    assert (stored.file_size, await bytes_of(stored)) == (3, b"whe")


def test_a_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(MirrorUnavailableError, match="cannot be made or read"):
        FolderMirror(tmp_path / "file" / "mirror")
