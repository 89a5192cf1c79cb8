"""The storage of a mirror on servers of the S3 API, in processes of their own: `make test-stores`.

ministack checks what S3 checks. rclone stands for stores that ignore conditions and drop attributes.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.object_storage.wheel_mirror import ObjectStorageMirror
from domain.mirror import MirrorPart
from provider_registry_testing.wheel_mirror import LARGE, WheelMirrorContract, bytes_of, digest_of
from tests.support.ports import free_port
from tests.support.waiting import wait_until

BIN = Path(os.environ.get("STORES_BIN", Path(sys.executable).parent))
KEY, SECRET = "wheels-key", "wheels-secret"


@contextmanager
def running(*command: str, port: int, folder: Path, **environment: str) -> Iterator[str]:
    """Run a server on loopback; give its URL."""
    url = f"http://127.0.0.1:{port}"
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            env={"PATH": f"{BIN}:{os.defpath}", "HOME": str(folder), **environment},
            cwd=folder,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            wait_until(lambda: answers(url))
            yield url
        finally:
            process.terminate()


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.fixture(scope="module", params=["ministack", "rclone"])
def endpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("store"), free_port()
    if request.param == "rclone":
        (folder / "data" / "wheels").mkdir(parents=True)
        command = ("rclone", "serve", "s3", "data", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}")
        with running(*command, port=port, folder=folder) as url:
            yield url
        return
    server = ("hypercorn", "ministack.app:app", "-b", f"127.0.0.1:{port}")
    with running(*server, port=port, folder=folder, GATEWAY_PORT=str(port), SERVICES="s3", SFTP_ENABLED="0") as url:
        signed = (
            f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        )
        making = urllib.request.Request(f"{url}/wheels", method="PUT", headers={"Authorization": signed})
        urllib.request.urlopen(making, timeout=30).close()
        yield url


@pytest.fixture
def mirror(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> ObjectStorageMirror:
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return ObjectStorageMirror.open(f"s3://wheels/{uuid4()}", allow_http=True)


class TestS3Servers(WheelMirrorContract):
    pass


async def test_an_upload_that_breaks_off_leaves_what_was_there(mirror: ObjectStorageMirror, tmp_path: Path) -> None:
    digest = digest_of(LARGE)
    await mirror.put(digest, MirrorPart.WHEEL, LARGE)
    gone = tmp_path / "gone"
    with pytest.raises(Exception, match="storage"):
        await mirror.put(digest, MirrorPart.WHEEL, gone)
    assert await bytes_of(await mirror.read(digest, MirrorPart.WHEEL)) == LARGE
