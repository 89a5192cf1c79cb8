"""Test an adapter of your own with the contract suite that the registry's own adapters pass.

pip install "provider-registry[testing]"
python -m pytest examples/contract_test_of_an_adapter.py
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from application.errors import WheelHostFailedError
from application.ports.wheel_fetcher import FetchedWheel
from domain.errors import WheelProblem, WheelRefusedError
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl
from provider_registry_testing.wheel_fetcher import WheelFetcherContract


class FolderWheelFetcher:
    """A ``WheelFetcher`` that finds wheels in a folder by their file names, as a mirror on a network share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:  # noqa: ARG002
        """Read the file of that name."""
        if not self._folder.is_dir():
            raise WheelHostFailedError("the folder of wheels is not mounted; try again later")
        path = self._folder / url.filename.text
        if not path.is_file():
            raise WheelRefusedError(WheelProblem.NOT_FOUND, f"there is no {path.name} in the folder of wheels")
        data = path.read_bytes()
        return FetchedWheel(data, Sha256Digest(hashlib.sha256(data).hexdigest()), len(data))


@dataclass(frozen=True)
class FolderSource:
    """What the suite needs to know of the fetcher: how to serve a wheel, and how to fail."""

    folder: Path

    @property
    def url(self) -> WheelUrl:
        """Return where the suite looks for its wheel."""
        return WheelUrl.parse("https://wheels.example.com/demo-1.0.0-py3-none-any.whl")

    @property
    def fetcher(self) -> FolderWheelFetcher:
        """Return the adapter under test."""
        return FolderWheelFetcher(self.folder)

    def serve(self, data: bytes) -> None:
        """Put the wheel into the folder."""
        (self.folder / self.url.filename.text).write_bytes(data)

    def fail(self) -> None:
        """Unmount the folder."""
        self.folder.rmdir()


class TestFolderWheelFetcher(WheelFetcherContract):
    """The whole suite."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> FolderSource:
        """Return a source without wheels."""
        folder = tmp_path / "wheels"
        folder.mkdir()
        return FolderSource(folder)

    @pytest.fixture
    def spool(self, tmp_path: Path) -> Path:
        """Return a folder that stays empty: this fetcher writes nothing."""
        spool = tmp_path / "spool"
        spool.mkdir()
        return spool
