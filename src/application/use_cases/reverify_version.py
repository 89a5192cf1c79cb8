"""Verifying the wheel of a published version again."""

from dataclasses import dataclass, replace

from application.ports.clock import Clock
from application.use_cases.queries import FindVersion
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from domain.errors import WheelRefusedError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.verification import Verification, VerificationLog
from domain.versions import ProviderVersion


@dataclass(frozen=True, slots=True)
class ReverificationResult:
    """The result of verifying a wheel again. It is not stored.

    Attributes:
        code: Of the refusal, or None if every check passed.
        verification: Of today; the version has the one of its registration.
    """

    version: ProviderVersion
    code: str | None
    verification: Verification


class ReverifyVersion:
    """Verifies the wheels of public versions again. It has no way to write, so published content is safe from it."""

    def __init__(self, *, find_version: FindVersion, verify_wheel: VerifyWheel, clock: Clock) -> None:
        self._find_version = find_version
        self._verify_wheel = verify_wheel
        self._clock = clock

    async def execute(self, name: ProviderName, version: SemVer | None) -> ReverificationResult:
        """Fetch the wheel of that version, or of the latest one for None, and compare it with what is recorded.

        The recorded digest counts, also where none was announced.

        Raises:
            VersionNotFoundError: There is no such public version.
            TransientError: Something was out of reach, which says nothing about the wheel.
        """
        found = await self._find_version.execute(name, version)
        recorded = replace(found.announcement, sha256=found.wheel_sha256)
        log, code = VerificationLog(), None
        try:
            await self._verify_wheel.execute(
                recorded.wheel_url, WheelClaims.of(recorded, found.version.pep440), log, namespace=name.prefix
            )
        except WheelRefusedError as refusal:
            code = refusal.code
        return ReverificationResult(found, code, log.verdict(at=self._clock.now()))
