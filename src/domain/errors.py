"""The rules that a request can break, as types with stable codes.

``detail`` is one sentence for a release engineer: what is wrong and what to do.
"""

from collections.abc import Sequence
from enum import StrEnum


class RegistryError(Exception):
    """Root of all refusals.

    Attributes:
        code: Stable slug, listed in ``docs/errors.md``.
        detail: Human sentence, safe to show to the caller.
    """

    code: str

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


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


class InvalidReceiverNameError(InvalidValueError):
    """Not the name of a receiver of webhooks."""

    code = "invalid_receiver_name"


class InvalidReceiverUrlError(InvalidValueError):
    """Not the URL of a receiver of webhooks."""

    code = "invalid_receiver_url"


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


class FileNotMirroredError(NotFoundError):
    """The registry keeps no copy of such a file."""

    code = "file_not_found"


class RegistrationNotFoundError(NotFoundError):
    """No registration has that id, or another one took its place."""

    code = "registration_not_found"


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
        super().__init__(detail)
        self.differences = tuple(differences)
        self.status = status


class DistributionConflictError(ConflictError):
    """The wheel's distribution belongs to another namespace.

    Attributes:
        distribution: Its normalised name.
        namespace: The namespace that may not publish it, unless an operator transfers it there.
    """

    code = "distribution_conflict"

    def __init__(self, detail: str, *, distribution: str, namespace: str) -> None:
        super().__init__(detail)
        self.distribution = distribution
        self.namespace = namespace


class WheelFilenameConflictError(ConflictError):
    """The wheel's file name belongs to another digest."""

    code = "wheel_filename_conflict"


class IllegalTransitionError(ConflictError):
    """The lifecycle has no such step."""

    code = "illegal_transition"


class WheelProblem(StrEnum):
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


class SchemaProblem(StrEnum):
    """Why a JSON Schema is refused for good."""

    DRAFT_UNSUPPORTED = "schema_draft_unsupported"
    INVALID = "schema_invalid"
    REFERENCE_FORBIDDEN = "schema_reference_forbidden"
    REFERENCE_UNRESOLVED = "schema_reference_unresolved"
    TOO_LARGE = "schema_too_large"


class AnnouncementRefusedError(RegistryError):
    """A well-formed announcement will never be published as it is. Final: recorded as a failed version."""


class BuildAbandonedError(AnnouncementRefusedError):
    """Every attempt to build a version ended without an outcome."""

    code = "build_abandoned"


class WheelRefusedError(AnnouncementRefusedError):
    """The wheel is not what was announced."""

    def __init__(self, problem: WheelProblem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.code = problem.value


class SchemaRefusedError(AnnouncementRefusedError):
    """A schema is no JSON Schema that every dependent could use by itself."""

    def __init__(self, problem: SchemaProblem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.code = problem.value
