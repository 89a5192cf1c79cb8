"""Verifying attestations, adding them to versions, and reading them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from application.ports.attestation_queries import AttestationQueries
from application.ports.attestation_verifier import AttestationVerifier
from application.ports.clock import Clock
from application.ports.version_repository import VersionRepository
from application.use_cases.queries import FindVersion
from domain.attesting import Addition, add
from domain.names import ProviderName
from domain.provenance.admission import AttestationMode, CheckedProvenance
from domain.provenance.attestations import Attestation, RecordedAttestation
from domain.provenance.errors import InvalidAttestationsError, ProvenanceNotFoundError
from domain.provenance.sent import MAX_KEPT
from domain.registration import Registered, Registration
from domain.semver import SemVer
from domain.verification import VerificationLog
from domain.version_state import Attest, VersionSnapshot
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.verified_wheel import VerifiedWheel


class VerifyAttestations:
    """Verifies attestations of wheels, off the event loop.

    Args:
        mode: What becomes of them.
    """

    def __init__(self, verifier: AttestationVerifier, clock: Clock, mode: AttestationMode) -> None:
        self._verifier = verifier
        self._clock = clock
        self._mode = mode

    async def check(
        self, registration: Registration, state: VersionSnapshot, wheel: VerifiedWheel, log: VerificationLog
    ) -> CheckedProvenance:
        """Verify what a registration sends, hold it to the publisher, and record the check in the log.

        Raises:
            ProvenanceRefusedError: An attestation is invalid or another publisher's, or is missing.
        """
        filename = registration.announcement.wheel_url.filename
        with log.check("provenance") as check:
            attestations = await self.verify(registration.attestations, filename, wheel.sha256)
            checked = CheckedProvenance(mode=self._mode, attestations=attestations)
            step = registration.step(at=self._clock.now())
            check.detail = checked.admit(state.publishers, registration.version, step).detail
            check.is_partial = not attestations
            return checked

    async def verify(
        self, sent: Sequence[bytes], filename: WheelFilename, sha256: Sha256Digest
    ) -> tuple[Attestation, ...]:
        """Return the attestations, each of which is about that wheel.

        Raises:
            AttestationInvalidError: One does not verify.
            AttestationSubjectError: One is about something else.
        """
        return await asyncio.to_thread(self._verify, sent, filename, sha256) if sent else ()

    def _verify(self, sent: Sequence[bytes], filename: WheelFilename, sha256: Sha256Digest) -> tuple[Attestation, ...]:
        return tuple(
            Attestation.of(each, self._verifier.verify(each), filename=filename, sha256=sha256) for each in sent
        )


class _OutdatedError(Exception):
    """What was counted has changed since."""


class AddAttestations:
    """Adds attestations to public versions. Safe to repeat."""

    def __init__(
        self, *, versions: VersionRepository, queries: AttestationQueries, verify: VerifyAttestations, clock: Clock
    ) -> None:
        self._versions = versions
        self._queries = queries
        self._verify = verify
        self._clock = clock

    async def execute(self, request: Addition) -> ProviderVersion:
        """Verify the attestations that the version does not have yet, hold them to the publisher, and add them.

        Raises:
            NamespaceForbiddenError: The registrant may not publish the version.
            VersionNotFoundError: There is no such public version.
            ProvenanceRefusedError: An attestation is invalid, or another publisher's.
            InvalidAttestationsError: The version would have more than 32.
            StoreUnavailableError: The database is unreachable.
        """
        while True:
            with suppress(_OutdatedError):
                return await self._add(request)

    async def _add(self, request: Addition) -> ProviderVersion:
        state = await self._versions.load(request.name, request.version)
        version = request.require_version(state)
        if version.wheel is None:
            raise AssertionError("a public version has a wheel")
        known = {each.attestation.sent for each in await self._queries.list_attestations(request.name, request.version)}
        new = [each for each in request.attestations if each not in known]
        if len(known) + len(new) > MAX_KEPT:
            raise InvalidAttestationsError(f"a version has at most {MAX_KEPT} attestations; this one has {len(known)}")
        attestations = await self._verify.verify(new, WheelFilename.parse(version.wheel.filename), version.wheel.sha256)

        def decide(stored: VersionSnapshot) -> tuple[Attest | None, ProviderVersion]:
            if stored.revision != state.revision:  # others may have been added, and there is a limit
                raise _OutdatedError
            return add(stored, request, attestations, now=self._clock.now())

        return await self._versions.update(request.name, request.version, decide, seen=state)


async def with_attestations(
    registration: Registration, registered: Registered, add_attestations: AddAttestations | None
) -> Registered:
    """Add the attestations of a repeat to the public version that it found; raises as ``AddAttestations``."""
    version = registered.version
    if registered.created or not version.status.is_public or not registration.attestations or add_attestations is None:
        return registered
    addition = Addition(
        registrant=registration.registrant,
        name=registration.name,
        version=registration.version,
        attestations=registration.attestations,
        request_id=registration.request_id,
    )
    return replace(registered, version=await add_attestations.execute(addition))


@dataclass(frozen=True, slots=True)
class VersionProvenance:
    """The attestations of a public version."""

    version: ProviderVersion
    attestations: Sequence[RecordedAttestation]


class ListAttestations:
    """Lists the attestations of public versions, for what shows them beside other things.

    Args:
        queries: None where attestations are off.
    """

    def __init__(self, queries: AttestationQueries | None) -> None:
        self._queries = queries

    async def execute(self, name: ProviderName, version: SemVer) -> Sequence[RecordedAttestation] | None:
        """Return the attestations, oldest first; None where attestations are off.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        return None if self._queries is None else await self._queries.list_attestations(name, version)


class ReadProvenance:
    """Reads the attestations of public versions."""

    def __init__(self, find_version: FindVersion, queries: AttestationQueries) -> None:
        self._find_version = find_version
        self._queries = queries

    async def execute(self, name: ProviderName, version: SemVer | None) -> VersionProvenance:
        """Return the attestations of a version, or of the latest one.

        Raises:
            VersionNotFoundError: There is no such public version.
            ProvenanceNotFoundError: It has no attestations.
            StoreUnavailableError: The database is unreachable.
        """
        found = await self._find_version.execute(name, version)
        attestations = await self._queries.list_attestations(name, found.version)
        if not attestations:
            raise ProvenanceNotFoundError(f"{name} {found.version} has no attestations; its verification says why")
        return VersionProvenance(found, attestations)
