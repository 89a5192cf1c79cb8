"""The rules of adding attestations to a public version."""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import VersionNotFoundError
from domain.names import ProviderName
from domain.provenance.admission import Step, admit
from domain.provenance.attestations import Attestation
from domain.registrants import Registrant
from domain.semver import SemVer
from domain.version_state import Attest, VersionSnapshot
from domain.versions import ProviderVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A request to add attestations.

    Attributes:
        attestations: As they were sent.
        request_id: Recorded with what they change about the publisher.
    """

    registrant: Registrant
    name: ProviderName
    version: SemVer
    attestations: tuple[bytes, ...]
    request_id: str | None = None

    def require_version(self, state: VersionSnapshot) -> ProviderVersion:
        """Return the public version, if the registrant may publish it.

        Raises:
            NamespaceForbiddenError: It may not.
            VersionNotFoundError: There is no such public version.
        """
        self.registrant.authorise(self.name)
        if state.provider is not None:
            state.provider.require_owner(self.registrant.organization_id)
        if state.public_version is None:
            raise VersionNotFoundError(f"{self.name} has no public version {self.version}; list its versions")
        return state.public_version


def add(
    state: VersionSnapshot, request: Addition, attestations: tuple[Attestation, ...], *, now: datetime
) -> tuple[Attest | None, ProviderVersion]:
    """Decide on attestations of the version's wheel that it has not yet.

    Raises:
        RegistryError: As ``Addition.require_version`` and ``admit``.
    """
    version = request.require_version(state)
    if not attestations:
        return None, version
    step = Step(at=now, actor=request.registrant.actor, request_id=request.request_id)
    provenance = admit(attestations, state.publishers, version.version, step)
    return Attest(at=now, version=version, provenance=provenance), version
