"""Requests with bad fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import RegistryError

MAX_FIELD_ERRORS = 50
MAX_SUMMARY_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field: where it is, what is wrong with it, and the code of the rule it breaks."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


class InvalidRequestError(RegistryError):
    """A well-formed body with bad fields, all of them (but no more than 50) reported at once."""

    code = "invalid_request"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        """Summarise the bad fields in one sentence, since many clients print nothing else."""
        self.errors = tuple(errors)[:MAX_FIELD_ERRORS]
        summary = "; ".join(
            f"{'.'.join(str(part) for part in error.loc[1:] or error.loc)}: {error.msg}" for error in self.errors
        )
        super().__init__(summary if len(summary) <= MAX_SUMMARY_LENGTH else f"{summary[:MAX_SUMMARY_LENGTH]}…")
