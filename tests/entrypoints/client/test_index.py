"""Finding a release on a package index."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from packaging.version import Version

from entrypoints.client.errors import ClientError, RefusedError, ReleaseNotVisibleError, WheelAmbiguousError
from entrypoints.client.index import IndexedWheel, PackageIndex
from entrypoints.client.retrying_client import new_http_client
from entrypoints.client.waiting import wait_for_wheel
from tests.support.certificates import CertificateAuthority
from tests.support.https_host import HttpsHost, https_host, redirect, reset, status
from tests.support.package_index import a_file, a_page

PAGE = "/simple/pragmatiks-gcp-provider/"
PURE = "https://wheels.example.com/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl"
LINUX = "https://wheels.example.com/files/pragmatiks_gcp_provider-1.0.0-cp311-cp311-manylinux_2_28_x86_64.whl"
MAC = "https://wheels.example.com/files/pragmatiks_gcp_provider-1.0.0-cp311-cp311-macosx_11_0_arm64.whl"


class Index:
    """A scripted index, and the looks that were told of it."""

    def __init__(self, host: HttpsHost, ca_bundle: Path) -> None:
        self.host = host
        self.seen: list[str] = []
        self._ca_bundle = ca_bundle

    async def find(self, *, wait: float = 60, user: str = "") -> IndexedWheel:
        return await asyncio.to_thread(self._find, wait, user)

    def _find(self, wait: float, user: str) -> IndexedWheel:
        url = self.host.url("/simple/").replace("https://", f"https://{user}")
        with new_http_client(self._ca_bundle) as http:
            return wait_for_wheel(
                PackageIndex(http, url),
                "Pragmatiks_GCP.provider",
                Version("1.0.0"),
                seconds=wait,
                on_poll=lambda _looks, _gone, seen: self.seen.append(seen),
            )


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[Index]:
    authority = CertificateAuthority()
    async with https_host(authority.server_context("127.0.0.1")) as host:
        yield Index(host, authority.write_to(tmp_path / "ca.pem"))


async def test_a_wheel_is_found_with_its_url_and_digest(index: Index) -> None:
    index.host.script(PAGE, a_page(a_file(PURE, sha256="a" * 64), a_file(PURE.replace("1.0.0", "2.0.0"))))

    found = await index.find()

    assert (found.url, found.sha256) == (PURE, "a" * 64)
    assert index.seen == []


async def test_a_release_that_becomes_visible_is_found_whatever_went_wrong_before(index: Index) -> None:
    sdist = a_file("https://wheels.example.com/files/pragmatiks_gcp_provider-1.0.0.tar.gz")
    index.host.script(PAGE, status(404), reset, a_page(sdist), a_page(a_file(PURE)))

    found = await index.find()

    assert found.url == PURE
    assert [seen.partition(" (")[0] for seen in index.seen] == [
        "does not show it",
        "could not be reached",
        "does not show it",
    ]


async def test_a_release_that_does_not_become_visible_is_reported_in_time_with_the_last_answer(index: Index) -> None:
    index.host.script(PAGE, status(503))

    with pytest.raises(ReleaseNotVisibleError, match="answered 503"):
        await index.find(wait=0)

    assert len(index.host.requests) == 1


async def test_a_page_that_cannot_be_unpacked_may_be_better_next_time(index: Index) -> None:
    index.host.script(PAGE, status(200, "Content-Encoding: gzip", body=b"plain"), a_page(a_file(PURE)))

    assert (await index.find()).url == PURE


async def test_a_file_without_a_usable_url_is_passed_over(index: Index) -> None:
    broken = {**a_file(LINUX), "url": "https://[wheels/x.whl"}
    index.host.script(PAGE, a_page(broken, a_file(PURE)))

    assert (await index.find()).url == PURE


async def test_a_yanked_wheel_is_not_registered(index: Index) -> None:
    index.host.script(PAGE, a_page(a_file(PURE, yanked=True)))

    with pytest.raises(ReleaseNotVisibleError, match="shows it as yanked"):
        await index.find(wait=0)


async def test_of_several_wheels_the_pure_one_is_taken(index: Index) -> None:
    index.host.script(PAGE, a_page(a_file(LINUX), a_file(PURE), a_file(MAC)))

    assert (await index.find()).url == PURE


async def test_without_a_pure_one_all_candidates_are_named(index: Index) -> None:
    index.host.script(PAGE, a_page(a_file(LINUX), a_file(MAC)))

    with pytest.raises(WheelAmbiguousError) as caught:
        await index.find()

    assert LINUX in caught.value.detail
    assert MAC in caught.value.detail


@pytest.mark.parametrize(
    "reply",
    [
        status(401),
        status(403),
        status(406),
        redirect("/elsewhere/"),
        status(200, body=b"<html>"),
        status(200, body=b'{"meta": {"api-version": "\xff"}}'),
        status(200, body=b"[" * 100_000),
        a_page(api_version="2.0"),
    ],
)
async def test_an_index_that_will_not_be_read_is_reported_at_once(index: Index, reply: object) -> None:
    index.host.script(PAGE, reply)  # type: ignore[arg-type] # parametrised

    with pytest.raises(RefusedError):
        await index.find()

    assert len(index.host.requests) == 1


async def test_relative_links_and_the_indexs_user_stay_apart(index: Index) -> None:
    index.host.script(PAGE, a_page(a_file("../../files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl#x=1")))

    found = await index.find(user="ann:hunter%402@")

    assert found.url == index.host.url("/files/pragmatiks_gcp_provider-1.0.0-py3-none-any.whl")
    sent = index.host.requests[0].head.decode().partition("Authorization: Basic ")[2].partition("\r\n")[0]
    assert base64.b64decode(sent).decode() == "ann:hunter@2"


async def test_a_password_shows_in_no_message(index: Index) -> None:
    index.host.script(PAGE, status(401))

    with pytest.raises(ClientError) as caught:
        await index.find(user="ann:hunter2@")

    assert "hunter2" not in caught.value.detail
