"""Verifying a wheel against what is claimed of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self, TypeAlias

from packaging.version import Version

from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from application.ports.wheel_reader import WheelReader
from application.scheduling import run_in_thread_if_large
from domain.announcements import Announcement
from domain.verification import VerificationLog
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel, verify, verify_digest, verify_filename

Keep: TypeAlias = Callable[[FetchedWheel, VerifiedWheel], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelClaims:
    """What is claimed of a wheel; None claims nothing."""

    filename: WheelFilename
    distribution: str | None = None
    version: Version | None = None
    sha256: Sha256Digest | None = None
    package_name: str | None = None

    @classmethod
    def of(cls, announcement: Announcement, version: Version) -> Self:
        """Return what an announcement of that version claims of its wheel."""
        return cls(
            filename=announcement.wheel_url.filename,
            version=version,
            sha256=announcement.sha256,
            package_name=announcement.package_name,
        )


class VerifyWheel:
    """Verifies wheels, at a URL or on disk, by the same checks."""

    def __init__(self, *, fetcher: WheelFetcher, reader: WheelReader) -> None:
        self._fetcher = fetcher
        self._reader = reader

    async def execute(
        self,
        url: WheelUrl,
        claims: WheelClaims,
        log: VerificationLog,
        *,
        namespace: str | None = None,
        keep: Keep | None = None,
    ) -> VerifiedWheel:
        """Fetch a wheel, verify the claims, and record each check in the log.

        Args:
            url: Of the wheel.
            claims: What is said of it.
            log: Takes the verdicts.
            namespace: As in ``WheelFetcher``.
            keep: Called with the wheel once it has passed, while its bytes are there.

        Raises:
            WheelRefusedError: The first check that fails.
            TransientError: Something was out of reach.
        """
        check_filename(claims, log)  # may be known to be wrong before anything is fetched
        with log.check("download") as check:
            wheel = await self._fetcher.fetch(url, namespace=namespace)
            check.detail = f"{wheel.size} bytes from {url.host}"
        with wheel:
            verified = await self._verify(wheel, claims, log)
            if keep is not None:
                await keep(wheel, verified)
            return verified

    async def verify_local(self, wheel: FetchedWheel, claims: WheelClaims, log: VerificationLog) -> VerifiedWheel:
        """Verify the claims about a wheel that is there, and record each check in the log.

        Raises:
            WheelRefusedError: The first check that fails.
            TransientError: The disk fails.
        """
        check_filename(claims, log)
        return await self._verify(wheel, claims, log)

    async def _verify(self, wheel: FetchedWheel, claims: WheelClaims, log: VerificationLog) -> VerifiedWheel:
        log.wheel_bytes = wheel.size
        with log.check("digest") as check:
            check.detail = verify_digest(claims.sha256, wheel.sha256)
            check.is_partial = claims.sha256 is None
        with log.check("archive") as check:
            archive = await self._reader.read(wheel.content)
            log.inflated_bytes = archive.inflated_bytes
            check.detail = f"{len(archive.members)} files: framing, names, sizes and CRCs agree"
        return await run_in_thread_if_large(
            archive.verified_bytes,
            verify,
            archive,
            filename=claims.filename,
            package_name=claims.package_name,
            sha256=wheel.sha256,
            size=wheel.size,
            log=log,
        )


def check_filename(claims: WheelClaims, log: VerificationLog) -> None:
    """Verify the claims about a wheel's file name, and record the check in the log.

    Raises:
        WheelRefusedError: It is the name of another wheel.
    """
    with log.check("file_name") as check:
        check.detail = verify_filename(claims.filename, distribution=claims.distribution, version=claims.version)
