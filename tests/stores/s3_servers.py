"""The storage of a mirror on servers of the S3 API, in processes of their own: `make test-stores`.

ministack checks what S3 checks. rclone stands for stores that ignore conditions and drop attributes.
"""

import asyncio
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from adapters.object_storage import wheel_mirror
from adapters.object_storage.wheel_mirror import ObjectStorageMirror
from domain.mirror import MirrorPart
from provider_registry_testing.wheel_mirror import LARGE, WheelMirrorContract, bytes_of, digest_of
from tests.e2e.conftest import stack
from tests.support.installers import COMMANDS, Installer
from tests.support.ports import free_port
from tests.support.stack import Stack
from tests.support.waiting import wait_until

__all__ = ["stack"]
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
    variables = {
        "GATEWAY_PORT": str(port),
        "SERVICES": "s3",
        "SFTP_ENABLED": "0",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    with running(*server, port=port, folder=folder, **variables) as url:
        signed = (
            f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        )
        making = urllib.request.Request(f"{url}/wheels", method="PUT", headers={"Authorization": signed})
        urllib.request.urlopen(making, timeout=30).close()
        yield url


@pytest.fixture
def settings(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }


@pytest.fixture
def mirror(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ObjectStorageMirror:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return ObjectStorageMirror.open(f"s3://wheels/{uuid4()}", allow_http=True)


class TestS3Servers(WheelMirrorContract):
    pass


async def test_a_link_is_good_for_its_file_alone(
    endpoint: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    mirror = ObjectStorageMirror.open(f"s3://wheels/{uuid4()}", allow_http=True, redirects=True)
    one, other = digest_of(b"one"), digest_of(b"other")
    await mirror.put(one, MirrorPart.WHEEL, b"one")
    await mirror.put(other, MirrorPart.WHEEL, b"other")
    link = await mirror.link(one, MirrorPart.WHEEL)
    assert link is not None
    assert link.startswith(endpoint)
    key, other_key = (f"{each.hex[:2]}/{each.hex[2:4]}/{each.hex}" for each in (one, other))
    tampered = link[:-1] + ("0" if link[-1] != "0" else "1")
    async with httpx.AsyncClient(trust_env=False) as client:
        right, *wrong = [await client.get(each) for each in (link, link.replace(key, other_key), tampered)]
    assert (right.status_code, right.content) == (200, b"one")
    assert [response.status_code for response in wrong] == [403, 403]


@pytest.mark.faults
async def test_a_link_ends(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel_mirror, "LINK_AGE", timedelta(seconds=1))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    mirror, digest = (
        ObjectStorageMirror.open(f"s3://wheels/{uuid4()}", allow_http=True, redirects=True),
        digest_of(b"x"),
    )
    await mirror.put(digest, MirrorPart.WHEEL, b"x")
    link = await mirror.link(digest, MirrorPart.WHEEL)
    assert link is not None
    wait_until(lambda: httpx.get(link, trust_env=False).status_code in {400, 403})


@pytest.mark.faults
async def test_an_upload_that_is_cancelled_leaves_the_whole_file_or_none(mirror: ObjectStorageMirror) -> None:
    for number in range(5):
        data = bytes([number]) + LARGE
        digest = digest_of(data)
        putting = asyncio.create_task(mirror.put(digest, MirrorPart.WHEEL, data))
        await asyncio.wait({putting}, timeout=number * 0.02)  # before, in the middle of it, or after
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
        found = await mirror.find(digest, MirrorPart.WHEEL)
        assert found is None or found.size == len(data)
        await mirror.put(digest, MirrorPart.WHEEL, data)
        assert await bytes_of(await mirror.read(digest, MirrorPart.WHEEL)) == data


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("redirects", [False, True], ids=["served", "redirected"])
def test_a_wheel_whose_host_is_gone_still_installs_from_a_bucket(
    stack: Stack, settings: dict[str, str], tmp_path: Path, name: str, *, redirects: bool
) -> None:
    bucket = {
        **settings,
        "REGISTRY_MIRROR": "required",
        "REGISTRY_MIRROR_URL": f"s3://wheels/{uuid4()}",
        "REGISTRY_MIRROR_ALLOW_HTTP": "true",
        "REGISTRY_MIRROR_REDIRECT": str(redirects).lower(),
        "REGISTRY_PUBLIC_URL": stack.url,
    }
    installer = Installer(name, tmp_path / "home", stack.host.ca_path)
    installer.home.mkdir()
    with stack.server(**bucket) as process:
        stack.wait_until_ready(process)
        body = stack.upload()
        assert stack.post(body).status_code == 201
        for wheel in stack.wheels.iterdir():
            wheel.unlink()
        installed = installer.install(
            "--index-url", f"{stack.url}/simple/", "pragmatiks-gcp-provider", dependencies=True
        )
        answer = stack.get(f"/files/{body['sha256']}/{body['wheel_url'].rpartition('/')[2]}")
    assert installed.returncode == 0, installed.stdout
    assert installer.installed() == {"pragmatiks_gcp_provider-1.0.0"}
    assert answer.status_code == (307 if redirects else 200)
    assert "Signature" not in stack.log.read_text()


async def test_an_upload_that_breaks_off_leaves_what_was_there(mirror: ObjectStorageMirror, tmp_path: Path) -> None:
    digest = digest_of(LARGE)
    await mirror.put(digest, MirrorPart.WHEEL, LARGE)
    gone = tmp_path / "gone"
    with pytest.raises(Exception, match="storage"):
        await mirror.put(digest, MirrorPart.WHEEL, gone)
    assert await bytes_of(await mirror.read(digest, MirrorPart.WHEEL)) == LARGE
