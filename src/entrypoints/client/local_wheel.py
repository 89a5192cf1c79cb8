"""Wheels on disk: finding a release's, and running the registry's checks on one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from packaging.version import Version

from application.ports.attestation_verifier import AttestationVerifier
from application.ports.wheel_fetcher import FetchedWheel
from application.use_cases.verify_wheel import VerifyWheel, WheelClaims
from domain.errors import AnnouncementRefusedError, InvalidWheelFilenameError
from domain.names import PLATFORM
from domain.provenance.attestations import Attestation
from domain.verification import Verification, VerificationLog
from domain.wheel.file import Sha256Digest, WheelFilename
from domain.wheel.url import WheelUrl
from domain.wheel.verified_wheel import VerifiedWheel
from entrypoints.client.errors import UnusableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The attestations that must be of a wheel, and the repository that must have built it."""

    attestations: Sequence[bytes]
    repository: str
    verifier: AttestationVerifier

    def check(self, filename: WheelFilename, sha256: Sha256Digest) -> str:
        """Return who built the wheel.

        Raises:
            ProvenanceRefusedError: An attestation is invalid, or of another wheel or repository.
        """
        for sent in self.attestations:
            built = Attestation.of(sent, self.verifier.verify(sent), filename=filename, sha256=sha256)
            built.require_built_by(self.repository)
        return built.claims.built_by


@dataclass(frozen=True, slots=True)
class WheelOutcome:
    """What came of a verification.

    Attributes:
        code: Of the refusal, or None if every check passed.
        wheel: What was verified, or None if a check did not pass.
    """

    code: str | None
    wheel: VerifiedWheel | None
    verification: Verification


async def examine(
    verify_wheel: VerifyWheel,
    wheel: WheelUrl | FetchedWheel,
    claims: WheelClaims,
    provenance: Provenance | None = None,
) -> WheelOutcome:
    """Verify a wheel at its URL, as the registry would fetch it for a first-party provider, or one that is here."""
    log = VerificationLog()
    code, verified = None, None
    try:
        if isinstance(wheel, WheelUrl):
            verified = await verify_wheel.execute(wheel, claims, log, namespace=PLATFORM)
        else:
            verified = await verify_wheel.verify_local(wheel, claims, log)
        if provenance is not None:
            with log.check("provenance") as check:
                check.detail = provenance.check(claims.filename, verified.sha256)
    except AnnouncementRefusedError as refusal:
        code, verified = refusal.code, None
    return WheelOutcome(code, verified, log.verdict(at=datetime.now(UTC)))


def on_disk(path: Path) -> FetchedWheel:
    """Return a wheel that is there.

    Raises:
        UnusableError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FetchedWheel(path, Sha256Digest(digest), path.stat().st_size)
    except OSError as error:
        raise UnusableError(f"cannot read {path}: {error.strerror}") from None


def wheels_of(folder: Path, distribution: str, version: Version | None) -> list[tuple[Path, WheelFilename]]:
    """Return the wheels of a release in a folder, by name; of any of its releases without a version.

    Raises:
        UnusableError: There is none.
    """
    found = []
    for path in sorted(folder.glob("*.whl")):
        try:
            name = WheelFilename.parse(path.name)
        except InvalidWheelFilenameError:
            continue
        if name.distribution == distribution and version in {None, name.version}:
            found.append((path, name))
    if not found:
        what = distribution if version is None else f"{distribution} {version}"
        raise UnusableError(
            f"there is no wheel of {what} in {folder}; build it first: pip wheel --no-deps --wheel-dir {folder} ."
        )
    return found
