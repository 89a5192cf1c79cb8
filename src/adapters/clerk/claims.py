"""Reading what a token says, whatever that is worth."""

from collections.abc import Mapping

from adapters.clerk.instants import as_instant
from adapters.clerk.refusals import Refusal
from application.errors import NotAuthenticatedError


class Claims:
    """The members of a token's payload. Whether they are to be believed is for the subclass to say."""

    def __init__(self, members: Mapping[str, object]) -> None:
        """Take the members as they were decoded."""
        self._members = members

    def __contains__(self, name: str) -> bool:
        """Return whether there is such a claim."""
        return name in self._members

    def get(self, name: str) -> object:
        """Return a claim as it stands, or None."""
        return self._members.get(name)

    def text(self, name: str, refusal: Refusal) -> str:
        """Return a claim that is a string.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, str):
            return value
        raise NotAuthenticatedError(refusal.value)

    def texts(self, name: str, refusal: Refusal) -> list[str]:
        """Return a claim that is an array of strings; a single string is none.

        Raises:
            NotAuthenticatedError: It is missing or something else.
        """
        value = self._members.get(name)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
        raise NotAuthenticatedError(refusal.value)

    def instant(self, name: str, refusal: Refusal) -> float:
        """Return a claim that is a NumericDate (RFC 7519 section 2), in seconds since 1970.

        Raises:
            NotAuthenticatedError: It is missing, no number, or beyond the year 9999.
        """
        return as_instant(self._members.get(name), refusal)
