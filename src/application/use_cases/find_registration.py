"""Finding a registration that is done later."""

from uuid import UUID

from application.ports.version_queries import VersionQueries
from domain.errors import RegistrationNotFoundError
from domain.versions import ProviderVersion


class FindRegistration:
    """Finds the versions of accepted registrations, whatever their status."""

    def __init__(self, versions: VersionQueries) -> None:
        self._versions = versions

    async def execute(self, registration_id: UUID) -> ProviderVersion:
        """Return the version that a registration is about.

        Raises:
            RegistrationNotFoundError: No registration has that id, or a later one took its place.
            StoreUnavailableError: The store is unreachable.
        """
        found = await self._versions.find_registration(registration_id)
        if found is None:
            raise RegistrationNotFoundError(
                "no registration has this id; if it had failed, a later one may have taken its place"
            )
        return found
