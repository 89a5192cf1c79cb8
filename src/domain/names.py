"""Names of providers."""

import re
from dataclasses import dataclass
from typing import Self

from domain.errors import InvalidProviderNameError

PLATFORM = "platform"
"""The namespace of first-party providers."""

MAX_LENGTH = 200
_TOKEN = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class ProviderName:
    """A namespace token and a short name, each lower-case letters and digits with ``-`` or ``_`` inside.

    Raises:
        InvalidProviderNameError: A token breaks that rule, or the canonical form exceeds 200 characters.
    """

    prefix: str
    name: str

    def __post_init__(self) -> None:
        """Refuse anything that is not a name, so that no other code has to ask."""
        for role, token in (("namespace", self.prefix), ("name", self.name)):
            _check_token(token, role, "send 'platform/<name>' or '<organisation-slug>/<name>'")
        if len(self.canonical) > MAX_LENGTH:
            msg = f"the canonical name is {len(self.canonical)} characters long; {MAX_LENGTH} are allowed"
            raise InvalidProviderNameError(msg)

    @classmethod
    def parse(cls, canonical: str) -> Self:
        """Read ``prefix/name``.

        Raises:
            InvalidProviderNameError: There is not exactly one slash, or a token is no name.
        """
        prefix, slash, name = canonical.partition("/")
        if not slash:
            msg = "send the canonical name, 'platform/<name>' or '<organisation-slug>/<name>'"
            raise InvalidProviderNameError(msg)
        return cls(prefix, name)

    @property
    def canonical(self) -> str:
        """The slash-joined form, unique across the registry."""
        return f"{self.prefix}/{self.name}"

    @property
    def is_platform(self) -> bool:
        """Whether this is a first-party provider."""
        return self.prefix == PLATFORM

    def __str__(self) -> str:
        return self.canonical


def namespace(written: str) -> str:
    """Return a namespace.

    Raises:
        InvalidProviderNameError: It is not a namespace.
    """
    return _check_token(written, "namespace", f"give '{PLATFORM}' or an organisation's slug")


def _check_token(token: str, role: str, remedy: str) -> str:
    if not _TOKEN.fullmatch(token) or len(token) > MAX_LENGTH:
        raise InvalidProviderNameError(
            f"the {role} must be lower-case letters and digits, with '-' or '_' between them; {remedy}"
        )
    return token
