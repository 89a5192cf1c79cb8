"""What a list says of each version beside its number."""

from dataclasses import dataclass

from domain.availability import OriginVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMarks:
    """What is known of a version, in short.

    Attributes:
        is_verified: Whether its wheel passed every check when it was registered; False too if no checks were kept.
        verdict: Whether its wheel is where it was registered; None before the first check.
        repositories: Those that built it, as its attestations say, each once.
    """

    is_verified: bool = False
    verdict: OriginVerdict | None = None
    repositories: tuple[str, ...] = ()
