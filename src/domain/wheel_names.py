"""The names that a published wheel holds: its distribution, and its file name on its namespace's index."""

from dataclasses import dataclass
from typing import Self

from domain.digests import Sha256Digest
from domain.distributions import Distribution
from domain.errors import WheelFilenameConflictError
from domain.names import ProviderName
from domain.semver import SemVer
from domain.versions import ProviderVersion
from domain.wheel_filenames import WheelFilename


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
