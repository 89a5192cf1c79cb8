"""Reading attestations."""

from collections.abc import Sequence
from typing import Protocol

from domain.names import ProviderName
from domain.provenance.attestations import RecordedAttestation
from domain.semver import SemVer


class AttestationQueries(Protocol):
    """Reads the attestations of public versions."""

    async def list_attestations(self, name: ProviderName, version: SemVer) -> Sequence[RecordedAttestation]:
        """Return the attestations of a public version in the order in which they came; none if there are none.

        Raises:
            StoreUnavailableError: The database is unreachable.
        """
        ...
