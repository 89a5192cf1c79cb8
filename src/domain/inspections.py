"""What a token says of itself, for whoever wonders why it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInspection:
    """A token taken apart, without its text. Nothing that it says is vouched for.

    Attributes:
        kind: ``signed``, ``opaque`` or ``unknown``.
        header: Of a signed token, as far as it can be read.
        claims: Likewise.
        failed_check: The first check that the token would not pass, or None if it passes all that could be made.
        unchecked: What could not be checked without asking the authority.
    """

    kind: str
    header: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    failed_check: str | None = None
    unchecked: tuple[str, ...] = ()
