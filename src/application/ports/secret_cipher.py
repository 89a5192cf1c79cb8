"""Encrypting secrets at rest."""

from typing import Protocol


class SecretCipher(Protocol):
    """Encrypts secrets before they are stored."""

    def seal(self, secret: str) -> str:
        """Return the secret, encrypted."""
        ...

    def reveal(self, sealed: str) -> str:
        """Return the secret.

        Raises:
            SecretUnreadableError: It was encrypted with another key, or changed.
        """
        ...
