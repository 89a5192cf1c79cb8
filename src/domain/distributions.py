"""Distributions: the namespaces that own them, the names that wheels claim, and the files that an index lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from domain import texts
from domain.errors import DistributionConflictError, InvalidDistributionNameError, WheelFilenameConflictError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel.file import Sha256Digest, WheelFilename

MAX_TRANSFER_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distribution and the namespace whose providers may publish wheels of it.

    Attributes:
        organization_id: The organisation that publishes it, whatever its slug becomes; None until one does.
    """

    name: NormalizedName
    prefix: str
    organization_id: str | None = None

    def require_publishable_by(self, provider: ProviderName, organization_id: str | None) -> None:
        """Return if a version of that provider may have a wheel of this distribution.

        The platform may publish any distribution: a customer must not be able to block a release by claiming its name.

        Raises:
            DistributionConflictError: The distribution belongs to another namespace or organisation.
        """
        if provider.is_platform:
            return
        if self.prefix != provider.prefix:
            owner = f"the namespace {self.prefix}"
        elif self.organization_id not in {None, organization_id} and organization_id is not None:
            owner = f"another organisation, which had the namespace {self.prefix} before"
        else:
            return
        raise DistributionConflictError(
            f"the distribution {self.name} belongs to {owner}; build the wheel under another distribution name",
            distribution=self.name,
            namespace=provider.prefix,
        )

    def published_by(self, provider: ProviderName, organization_id: str | None) -> Self:
        """Return the distribution after a version of that provider was published with a wheel of it."""
        if self.prefix != provider.prefix:
            return replace(self, prefix=provider.prefix, organization_id=organization_id)
        return replace(self, organization_id=self.organization_id or organization_id)


class DistributionAction(StrEnum):
    """A change of a distribution's owner.

    ``claimed`` by a first publication, ``taken_over`` by the platform's publication, or ``transferred`` by an operator.
    """

    CLAIMED = "claimed"
    TAKEN_OVER = "taken_over"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionEvent:
    """A distribution's owner from then on. Never changed or removed once it is kept."""

    action: DistributionAction
    owner: Distribution
    at: datetime
    actor: str
    request_id: str | None = None
    reason: str | None = None


def distribution_name(written: str) -> NormalizedName:
    """Return the normalised form of a distribution name.

    Raises:
        InvalidDistributionNameError: It is not a distribution name.
    """
    try:
        return canonicalize_name(written, validate=True)
    except InvalidName:
        raise InvalidDistributionNameError(
            "a distribution name is ASCII letters and digits, with '.', '-' or '_' between them"
        ) from None


def validate_transfer_reason(value: str) -> str:
    """Return a reason of 1 to 2000 characters.

    Raises:
        InvalidTextError: It is blank or longer, or holds control characters other than tabs and line ends.
    """
    return texts.validate_text(value, min_length=1, max_length=MAX_TRANSFER_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFile:
    """A file name on a namespace's index. It keeps its digest for ever, whatever becomes of the version.

    Attributes:
        filename: Normalised.
        provider: The provider that published it first.
        version: The version that it was published with first.
    """

    filename: str
    sha256: Sha256Digest
    provider: ProviderName
    version: SemVer


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelNames:
    """What is known of one wheel's names in one namespace; None while a name is free."""

    distribution: Distribution | None = None
    file: ClaimedFile | None = None

    def require_free(
        self,
        filename: WheelFilename,
        provider: ProviderName,
        *,
        organization_id: str | None,
        sha256: Sha256Digest | None,
    ) -> None:
        """Return if a version of that provider may be published with a wheel of these names.

        Args:
            filename: The wheel's.
            provider: The provider to be published.
            organization_id: The organisation that publishes it, if one does.
            sha256: The wheel's digest; None while it is unknown.

        Raises:
            DistributionConflictError: The distribution belongs to another namespace or organisation.
            WheelFilenameConflictError: The file name belongs to another digest.
        """
        if self.distribution is not None:
            self.distribution.require_publishable_by(provider, organization_id)
        held = self.file
        if held is not None and sha256 is not None and held.sha256 != sha256:
            raise WheelFilenameConflictError(
                f"{held.provider} {held.version} was published with a wheel {held.filename} of the SHA-256 digest "
                f"{held.sha256}, and yours{_as(filename, held)} has {sha256}; installers pin files by name and digest, "
                "so raise the version, or build the wheel with another build number"
            )

    def after(self, version: ProviderVersion, organization_id: str | None) -> Self:
        """Return the names after a version was published."""
        wheel = version.wheel
        if wheel is None:
            return self
        name = version.name
        held = self.distribution or Distribution(name=wheel.distribution, prefix=name.prefix)
        filename = version.announcement.wheel_url.filename.normalised
        return type(self)(
            distribution=held.published_by(name, organization_id),
            file=self.file
            or ClaimedFile(filename=filename, sha256=wheel.sha256, provider=name, version=version.version),
        )


def _as(filename: WheelFilename, held: ClaimedFile) -> str:
    return "" if filename.text == held.filename else f" ({filename}, which is the same name to an installer)"


@dataclass(slots=True, kw_only=True)
class IndexFile:
    """A public version's wheel, as an index shows it.

    Attributes:
        sha256: In hexadecimal.
        yanked_reason: Why the version is yanked; None if it is not, or if no reason was given.
        metadata_sha256: Of its ``METADATA``, in hexadecimal; None if there is no copy of the wheel.
        attested: The version, if it has attestations.
    """

    filename: str
    url: str
    sha256: str
    size: int
    requires_python: str | None
    published_at: datetime
    is_yanked: bool
    yanked_reason: str | None = None
    metadata_sha256: str | None = None
    attested: tuple[ProviderName, SemVer] | None = None


def installable_files(files: Iterable[IndexFile]) -> Sequence[IndexFile]:
    """Return each file once, in the order in which they are given.

    Versions may share a file: those that are not yanked stand for it, and of these the first. Two files of one name
    with different digests both stay, so that either digest can be installed.
    """
    chosen: dict[tuple[str, str], IndexFile] = {}
    for file in files:
        key = (file.filename, file.sha256)
        known = chosen.get(key)
        if known is None or (known.is_yanked and not file.is_yanked):
            chosen[key] = file
    return list(chosen.values())
