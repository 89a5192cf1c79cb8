"""The contract of a wheel fetcher."""

import asyncio
import hashlib
from pathlib import Path
from typing import Protocol

import pytest

from application.errors import WheelHostFailedError
from application.ports.wheel_fetcher import WheelContent, WheelFetcher
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.url import WheelUrl

WHEEL = bytes(range(256)) * 20_000  # some megabytes, so that they arrive in many parts


class WheelSource(Protocol):
    """A fetcher, and the host that it fetches from."""

    @property
    def url(self) -> WheelUrl:
        """The URL to fetch; nothing is served there at first."""
        ...

    @property
    def fetcher(self) -> WheelFetcher:
        """The fetcher under test."""
        ...

    def serve(self, data: bytes) -> None:
        """Serve bytes at the URL."""
        ...

    def fail(self) -> None:
        """Answer every request with an error that is not final."""
        ...


@pytest.mark.anyio
class WheelFetcherContract:
    """What every ``WheelFetcher`` promises.

    A subclass has a fixture ``source``, which returns a ``WheelSource``, and a fixture ``spool``, which returns the
    folder that the fetcher may write to.
    """

    @pytest.mark.parametrize("data", [WHEEL, b"", b"x"], ids=["large", "empty", "one byte"])
    async def test_the_bytes_their_digest_and_their_size_are_those_that_the_host_serves(
        self, source: WheelSource, data: bytes
    ) -> None:
        source.serve(data)
        with await source.fetcher.fetch(source.url) as fetched:
            assert bytes_of(fetched.content) == data
            assert fetched.sha256.hex == hashlib.sha256(data).hexdigest()
            assert fetched.size == len(data)

    async def test_without_credentials_a_namespace_changes_nothing(self, source: WheelSource) -> None:
        source.serve(WHEEL)
        with await source.fetcher.fetch(source.url, namespace="platform") as fetched:
            assert bytes_of(fetched.content) == WHEEL

    async def test_no_bytes_remain_after_success(self, source: WheelSource, spool: Path) -> None:
        source.serve(WHEEL)
        with await source.fetcher.fetch(source.url) as fetched:
            assert bytes_of(fetched.content) == WHEEL
        assert _files_in(spool) == []

    async def test_no_bytes_remain_after_an_exception_in_the_body_which_passes_through(
        self, source: WheelSource, spool: Path
    ) -> None:
        source.serve(WHEEL)
        with pytest.raises(ZeroDivisionError), await source.fetcher.fetch(source.url):
            raise ZeroDivisionError
        assert _files_in(spool) == []

    async def test_no_bytes_remain_after_cancellation(self, source: WheelSource, spool: Path) -> None:
        source.serve(WHEEL)
        inside = asyncio.Event()

        async def hold() -> None:
            with await source.fetcher.fetch(source.url):
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hold())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert _files_in(spool) == []

    async def test_concurrent_fetches_of_one_url_do_not_end_each_other(self, source: WheelSource) -> None:
        source.serve(WHEEL)
        with await source.fetcher.fetch(source.url) as first:
            with await source.fetcher.fetch(source.url):
                pass
            assert bytes_of(first.content) == WHEEL

    async def test_each_fetch_sees_what_the_host_serves_then(self, source: WheelSource) -> None:
        for data in (b"one", b"other"):
            source.serve(data)
            with await source.fetcher.fetch(source.url) as fetched:
                assert bytes_of(fetched.content) == data

    async def test_an_unknown_file_is_refused_for_good(self, source: WheelSource, spool: Path) -> None:
        with pytest.raises(WheelRefusedError) as refusal:
            await source.fetcher.fetch(source.url)
        assert refusal.value.problem is WheelProblem.NOT_FOUND
        assert _files_in(spool) == []

    async def test_a_failing_host_is_distinguished_from_a_missing_file(self, source: WheelSource, spool: Path) -> None:
        source.fail()
        with pytest.raises(WheelHostFailedError):
            await source.fetcher.fetch(source.url)
        assert _files_in(spool) == []


def bytes_of(content: WheelContent) -> bytes:
    """Return the bytes of a wheel, wherever they are."""
    return content if isinstance(content, bytes) else content.read_bytes()


def _files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
