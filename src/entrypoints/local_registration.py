"""Wires dry runs of registrations whose wheel is a file here. A part of the composition root."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from adapters.system_clock import SystemClock
from adapters.wheel.zip_wheel_reader import ZipWheelReader
from application.ports.snapshot_queries import SnapshotQueries
from application.ports.version_lookup import VersionLookup
from application.ports.wheel_fetcher import FetchedWheel, WheelFetcher
from application.scheduling import FairShare, Shares
from application.use_cases.check_announcement import AssessCompatibility, CheckAnnouncement, CheckSchemas
from application.use_cases.compare_schemas import CompareSchemas
from application.use_cases.dry_run_registration import DryRunRegistration
from application.use_cases.verify_wheel import Keep, VerifyWheel, WheelClaims
from domain.verification import VerificationLog
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel
from entrypoints.schema_checks import open_schema_comparison, open_schema_validation


class PublishedVersions(SnapshotQueries, VersionLookup, Protocol):
    """What is published, as a dry run needs it."""


@asynccontextmanager
async def open_local_dry_run(wheel: FetchedWheel, published: PublishedVersions) -> AsyncIterator[DryRunRegistration]:
    """Open the server's own dry run, over a wheel that was not uploaded and what the registry publishes."""
    clock = SystemClock()
    async with open_schema_comparison() as comparison:
        compare = CompareSchemas(comparison)
        check = CheckAnnouncement(
            check_schemas=CheckSchemas(open_schema_validation()),
            assess_compatibility=AssessCompatibility(
                versions=published, compare=compare, compare_for_customers=compare, clock=clock
            ),
            verify_wheel=_VerifyOnDisk(wheel),
            shares=FairShare(Shares.of(1)),
            clock=clock,
        )
        yield DryRunRegistration(versions=published, check_announcement=check, clock=clock, runtime_version="unknown")


class _NoFetcher(WheelFetcher):
    async def fetch(self, url: WheelUrl, *, namespace: str | None = None) -> FetchedWheel:
        raise AssertionError(f"{url} of {namespace} is not fetched")


class _VerifyOnDisk(VerifyWheel):
    """Verifies a file in place of what the URL serves."""

    def __init__(self, wheel: FetchedWheel) -> None:
        super().__init__(fetcher=_NoFetcher(), reader=ZipWheelReader())
        self._wheel = wheel

    async def execute(
        self,
        url: WheelUrl,  # noqa: ARG002 -- where it will be
        claims: WheelClaims,
        log: VerificationLog,
        *,
        namespace: str | None = None,  # noqa: ARG002 -- whose credentials would fetch it
        keep: Keep | None = None,  # noqa: ARG002 -- a dry run keeps nothing
    ) -> VerifiedWheel:
        return await self.verify_local(self._wheel, claims, log)
