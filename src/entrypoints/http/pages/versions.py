"""What the page of a version shows."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from domain.availability import Availability, OriginVerdict
from domain.catalog import CatalogEntry
from domain.compatibility.assessment import Acceptance
from domain.provenance.attestations import RecordedAttestation
from domain.provenance.claims import SignerClaims
from domain.verification import Check
from domain.versions import ProviderVersion, VersionStatus
from domain.wheel.metadata import Readme
from entrypoints.http.pages.comparisons import compared_path
from entrypoints.http.pages.log import LogPlaceView
from entrypoints.http.pages.resource_list import ResourceList
from entrypoints.index_paths import index_path
from entrypoints.presenters.history import HistoryEventView
from entrypoints.presenters.installing import InstallView, install_view

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    """A version with all that is known of it.

    Attributes:
        choices: Versions to switch to, newest first.
        acceptance: Who accepted its breaking changes; None if there are none.
        availability: What is known of its wheel on its host.
        attestations: Those that it has, oldest first.
        registry_url: Where dependents reach the registry; None if that is not configured.
        mirror_url: Of the mirror, or its path; None if copies are not served.
        readme: What its wheel says at length.
        log: Where the transparency log has it; None if it has not, or there is none.
    """

    entry: CatalogEntry
    version: ProviderVersion
    history: Sequence[HistoryEventView] = ()
    choices: Sequence[ProviderVersion] = ()
    has_more_history: bool = False
    acceptance: Acceptance | None = None
    availability: Availability | None = None
    attestations: Sequence[RecordedAttestation] = ()
    registry_url: str | None = None
    mirror_url: str | None = None
    readme: Readme | None = None
    log: LogPlaceView | None = None

    @property
    def is_yanked(self) -> bool:
        """Whether it was taken out of ``latest``."""
        return self.version.status is VersionStatus.YANKED

    @property
    def is_latest(self) -> bool:
        """Whether it is what ``latest`` means."""
        return self.version.version == self.entry.latest

    @property
    def lacks_origin(self) -> bool:
        """Whether its host no longer has the wheel that was registered."""
        lacking = {OriginVerdict.DRIFTED, OriginVerdict.UNREACHABLE}
        return self.availability is not None and self.availability.verdict in lacking

    @property
    def builds(self) -> Sequence[SignerClaims]:
        """The workflow runs that built it, as their attestations say; one, unless the publisher changed."""
        return tuple(dict.fromkeys(each.attestation.claims for each in self.attestations))

    @property
    def checks(self) -> Sequence[tuple[Check, str]]:
        """What was checked, each with ``passed``, ``note`` or ``failed``."""
        verified = self.version.verification
        return [(check, self._outcome(check)) for check in (verified.checks if verified else ())]

    def _outcome(self, check: Check) -> str:
        if not check.passed:
            return "failed"
        # Verdicts from before it was kept are known by the announcement.
        lacks_digest = check.name == "digest" and self.version.announcement.sha256 is None
        return "note" if check.is_partial or lacks_digest else "passed"

    @property
    def notes(self) -> int:
        """How many checks passed with less to compare than there could be."""
        return sum(outcome == "note" for _, outcome in self.checks)

    @property
    def is_available(self) -> bool:
        """Whether its host had the registered wheel when it was last checked."""
        return self.availability is not None and self.availability.verdict is OriginVerdict.INTACT

    @property
    def is_copy_served(self) -> bool:
        """Whether installers get a copy of the registered wheel."""
        return self.install.mirror_url is not None

    @property
    def install(self) -> InstallView:
        """What the API says on installing it."""
        return install_view(self.version, index_url=self.index_url, mirror_url=self.mirror_url)

    @property
    def index_url(self) -> str:
        """The URL of the package index that lists it."""
        return f"{self.registry_url or 'https://<this registry>'}{self.index_path}"

    @property
    def index_path(self) -> str:
        """The path of the package index that lists it."""
        return index_path(self.version.name.prefix)

    @property
    def command(self) -> str:
        """What installs it, for a shell."""
        return f"pip install {shlex.quote(self.install.requirement)}"

    @property
    def index_command(self) -> str:
        """What installs it from its index, which has none of its dependencies, for a shell."""
        name = f"{self.version.announcement.wheel_url.filename.distribution}=={self.python_version}"
        return f"pip install --no-deps --index-url {shlex.quote(self.index_url)} {shlex.quote(name)}"

    @property
    def is_in_development(self) -> bool:
        """Whether its wheel is on this machine, where no public authority vouches for its host."""
        wheel = urlsplit(self.install.wheel_url)
        return wheel.scheme == "https" and wheel.hostname in _LOOPBACK

    @property
    def requirements_line(self) -> str:
        """What a requirements file says of it; with the hash, pip installs nothing that has none."""
        return f"{self.install.requirement.partition('#')[0]} --hash=sha256:{self.install.wheel_sha256}"

    @property
    def python_version(self) -> str:
        """Its number as installers write it."""
        return str(self.version.announcement.wheel_url.filename.version)

    @property
    def entrypoint(self) -> str:
        """What starts it, for a shell; empty for the runtime's default."""
        return shlex.join(self.version.announcement.entrypoint or ())

    @property
    def path(self) -> str:
        """The address of this page, of this very version."""
        return f"/catalog/{self.version.name}/{quote(self.version.version.text, safe='+')}"

    @property
    def base_url(self) -> str:
        """Where people reach the registry; empty if that is not configured."""
        return self.registry_url or ""

    @property
    def api(self) -> str:
        """Where the API has it."""
        return f"/providers/{self.version.name}/versions/{quote(self.version.version.text, safe='+')}"

    @property
    def comparison(self) -> str:
        """How paths name the comparison with its baseline; empty if there is none."""
        compared = self.version.compatibility
        return (
            ""
            if compared is None or compared.baseline is None
            else compared_path(compared.baseline, self.version.version)
        )

    @property
    def resources(self) -> ResourceList:
        """The resource types, as many as a page holds."""
        return ResourceList.of(self.version)
