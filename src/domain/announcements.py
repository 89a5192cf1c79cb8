"""What a registrant says a version is."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain import texts
from domain.errors import InvalidDigestError, InvalidTextError
from domain.schemas import CanonicalJson, ResourceSchemas
from domain.wheel.file import Sha256Digest
from domain.wheel.url import WheelUrl

MAX_ENTRYPOINT_ARGUMENTS = 100
MAX_ENTRYPOINT_LENGTH = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A version's content, as far as the wheel does not decide it.

    A digest in the wheel URL's fragment counts as the announced one.

    Attributes:
        sha256: The announced digest, or None to accept whatever the URL serves.
        package_name: The importable package, or None to infer it.
        entrypoint: Command that replaces the runtime's default, or None.
        config_schema: Legacy provider-level JSON Schema, or None.
        outputs_schema: Legacy provider-level JSON Schema, or None.

    Raises:
        InvalidDigestError: ``sha256`` and the URL's fragment disagree.
        InvalidTextError: The package name, the entrypoint or the changelog breaks the rules below.
    """

    wheel_url: WheelUrl
    sha256: Sha256Digest | None = None
    package_name: str | None = None
    entrypoint: tuple[str, ...] | None = None
    schemas: ResourceSchemas | None = None
    config_schema: CanonicalJson | None = None
    outputs_schema: CanonicalJson | None = None
    changelog: str | None = None

    def __post_init__(self) -> None:
        if self.package_name is not None:
            validate_package_name(self.package_name)
        if self.entrypoint is not None:
            validate_entrypoint(self.entrypoint)
        if self.changelog is not None:
            validate_changelog(self.changelog)
        object.__setattr__(self, "sha256", resolve_digest(self.sha256, self.wheel_url))

    @property
    def schema_length(self) -> int:
        """How many characters all its JSON Schemas have together; 0 if there are none."""
        documents = [(holder.config_schema, holder.outputs_schema) for holder in (self, *(self.schemas or ()))]
        return sum(len(document.text) for pair in documents for document in pair if document is not None)


def resolve_digest(announced: Sha256Digest | None, url: WheelUrl) -> Sha256Digest | None:
    """Return the digest announced beside or inside the URL.

    Raises:
        InvalidDigestError: Both are there and differ.
    """
    inside = url.fragment_digest
    if announced is not None and inside is not None and announced != inside:
        raise InvalidDigestError("sha256 and the wheel URL's #sha256= fragment differ; send the digest once")
    return announced or inside


def validate_package_name(value: str) -> str:
    """Return an importable package's name of 1 to 200 characters.

    Raises:
        InvalidTextError: It is not.
    """
    return texts.validate_line(value, max_length=200)


def validate_entrypoint(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return a command of 1 to 100 arguments and 8192 characters, whose program is not blank.

    Raises:
        InvalidTextError: It is not.
    """
    if not 1 <= len(arguments) <= MAX_ENTRYPOINT_ARGUMENTS:
        raise InvalidTextError(f"must have 1 to {MAX_ENTRYPOINT_ARGUMENTS} arguments, or be null for the default")
    if sum(len(argument) for argument in arguments) > MAX_ENTRYPOINT_LENGTH:
        raise InvalidTextError(f"must have at most {MAX_ENTRYPOINT_LENGTH} characters altogether")
    texts.validate_line(arguments[0], max_length=MAX_ENTRYPOINT_LENGTH)
    return tuple(texts.validate_text(argument, max_length=MAX_ENTRYPOINT_LENGTH) for argument in arguments)


def validate_changelog(value: str) -> str:
    """Return release notes of at most 100,000 characters.

    Raises:
        InvalidTextError: They are longer, or hold control characters.
    """
    return texts.validate_text(value, max_length=100_000)
