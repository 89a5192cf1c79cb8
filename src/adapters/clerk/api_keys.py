"""Verifying API keys of organisations."""

from adapters.clerk.api import ClerkApi
from adapters.clerk.introspection import TokenIntrospector
from adapters.clerk.token_checks import ANY_ID, ORGANIZATION_ID, RejectionReason, as_id, reject_unless
from application.errors import NotAuthenticatedError
from application.ports.clock import Clock
from application.ports.customer_directory import CustomerDirectory
from domain.customers import Customer


class ApiKeyVerifier:
    """Verifies API keys by asking Clerk, each time; only what an organisation is called may be remembered."""

    def __init__(self, api: ClerkApi, directory: CustomerDirectory, clock: Clock) -> None:
        self._directory = directory
        self._keys = TokenIntrospector(api, clock, path="/v1/api_keys/verify", member="secret", kind="api_key")

    async def verify(self, key: str) -> Customer:
        """Return the key as a customer that acts for the organisation it belongs to.

        Raises:
            NotAuthenticatedError: Clerk does not know the key, it belongs to no organisation, or a check failed.
            TokenAuthorityUnavailableError: Clerk did not answer as documented.
        """
        found = await self._keys.find(key)
        # Users and machines have keys, too; the prefix of a key tells nothing.
        organization_id = as_id(found.subject, ORGANIZATION_ID, RejectionReason.WRONG_KEY_SUBJECT)
        key_id = as_id(found.id, ANY_ID, RejectionReason.WRONG_API_KEY_ID)
        # The id is recorded and shown; the key itself must never get there.
        reject_unless(key_id != key, RejectionReason.WRONG_API_KEY_ID)
        organization = await self._directory.find_organization(organization_id)
        if organization is None:
            raise NotAuthenticatedError(RejectionReason.UNKNOWN_ORGANIZATION.value)
        return Customer(
            id=key_id,
            user_id=None,
            organization_id=organization.id,
            organization_slug=organization.slug,
            scopes=_scopes(found.scopes),
        )


def _scopes(value: object) -> frozenset[str]:
    """Return the key's scopes. What is no list of texts counts as a scope that nothing is granted to."""
    if value is None:
        return frozenset()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    return frozenset({""})
