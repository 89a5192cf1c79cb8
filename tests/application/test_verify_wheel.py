"""Where wheels are judged."""

import asyncio
import threading
from collections.abc import Mapping

import pytest

from adapters.memory.wheel_fetcher import InMemoryWheelFetcher
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.wheel_fetcher import FetchedWheel, WheelContent
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from domain.errors import WheelProblem, WheelRefusedError
from domain.verification import VerificationLog
from domain.wheel.archive import ArchiveMember, WheelArchive
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from tests.builders import a_wheel, a_wheel_url

FILENAME = WheelFilename.parse("gcp-1.0.0-py3-none-any.whl")
DIST_INFO = {
    "gcp-1.0.0.dist-info/WHEEL": b"Wheel-Version: 1.0\n",
    "gcp-1.0.0.dist-info/METADATA": b"Name: gcp\nVersion: 1.0.0\n",
    "gcp-1.0.0.dist-info/RECORD": b"",
}


class Watched(dict[str, bytes]):
    """What a wheel says about itself, and in which threads it was looked up."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(files)
        self.threads: set[int] = set()

    def __getitem__(self, path: str) -> bytes:
        self.threads.add(threading.get_ident())
        return super().__getitem__(path)


class Lending:
    """A fetcher that counts which wheels are out."""

    def __init__(self) -> None:
        self.out = 0

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        self.out += 1
        return FetchedWheel(b"x", Sha256Digest("0" * 64), 1, self._take_back)

    def _take_back(self) -> None:
        self.out -= 1


class FailingReader:
    """Fails as it is told to, once it has seen how many wheels are out."""

    def __init__(self, failure: BaseException, lending: Lending) -> None:
        self._failure = failure
        self._lending = lending

    async def read(self, content: WheelContent) -> WheelArchive:
        assert self._lending.out == 1
        raise self._failure


class WheelReader:
    """Finds the same in every wheel."""

    def __init__(self, archive: WheelArchive) -> None:
        self._archive = archive

    async def read(self, content: WheelContent) -> WheelArchive:
        return self._archive


@pytest.mark.hostile
@pytest.mark.parametrize(("files", "at_once"), [(10, True), (100_000, False)])
async def test_a_wheel_of_very_many_files_is_checked_in_a_thread_however_little_it_says(
    files: int, at_once: bool
) -> None:
    said = Watched(DIST_INFO)
    paths = (*DIST_INFO, *(f"gcp/m{number}.py" for number in range(files)))
    members = tuple(ArchiveMember(path, 0, {}) for path in paths)
    verify = VerifyWheel(fetcher=InMemoryWheelFetcher(), reader=WheelReader(WheelArchive(members, said)))
    with pytest.raises(WheelRefusedError):
        await verify.verify_local(
            FetchedWheel(b"x", Sha256Digest("0" * 64), 1),
            WheelClaims(filename=FILENAME),
            VerificationLog(),
        )
    assert len(said.threads) == 1
    assert (threading.get_ident() in said.threads) is at_once


@pytest.mark.parametrize(
    "failure", [WheelRefusedError(WheelProblem.NOT_AN_ARCHIVE, "no archive"), OSError("gone"), asyncio.CancelledError()]
)
async def test_a_wheel_is_released_whatever_ends_its_reading(failure: BaseException) -> None:
    lending = Lending()
    verify = VerifyWheel(fetcher=lending, reader=FailingReader(failure, lending))
    with pytest.raises(type(failure)):
        await verify.execute(a_wheel_url(), WheelClaims(filename=a_wheel_url().filename), VerificationLog())
    assert lending.out == 0


async def test_a_wheel_is_released_once_it_is_verified() -> None:
    lending = Lending()
    archive = await ZipWheelReader().read(a_wheel())
    verify = VerifyWheel(fetcher=lending, reader=WheelReader(archive))
    await verify.execute(a_wheel_url(), WheelClaims(filename=a_wheel_url().filename), VerificationLog())
    assert lending.out == 0
