"""Whether a Clerk instance is there, and takes the secret, before anything depends on it."""

from adapters.clerk.client import ClerkClient
from adapters.clerk.jwks import MalformedKeySetError, read_keys

_MADE_UP = "settings_check"


class ClerkInstanceCheck(ClerkClient):
    """Asks an instance what a registry will ask it, with a token of no machine."""

    async def count_keys(self) -> int:
        """Return how many keys the issuer publishes.

        Raises:
            TokenAuthorityUnavailableError: It cannot be reached, or what it publishes is no key set.
        """
        response = await self._api.get_keys()
        try:
            return len(read_keys(response.body)) if response.status == 200 else 0
        except MalformedKeySetError:
            return 0

    async def try_machine_secret(self) -> None:
        """Return if the Backend API takes the secret for verifying machine tokens.

        Raises:
            TokenAuthorityUnavailableError: It does not, or cannot be reached.
        """
        await self._api.post("/v1/m2m_tokens/verify", {"token": f"mt_{_MADE_UP}"})

    async def try_instance_key(self) -> None:
        """Return if the Backend API takes the secret for verifying API keys.

        Raises:
            TokenAuthorityUnavailableError: It does not, or cannot be reached.
        """
        await self._api.post("/v1/api_keys/verify", {"secret": f"ak_{_MADE_UP}"})
