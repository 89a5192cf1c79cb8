"""Proving that a wheel is what somebody says it is."""

from dataclasses import dataclass
from typing import Self

from packaging.version import Version

from application.off_loop import off_loop
from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from application.ports.wheel_reader import WheelReader
from domain.announcements import Announcement
from domain.digests import Sha256Digest
from domain.verification import Examination
from domain.wheel_filenames import WheelFilename
from domain.wheel_urls import WheelUrl
from domain.wheels import ProvenWheel, check_digest, check_filename, prove


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelClaims:
    """What is said of a wheel; None says nothing."""

    filename: WheelFilename
    distribution: str | None = None
    version: Version | None = None
    sha256: Sha256Digest | None = None
    package_name: str | None = None

    @classmethod
    def of(cls, announcement: Announcement, version: Version) -> Self:
        """Return what an announcement of that version says of its wheel."""
        return cls(
            filename=announcement.wheel_url.filename,
            version=version,
            sha256=announcement.sha256,
            package_name=announcement.package_name,
        )


class VerifyWheel:
    """Verifies wheels, at a URL or on disk, by the same checks."""

    def __init__(self, *, fetcher: WheelFetcher, reader: WheelReader) -> None:
        """Take the ports."""
        self._fetcher = fetcher
        self._reader = reader

    async def execute(self, url: WheelUrl, claims: WheelClaims, examination: Examination) -> ProvenWheel:
        """Fetch a wheel and hold it against the claims, taking down each verdict.

        Raises:
            WheelRefusedError: The first check that it does not pass.
            TransientError: Something was out of reach.
        """
        _check_filename(claims, examination)  # may be known to be wrong before anything is fetched
        with examination.check("download") as compared:
            wheel = await self._fetcher.fetch(url)
            compared.text = f"{wheel.size} bytes from {url.host}"
        with wheel:
            return await self._examine(wheel, claims, examination)

    async def examine(self, wheel: FetchedWheel, claims: WheelClaims, examination: Examination) -> ProvenWheel:
        """Hold a wheel that is there against the claims, taking down each verdict.

        Raises:
            WheelRefusedError: The first check that it does not pass.
            TransientError: The disk fails.
        """
        _check_filename(claims, examination)
        return await self._examine(wheel, claims, examination)

    async def _examine(self, wheel: FetchedWheel, claims: WheelClaims, examination: Examination) -> ProvenWheel:
        examination.wheel_bytes = wheel.size
        with examination.check("digest") as compared:
            compared.text = check_digest(claims.sha256, wheel.sha256)
        with examination.check("archive") as compared:
            archive = await self._reader.read(wheel.content)
            examination.inflated_bytes = archive.inflated_bytes
            compared.text = f"{len(archive.members)} files: framing, names, sizes and CRCs agree"
        return await off_loop(
            archive.judged_bytes,
            prove,
            archive,
            filename=claims.filename,
            package_name=claims.package_name,
            sha256=wheel.sha256,
            size=wheel.size,
            examination=examination,
        )


def _check_filename(claims: WheelClaims, examination: Examination) -> None:
    with examination.check("file_name") as compared:
        compared.text = check_filename(claims.filename, distribution=claims.distribution, version=claims.version)
