"""Encryption of secrets at rest: JWE (RFC 7516) with ``dir`` and ``A256GCM``, with joserfc."""

import hashlib
from collections.abc import Sequence

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from application.errors import SecretUnreadableError

KEY_SIZE = 32
_ALGORITHMS = ["dir", "A256GCM"]
_KEY_ID_LENGTH = 16


class JweCipher:
    """Encrypts with the first of its keys, and decrypts with all; implements ``SecretCipher``.

    Args:
        keys: Of 32 bytes each, at least one.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        imported = [OctKey.import_key(key, {"kid": _key_id(key)}) for key in keys]
        self._first = imported[0]
        self._keys = KeySet(list(imported))

    def seal(self, secret: str) -> str:
        header = {"alg": "dir", "enc": "A256GCM", "kid": self._first.kid}
        return jwe.encrypt_compact(header, secret.encode(), self._first, algorithms=_ALGORITHMS)

    def reveal(self, sealed: str) -> str:
        try:
            plaintext = jwe.decrypt_compact(sealed, self._keys, algorithms=_ALGORITHMS).plaintext
        except (JoseError, ValueError) as error:
            raise SecretUnreadableError(
                "a webhook's secret cannot be decrypted with the configured keys; configure the key that it was "
                "encrypted with, or rotate the secret"
            ) from error
        return (plaintext or b"").decode()


def _key_id(key: bytes) -> str:
    """Return a name that tells keys apart and says nothing of them."""
    return hashlib.sha256(b"webhook key id\0" + key).hexdigest()[:_KEY_ID_LENGTH]
