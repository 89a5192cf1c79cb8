"""Reading Clerk's ids: a prefix that tells what it is of, then letters and digits."""

import re

from adapters.clerk.rejection import RejectionReason
from application.errors import NotAuthenticatedError

# Whatever could break a path, a log line or an allow-list has no place in an id.
_REST = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)

MACHINE = "mch_"
ORGANIZATION = "org_"
SESSION = "sess_"
USER = "user_"
ANY = ""


def is_id(value: object, prefix: str) -> bool:
    """Return whether the value is an id with the prefix."""
    return isinstance(value, str) and value.startswith(prefix) and _REST.fullmatch(value, len(prefix)) is not None


def as_id(value: object, prefix: str, refusal: RejectionReason) -> str:
    """Return a value that is an id with the prefix.

    Raises:
        NotAuthenticatedError: It is something else.
    """
    if isinstance(value, str) and is_id(value, prefix):
        return value
    raise NotAuthenticatedError(refusal.value)
