"""The result of inspecting a token offline."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInspection:
    """The parts of a token, without its text. None of them is verified.

    Attributes:
        kind: ``signed``, ``opaque`` or ``unknown``.
        header: Of a signed token, as far as it can be decoded.
        claims: Of a signed token, as far as they can be decoded.
        failed_check: The first check that the token would not pass, or None if it passes all that work offline.
        unchecked: The checks that need the authority.
    """

    kind: str
    header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    failed_check: str | None = None
    unchecked: tuple[str, ...] = ()
