"""Every refusal the registry can give, as a type with a stable code.

``detail`` is one sentence for a release engineer: what is wrong and what to do. Statuses are not decided here: the
HTTP entrypoint maps these types to statuses in one table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class RegistryError(Exception):
    """Root of all refusals.

    Attributes:
        code: Stable slug, listed in ``docs/errors.md``.
        detail: Human sentence, safe to show to the caller.
    """

    code: str

    def __init__(self, detail: str) -> None:
        """Keep the sentence that the caller is shown."""
        super().__init__(detail)
        self.detail = detail


class NotAuthenticatedError(RegistryError):
    """The caller did not prove who it is.

    Attributes:
        reason: Which check failed. For the log only: the caller always reads the same sentence.
        token_presented: Whether there was a token at all (RFC 6750 section 3.1 answers the two differently).
    """

    code = "not_authenticated"

    def __init__(self, reason: str, *, token_presented: bool = True) -> None:
        """Keep the reason for the log."""
        super().__init__("Not authenticated")
        self.reason = reason
        self.token_presented = token_presented


class ForbiddenError(RegistryError):
    """The caller is authentic but may not do this."""


class MachineNotAllowedError(ForbiddenError):
    """The machine is not on the release allow-list."""

    code = "machine_not_allowed"


class NamespaceForbiddenError(ForbiddenError):
    """The target namespace is not the caller's to publish in."""

    code = "namespace_forbidden"


class PublishForbiddenError(ForbiddenError):
    """The caller acts for the organisation, but may not publish for it."""

    code = "publish_forbidden"


class OrganizationForbiddenError(ForbiddenError):
    """The organisation is not the caller's."""

    code = "organization_forbidden"


class InvalidValueError(RegistryError, ValueError):
    """A single value breaks its rule; ``code`` names the rule."""


class InvalidProviderNameError(InvalidValueError):
    """Not a provider name."""

    code = "invalid_provider_name"


class InvalidVersionError(InvalidValueError):
    """Not a Semantic Version."""

    code = "invalid_version"


class UnmatchableVersionError(InvalidValueError):
    """A Semantic Version that no wheel can carry, because PEP 440 has no equal for it."""

    code = "version_unmatchable"


class InvalidDigestError(InvalidValueError):
    """Not a SHA-256 digest in lower-case hexadecimal."""

    code = "invalid_sha256"


class InvalidWheelUrlError(InvalidValueError):
    """A URL that the registry will not store or fetch."""

    code = "invalid_wheel_url"


class InvalidWheelFilenameError(InvalidValueError):
    """Not a wheel file name."""

    code = "invalid_wheel_filename"


class InvalidDistributionNameError(InvalidValueError):
    """Not a distribution name."""

    code = "invalid_distribution_name"


class InvalidSchemasError(InvalidValueError):
    """Resource schemas that cannot be recorded."""

    code = "invalid_schemas"


class InvalidMetadataError(InvalidValueError):
    """Catalog metadata that cannot be shown."""

    code = "invalid_metadata"


class InvalidTextError(InvalidValueError):
    """A text field that is empty, too long or holds characters that cannot be stored."""

    code = "invalid_text"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: where it is, what is wrong with it, and the code of the rule it breaks."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


MAX_FIELD_ERRORS = 50
MAX_SUMMARY_LENGTH = 2000


class InvalidRequestError(RegistryError):
    """A well-formed body with bad fields, all of them (but no more than 50) reported at once."""

    code = "invalid_request"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        """Summarise the bad fields in one sentence, since many clients print nothing else."""
        self.errors = tuple(errors)[:MAX_FIELD_ERRORS]
        summary = "; ".join(
            f"{'.'.join(str(part) for part in error.loc[1:] or error.loc)}: {error.msg}" for error in self.errors
        )
        super().__init__(summary if len(summary) <= MAX_SUMMARY_LENGTH else f"{summary[:MAX_SUMMARY_LENGTH]}…")


class MetadataRequiredError(RegistryError):
    """A provider's first publish came without catalog metadata."""

    code = "metadata_required"


class NotFoundError(RegistryError):
    """Nothing public stands under that name."""


class ProviderNotFoundError(NotFoundError):
    """No such provider, or none with a public version."""

    code = "provider_not_found"


class DistributionNotFoundError(NotFoundError):
    """No public version's wheel belongs to such a distribution."""

    code = "distribution_not_found"


class VersionNotFoundError(NotFoundError):
    """No such public version."""

    code = "version_not_found"


class SchemaNotFoundError(NotFoundError):
    """The version offers no such resource type."""

    code = "schema_not_found"


class ConflictError(RegistryError):
    """The stored state does not allow this."""


class VersionConflictError(ConflictError):
    """The version exists with other content.

    Attributes:
        differences: Names of the fields that differ.
        status: The existing version's status.
    """

    code = "version_conflict"

    def __init__(self, detail: str, *, differences: Sequence[str], status: str) -> None:
        """Keep what differs for the caller."""
        super().__init__(detail)
        self.differences = tuple(differences)
        self.status = status


class DistributionConflictError(ConflictError):
    """The wheel's distribution belongs to another namespace."""

    code = "distribution_conflict"


class WheelFilenameConflictError(ConflictError):
    """The wheel's file name belongs to another digest."""

    code = "wheel_filename_conflict"


class IllegalTransitionError(ConflictError):
    """The lifecycle has no such step."""

    code = "illegal_transition"


