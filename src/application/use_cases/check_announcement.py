"""Checking an announcement before it is registered: its schemas, then its wheel."""

from application.fair_share import FairShare
from application.ports.clock import Clock
from application.use_cases.check_schemas import CheckSchemas
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from application.withholding import network_withheld
from domain.errors import AnnouncementRefusedError
from domain.registrants import Account
from domain.registration import CheckOutcome, Refused, Registration, Verified
from domain.verification import VerificationLog


class CheckAnnouncement:
    """Validates schemas, then fetches and verifies the wheel, within the share of the registrant's account."""

    def __init__(
        self, *, check_schemas: CheckSchemas, verify_wheel: VerifyWheel, shares: FairShare, clock: Clock
    ) -> None:
        self._check_schemas = check_schemas
        self._verify_wheel = verify_wheel
        self._shares = shares
        self._clock = clock

    async def execute(self, registration: Registration) -> CheckOutcome:
        """Return what the checks found. Nothing is fetched if a schema is refused.

        Raises:
            TooManyRegistrationsError: The registrant's account has as much under way as it may.
            TransientError: Something was out of reach, or too much is under way.
        """
        log, account = VerificationLog(), Account.of(registration.registrant)
        announcement = registration.announcement
        try:
            async with self._shares.hold(account):
                await self._check_schemas.execute(announcement, log)
                with network_withheld(account):
                    wheel = await self._verify_wheel.execute(
                        announcement.wheel_url, WheelClaims.of(announcement, registration.version.pep440), log
                    )
        except AnnouncementRefusedError as error:
            return Refused(error, log.verdict(at=self._clock.now()))
        return Verified(wheel, log.verdict(at=self._clock.now()))
