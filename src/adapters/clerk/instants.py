"""Reading numbers as times."""

from adapters.clerk.refusals import Refusal
from application.errors import NotAuthenticatedError

# The end of the year 9999 in Unix seconds: later times are no dates, and huge integers do not become floats.
_LATEST = 253_402_300_799


def as_instant(value: object, refusal: Refusal, *, per_second: int = 1) -> float:
    """Return a time in seconds since 1970, from a number in fractions of a second; ``True`` is none, nor is infinity.

    Raises:
        NotAuthenticatedError: It is something else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST * per_second:
        return value / per_second
    raise NotAuthenticatedError(refusal.value)
