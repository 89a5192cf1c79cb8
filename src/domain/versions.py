"""A provider version and its lifecycle."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from domain import texts
from domain.announcements import Announcement
from domain.compatibility.assessment import CompatibilitySummary
from domain.errors import IllegalTransitionError, RegistryError, VersionNotFoundError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.verification import Verification
from domain.wheel.file import Sha256Digest
from domain.wheel.verified_wheel import VerifiedWheel

MAX_YANK_REASON = 2000


class VersionStatus(StrEnum):
    """Where a version stands in its lifecycle."""

    BUILDING = "building"
    PUBLISHED = "published"
    FAILED = "failed"
    YANKED = "yanked"

    @property
    def is_public(self) -> bool:
        """Whether public reads show a version of this status."""
        return self in {VersionStatus.PUBLISHED, VersionStatus.YANKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderVersion:
    """One version of a provider. Immutable: each verb of the lifecycle returns the version after it.

    ``building → published``, ``building → failed``, ``failed → building``, ``published → yanked``,
    ``yanked → published``; every other step raises ``IllegalTransitionError``.

    Attributes:
        wheel: The verified wheel, from the first publish on.
        verification: The checks of the wheel; None on rows from before they were kept.
        runtime_version: The platform's runtime version, pinned at registration.
        registered_by: Id of the registrant.
        error_message: Why the registration failed; there only while it is failed.
        compatibility: How it compares with its baseline; None on rows from before versions were compared.
        source_hash: Digest of the source archive on rows from before wheels.
        registration_id: Names the registration to its registrant, and to no one else. Kept from the time when it
            was accepted to be done later; None if it was done at once.
    """

    name: ProviderName
    version: SemVer
    status: VersionStatus
    announcement: Announcement
    runtime_version: str
    registered_by: str
    created_at: datetime
    updated_at: datetime
    wheel: VerifiedWheel | None = None
    verification: Verification | None = None
    published_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    yanked_at: datetime | None = None
    yanked_reason: str | None = None
    compatibility: CompatibilitySummary | None = None
    source_hash: str | None = None
    registration_id: UUID | None = None

    @classmethod
    def begin(
        cls,
        name: ProviderName,
        version: SemVer,
        announcement: Announcement,
        *,
        runtime_version: str,
        registered_by: str,
        at: datetime,
        registration_id: UUID | None = None,
    ) -> Self:
        """Start a version's life as ``building``."""
        return cls(
            name=name,
            version=version,
            status=VersionStatus.BUILDING,
            announcement=announcement,
            runtime_version=runtime_version,
            registered_by=registered_by,
            created_at=at,
            updated_at=at,
            registration_id=registration_id,
        )

    def rebuild(
        self,
        announcement: Announcement,
        *,
        runtime_version: str,
        registered_by: str,
        at: datetime,
        registration_id: UUID | None = None,
    ) -> Self:
        """Try a failed version again, with whatever is announced now.

        Raises:
            IllegalTransitionError: The version is not failed.
        """
        self._require(VersionStatus.FAILED, "registered again")
        return replace(
            self,
            status=VersionStatus.BUILDING,
            announcement=announcement,
            runtime_version=runtime_version,
            registered_by=registered_by,
            updated_at=at,
            registration_id=registration_id,
            error_code=None,
            error_message=None,
            verification=None,
        )

    def publish(
        self,
        wheel: VerifiedWheel,
        *,
        at: datetime,
        verification: Verification | None = None,
        compatibility: CompatibilitySummary | None = None,
    ) -> Self:
        """Publish a building version with its verified wheel.

        Raises:
            IllegalTransitionError: The version is not building.
        """
        self._require(VersionStatus.BUILDING, "published")
        return replace(
            self,
            status=VersionStatus.PUBLISHED,
            wheel=wheel,
            verification=verification,
            compatibility=compatibility,
            published_at=at,
            updated_at=at,
        )

    def fail(self, refusal: RegistryError, *, at: datetime, verification: Verification | None = None) -> Self:
        """Record why a building version was refused.

        Raises:
            IllegalTransitionError: The version is not building.
        """
        self._require(VersionStatus.BUILDING, "failed")
        return replace(
            self,
            status=VersionStatus.FAILED,
            error_code=refusal.code,
            error_message=refusal.detail,
            verification=verification,
            updated_at=at,
        )

    def yank(self, reason: str, *, at: datetime) -> Self:
        """Take a published version out of ``latest``, leaving it installable by exact version.

        Raises:
            IllegalTransitionError: The version is not published.
            InvalidTextError: The reason breaks its rule.
        """
        self._require(VersionStatus.PUBLISHED, "yanked")
        reason = validate_yank_reason(reason)
        return replace(self, status=VersionStatus.YANKED, yanked_at=at, yanked_reason=reason, updated_at=at)

    def restore(self, *, at: datetime) -> Self:
        """Undo a yank.

        Raises:
            IllegalTransitionError: The version is not yanked.
        """
        self._require(VersionStatus.YANKED, "restored")
        return replace(self, status=VersionStatus.PUBLISHED, yanked_at=None, yanked_reason=None, updated_at=at)

    def differences(self, other: Announcement) -> tuple[str, ...]:
        """Name the fields in which another announcement differs from this version's content.

        An announcement without a digest agrees with whatever was computed, and one without a package with whatever
        was inferred. Catalog metadata is no part of a version.
        """
        mine = self.announcement
        compared = {
            "wheel_url": mine.wheel_url == other.wheel_url,
            "sha256": other.sha256 in {None, self.wheel_sha256},
            "package_name": self._packaged(other) == self._packaged(mine),
            "entrypoint": mine.entrypoint == other.entrypoint,
            "schemas": mine.schemas == other.schemas,
            "config_schema": mine.config_schema == other.config_schema,
            "outputs_schema": mine.outputs_schema == other.outputs_schema,
            "changelog": mine.changelog == other.changelog,
        }
        return tuple(field for field, same in compared.items() if not same)

    @property
    def wheel_sha256(self) -> Sha256Digest | None:
        """The computed digest, or the announced one while nothing is computed."""
        return self.wheel.sha256 if self.wheel else self.announcement.sha256

    @property
    def package_name(self) -> str | None:
        """The announced package, or the inferred one."""
        return self._packaged(self.announcement)

    def _packaged(self, announcement: Announcement) -> str | None:
        return announcement.package_name or (self.wheel.package_name if self.wheel else None)

    def _require(self, status: VersionStatus, verb: str) -> None:
        if self.status is not status:
            msg = f"{self.name} {self.version} is {self.status}; only a {status} version can be {verb}"
            raise IllegalTransitionError(msg)


def validate_yank_reason(value: str) -> str:
    """Return a reason of 1 to 2000 characters, on any number of lines.

    Raises:
        InvalidTextError: It is blank or longer, or holds control characters other than tabs and line ends.
    """
    return texts.validate_text(value, min_length=1, max_length=MAX_YANK_REASON)


def require_version(found: ProviderVersion | None, name: ProviderName, version: SemVer | None) -> ProviderVersion:
    """Return what was found of a version, or of the latest one for None.

    Raises:
        VersionNotFoundError: Nothing was.
    """
    if found is None:
        raise VersionNotFoundError(
            f"{name} has no public version {version or 'to be the latest'}; "
            "list its versions to see what there is, yanked ones included"
        )
    return found