class WheelFault(StrEnum):
    """Why a wheel is refused for good: it will be refused again until its publisher changes something."""

    NOT_FOUND = "wheel_not_found"
    ADDRESS_FORBIDDEN = "wheel_address_forbidden"
    REDIRECT_FORBIDDEN = "wheel_redirect_forbidden"
    TOO_LARGE = "wheel_too_large"
    DIGEST_MISMATCH = "wheel_digest_mismatch"
    NOT_AN_ARCHIVE = "wheel_not_an_archive"
    ARCHIVE_FRAMING = "wheel_archive_framing"
    ARCHIVE_OVERLAP = "wheel_archive_overlap"
    ARCHIVE_HEADERS_DISAGREE = "wheel_archive_headers_disagree"
    ARCHIVE_EXTRA_INVALID = "wheel_archive_extra_invalid"
    ARCHIVE_ENCRYPTED = "wheel_archive_encrypted"
    ARCHIVE_COMPRESSION_UNSUPPORTED = "wheel_archive_compression_unsupported"
    ARCHIVE_NAME_UNSAFE = "wheel_archive_name_unsafe"
    ARCHIVE_DUPLICATE_NAME = "wheel_archive_duplicate_name"
    ARCHIVE_NAMES_COLLIDE = "wheel_archive_names_collide"
    ARCHIVE_SPECIAL_FILE = "wheel_archive_special_file"
    ARCHIVE_TOO_MANY_FILES = "wheel_archive_too_many_files"
    ARCHIVE_CORRUPT = "wheel_archive_corrupt"
    INFLATES_TOO_FAR = "wheel_inflates_too_far"
    DIST_INFO_MISSING = "wheel_dist_info_missing"
    FILE_MISSING = "wheel_file_missing"
    LAYOUT_INVALID = "wheel_layout_invalid"
    METADATA_INVALID = "wheel_metadata_invalid"
    NAME_MISMATCH = "wheel_name_mismatch"
    VERSION_MISMATCH = "wheel_version_mismatch"
    FORMAT_UNSUPPORTED = "wheel_format_unsupported"
    RECORD_INVALID = "wheel_record_invalid"
    RECORD_MISMATCH = "wheel_record_mismatch"
    ENTRY_POINTS_INVALID = "wheel_entry_points_invalid"
    PACKAGE_NOT_IN_WHEEL = "package_not_in_wheel"


class SchemaFault(StrEnum):
    """Why a JSON Schema is refused for good."""

    DRAFT_UNSUPPORTED = "schema_draft_unsupported"
    INVALID = "schema_invalid"
    REFERENCE_FORBIDDEN = "schema_reference_forbidden"
    REFERENCE_UNRESOLVED = "schema_reference_unresolved"
    TOO_LARGE = "schema_too_large"


class AnnouncementRefusedError(RegistryError):
    """A well-formed announcement will never be published as it is. Final: recorded as a failed version."""


class WheelRefusedError(AnnouncementRefusedError):
    """The wheel is not what was announced."""

    def __init__(self, fault: WheelFault, detail: str) -> None:
        """Take the code from the fault."""
        super().__init__(detail)
        self.fault = fault
        self.code = fault.value


class SchemaRefusedError(AnnouncementRefusedError):
    """A schema is no JSON Schema that every dependent could use by itself."""

    def __init__(self, fault: SchemaFault, detail: str) -> None:
        """Take the code from the fault."""
        super().__init__(detail)
        self.fault = fault
        self.code = fault.value


class TransientError(RegistryError):
    """Nothing was written; the same request may succeed later."""


class WheelHostError(TransientError):
    """The wheel's host did not hand it out.

    Attributes:
        reached: Whether there was a connection to it, with TLS.
    """

    def __init__(self, detail: str, *, reached: bool = True) -> None:
        """Keep how far it went."""
        super().__init__(detail)
        self.reached = reached


class WheelHostFailedError(WheelHostError):
    """The wheel's host was unreachable or answered wrongly."""

    code = "wheel_host_failed"


class WheelHostUnreachableError(WheelHostError):
    """The wheel's host cannot be reached, for a reason that this caller is not told.

    Attributes:
        reason: For the log.
    """

    code = "wheel_host_unreachable"

    def __init__(self, detail: str, *, reason: str) -> None:
        """Keep the reason apart from the sentence."""
        super().__init__(detail, reached=False)
        self.reason = reason


class WheelHostTimeoutError(WheelHostError):
    """The wheel's host did not finish before the deadline."""

    code = "wheel_host_timeout"


class UnavailableError(TransientError):
    """Something the registry itself depends on is out of service.

    Attributes:
        retry_after: Seconds after which a retry is reasonable.
    """

    default_retry_after: ClassVar[int] = 5

    def __init__(self, detail: str, *, retry_after: int | None = None) -> None:
        """Keep the delay for the ``Retry-After`` header."""
        super().__init__(detail)
        self.retry_after = self.default_retry_after if retry_after is None else retry_after


class StoreUnavailableError(UnavailableError):
    """The database is unreachable or not ready."""

    code = "database_unavailable"


class SearchBusyError(UnavailableError):
    """A search found no turn in time, or took too long."""

    code = "search_busy"


class StoreMisconfiguredError(UnavailableError):
    """The database will not accept the registry until an operator changes a setting."""

    code = "database_misconfigured"


class TokenAuthorityUnavailableError(UnavailableError):
    """The authority that issues tokens cannot be asked, so no token can be judged."""

    code = "token_authority_unavailable"


class SpoolUnavailableError(UnavailableError):
    """There is no room to hold the wheel while it is checked."""

    code = "spool_unavailable"


class TooManyFetchesError(UnavailableError):
    """As many wheels are being fetched as may be at once, and none was done in time."""

    code = "too_many_fetches"


class TooManyRegistrationsError(UnavailableError):
    """This caller has too many registrations in flight."""

    code = "too_many_registrations"
