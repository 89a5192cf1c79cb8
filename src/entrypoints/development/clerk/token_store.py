"""The secrets that the fake issued."""

import threading
from datetime import datetime

from entrypoints.development.clerk.tokens import IssuedToken


class TokenStore:
    """Remembers secrets of one kind; safe to use from any thread.

    Attributes:
        returns_inactive: Whether ``find`` returns revoked and expired secrets.
    """

    def __init__(self) -> None:
        self.returns_inactive = False
        self._lock = threading.Lock()
        self._issued: dict[str, IssuedToken] = {}

    def add(self, issued: IssuedToken) -> None:
        with self._lock:
            self._issued[issued.token] = issued

    def find(self, text: object, now: datetime) -> IssuedToken | None:
        with self._lock:
            issued = self._issued.get(text) if isinstance(text, str) else None
        is_inactive = issued is not None and (issued.revoked or issued.expired(now))
        return None if is_inactive and not self.returns_inactive else issued

    def id_of(self, text: str) -> str:
        """Return the id of the secret of that text.

        Raises:
            LookupError: There is none.
        """
        with self._lock:
            return self._issued[text].id

    def find_by_id(self, id_: str) -> IssuedToken | None:
        """Return the secret with that id, active or not."""
        with self._lock:
            return next((issued for issued in self._issued.values() if issued.id == id_), None)

    def revoke(self, text_or_id: str) -> bool:
        """Revoke a secret, and return whether there is one of that text or id."""
        with self._lock:
            found = [issued for issued in self._issued.values() if text_or_id in {issued.token, issued.id}]
            for issued in found:
                issued.revoked = True
        return bool(found)
